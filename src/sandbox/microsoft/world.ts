import type { SandboxRequest, SandboxSeed } from '../core.ts';
import type { Behaviour } from './behaviour.ts';
import type { CategoryBook } from './category-book.ts';
import { createCategoryBook } from './category-book.ts';
import { createContactBook } from './contact-book.ts';
import type { ContactBook } from './contact-book.ts';
import { createDeltas } from './deltas.ts';
import type { Deltas } from './deltas.ts';
import { createFolderBook } from './folder-book.ts';
import type { FolderBook } from './folder-book.ts';
import { createMint } from './ids.ts';
import type { Mint } from './ids.ts';
import type { Grant } from '../oauth/tokens.ts';

/** Everything that the calls of Graph work on: one mailbox. */
export interface MicrosoftWorld extends SandboxSeed {
  /** Changed in place, by its switches' names. */
  readonly behaviour: Behaviour;
  readonly mint: Mint;
  readonly contacts: ContactBook;
  readonly folders: FolderBook;
  readonly categories: CategoryBook;
  readonly deltas: Deltas;
}

/** One request to Graph, signed in, and what its path names. */
export interface Call {
  readonly request: SandboxRequest;
  readonly grant: Grant;
  /** The named groups of the route's path. */
  readonly names: Readonly<Record<string, string | undefined>>;
}

export function createWorld(seed: SandboxSeed, behaviour: Behaviour): MicrosoftWorld {
  const mint = createMint(seed);
  return {
    ...seed,
    behaviour,
    mint,
    contacts: createContactBook(seed.clock, mint),
    folders: createFolderBook(mint),
    categories: createCategoryBook(mint),
    deltas: createDeltas(mint, behaviour),
  };
}
