import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { inOurWords, KeyChainLocked, KeyMissing } from './errors.ts';
import { readOwnFile, removeFile, replaceFile, writeNewFile } from './files.ts';
import type { KeyChain } from './key-chain.ts';
import { newKey, readKey } from './key.ts';

export type KeyPlace = 'environment' | 'key-chain' | 'file';
export type OwnPlace = Exclude<KeyPlace, 'environment'>;

export interface FoundKey {
  readonly key: Buffer;
  readonly place: KeyPlace;
  /** It was about to take the other's place when the process ended. */
  readonly isNext: boolean;
}

/**
 * Where the key lies. An explicit `CONTACTSYNC_KEY` goes before everything. Otherwise the file
 * `key` holds the key itself, or says which entry of the key chain does; so that a key changes its
 * place by the renaming of one file.
 */
export interface KeyStore {
  /** What may be the key, the likeliest first, looked for as far as it is asked. @throws {KeyWrong, KeyMissing, KeyChainLocked} */
  find(): Iterable<FoundKey>;
  /** As `find`, without regard to `CONTACTSYNC_KEY`. */
  findStored(): Iterable<FoundKey>;
  /** A first key: in the key chain where there is one, else in the file. */
  make(): FoundKey;
  /** Lays a key beside the present one. @throws {KeyChainLocked} */
  prepare(key: Buffer, place: OwnPlace): void;
  /** The key that was prepared takes the present one's place. */
  promote(): void;
  /** Takes away a key that was prepared and never came into use. */
  discardNext(): void;
  removeStored(): void;
}

export interface KeySource {
  /** `CONTACTSYNC_KEY`: 32 bytes, base64. */
  readonly fromEnvironment: string | undefined;
  readonly home: string;
  /** `undefined` where there is none. */
  readonly keyChain: KeyChain | undefined;
}

const IN_CHAIN = 'key-chain:';

export function createKeyStore({ fromEnvironment, home, keyChain }: KeySource): KeyStore {
  const file = path.join(home, 'key');
  const next = path.join(home, 'key.next');
  const resolve = (reference: string): Pick<FoundKey, 'key' | 'place'> => {
    if (!reference.startsWith(IN_CHAIN)) {
      return { key: readKey(reference, 'The key file'), place: 'file' };
    }
    return { key: fromChain(keyChain, reference.slice(IN_CHAIN.length)), place: 'key-chain' };
  };
  function* findStored(): Generator<FoundKey> {
    for (const one of [file, next]) {
      const reference = readOwnFile(one)?.trim();
      if (reference !== undefined) yield { ...resolve(reference), isNext: one === next };
    }
  }
  const forgetEntry = (reference: string | undefined): void => {
    if (reference?.startsWith(IN_CHAIN) === true) {
      quietly(() => keyChain?.remove(reference.trim().slice(IN_CHAIN.length)));
    }
  };
  const drop = (one: string): void => {
    const reference = readOwnFile(one);
    removeFile(one);
    forgetEntry(reference);
  };
  return {
    findStored,
    find: () => {
      if (fromEnvironment === undefined) return findStored();
      return [environmentKey(fromEnvironment)];
    },
    make: () => {
      const key = newKey();
      const reference = quietly(() => intoChain(keyChain, key)) ?? key.toString('base64');
      // Another process may make one at the same moment: then its key is the one.
      if (!writeNewFile(file, `${reference}\n`)) forgetEntry(reference);
      const [first] = findStored();
      if (first === undefined) throw new KeyMissing('The key that was just made is gone.');
      return first;
    },
    prepare: (key, place) => {
      drop(next);
      const reference =
        place === 'file' ? key.toString('base64') : intoChain(keyChain, key, 'asked');
      writeNewFile(next, `${reference}\n`);
    },
    promote: () => {
      const former = readOwnFile(file);
      replaceFile(next, file);
      forgetEntry(former);
    },
    discardNext: () => drop(next),
    removeStored: () => {
      drop(next);
      drop(file);
    },
  };
}

function environmentKey(text: string): FoundKey {
  return { key: readKey(text, 'CONTACTSYNC_KEY'), place: 'environment', isNext: false };
}

function fromChain(keyChain: KeyChain | undefined, id: string): Buffer {
  if (keyChain === undefined) {
    throw new KeyChainLocked('The key is in this computer’s key chain, out of reach from here.');
  }
  const text = keyChain.read(id);
  if (text === undefined) throw new KeyMissing('The key is no longer in the key chain.');
  return readKey(text, 'The entry in the key chain');
}

/** The reference to a new entry; read back, since some stores take what they do not keep. */
function intoChain(
  keyChain: KeyChain | undefined,
  key: Buffer,
  asked?: 'asked',
): string | undefined {
  if (keyChain === undefined) {
    if (asked === undefined) return undefined;
    throw new KeyChainLocked('There is no key chain here.');
  }
  const id = randomUUID();
  const text = key.toString('base64');
  keyChain.write(id, text);
  if (keyChain.read(id) === text) return `${IN_CHAIN}${id}`;
  throw new KeyChainLocked('The key chain did not keep the key.');
}

/** What is not needed, or has another way, does not end anything. */
function quietly<T>(work: () => T): T | undefined {
  try {
    return inOurWords(work);
  } catch (error) {
    if (error instanceof KeyChainLocked) return undefined;
    throw error;
  }
}
