import { BadAnswer } from '../../sync/errors.ts';
import { askAll } from './batch.ts';
import { questionError, type Reply } from './errors.ts';
import {
  ask,
  isSuccess,
  listed,
  type Mailbox,
  nextLink,
  query,
  rowsIn,
  textIn,
} from './mailbox.ts';
import { DEFAULT_FOLDER, idIn, pathId } from './wire.ts';

/** A folder of contacts. The default one is `contacts` to us, whatever its id. */
export interface Folder {
  readonly id: string;
  readonly name: string;
}

export interface Folders {
  /** The real id of the default folder; unknown while it is empty and its well-known name unused. */
  readonly defaultId: string | undefined;
  /** All others, at any depth. */
  readonly others: readonly Folder[];
}

/** The folders as last listed; listed at the first need. */
export interface Directory {
  current(signal: AbortSignal): Promise<Folders>;
  /** Folders that were there before are asked about at once, not level by level. */
  refresh(signal: AbortSignal, before?: readonly string[]): Promise<Folders>;
}

export function createDirectory(mailbox: Mailbox): Directory {
  let known: Folders | undefined;
  const refresh: Directory['refresh'] = async (signal, before = []) => {
    known = await listFolders(mailbox, before, signal);
    return known;
  };
  return { refresh, current: async (signal) => known ?? refresh(signal) };
}

/** Where a folder's contacts are; the default one's also while its id is unknown. */
export function contactsPath(folder: string, { defaultId }: Folders): string {
  const id = folder === DEFAULT_FOLDER ? defaultId : folder;
  return id === undefined ? '/me/contacts' : `/me/contactFolders/${pathId(id)}/contacts`;
}

/** All folders to be read, the default one first. */
export function folderKeys({ others }: Folders): readonly string[] {
  return [DEFAULT_FOLDER, ...others.map(({ id }) => id)];
}

/** Whether a contact with this parent is in the address book. One in the bin is not. */
export function isContactFolder(parent: string, { defaultId, others }: Folders): boolean {
  return parent === defaultId || others.some(({ id }) => id === parent);
}

const LIST = query({ $top: 100, $select: 'id,displayName,parentFolderId' });
const DEFAULT_PATH = `/me/contactFolders/${DEFAULT_FOLDER}`;

/**
 * Graph lists the folders below the default one and, it seems, not always those beside it: so both
 * ways of asking are united. The default one itself is in no list, and has a name in the user's
 * language (known issues, documented).
 */
async function listFolders(
  mailbox: Mailbox,
  before: readonly string[],
  signal: AbortSignal,
): Promise<Folders> {
  const former = before.filter((id) => id !== DEFAULT_FOLDER);
  const [byName, listed, children, ...below] = await askAll(
    mailbox,
    [DEFAULT_PATH, `/me/contactFolders${LIST}`, ...[DEFAULT_FOLDER, ...former].map(childrenPath)],
    signal,
  );
  if (byName === undefined || listed === undefined || children === undefined) {
    throw new BadAnswer('Microsoft left a question about folders unanswered.');
  }
  if (!isSuccess(listed)) throw questionError(listed);
  const defaultId = isSuccess(byName) ? idIn(byName.body) : await parentOfAny(mailbox, signal);
  const answered = new Map(former.flatMap((id, at) => (below[at] ? [[id, below[at]]] : [])));
  const found = new Map<string, Folder>();
  let level = [
    ...(await foldersIn(mailbox, listed, signal)),
    ...(await foldersIn(mailbox, children, signal)),
  ];
  while (level.length > 0) {
    const fresh = level.filter(({ id }) => id !== defaultId && !found.has(id));
    for (const folder of fresh) found.set(folder.id, folder);
    const ids = [...new Set(fresh.map(({ id }) => id))];
    level = await childrenOf({ mailbox, answered, signal }, ids);
  }
  return { defaultId, others: [...found.values()] };
}

function childrenPath(id: string): string {
  return `/me/contactFolders/${pathId(id)}/childFolders${LIST}`;
}

interface Question {
  readonly mailbox: Mailbox;
  /** What folders have below them, where that was asked already. */
  readonly answered: ReadonlyMap<string, Reply>;
  readonly signal: AbortSignal;
}

async function childrenOf(
  { mailbox, answered, signal }: Question,
  ids: readonly string[],
): Promise<Folder[]> {
  const unasked = ids.filter((id) => !answered.has(id)).map(childrenPath);
  const fresh = await askAll(mailbox, unasked, signal);
  const replies = [...fresh, ...ids.flatMap((id) => answered.get(id) ?? [])];
  const lists = await Promise.all(replies.map((reply) => foldersIn(mailbox, reply, signal)));
  return lists.flat();
}

/** One that was deleted meanwhile has no children. @throws on any other refusal */
async function foldersIn(mailbox: Mailbox, first: Reply, signal: AbortSignal): Promise<Folder[]> {
  if (first.status === 404) return [];
  if (!isSuccess(first)) throw questionError(first);
  const folders = rowsIn(first.body).flatMap(folderOf);
  const next = nextLink(first.body, '');
  if (next === undefined) return folders;
  for await (const rows of listed(mailbox, next, signal)) folders.push(...rows.flatMap(folderOf));
  return folders;
}

function folderOf(row: unknown): Folder[] {
  const id = idIn(row);
  return id === undefined ? [] : [{ id, name: textIn(row, 'displayName') ?? id }];
}

/** The documented way to the default folder's id; it says nothing of an empty one. */
async function parentOfAny(mailbox: Mailbox, signal: AbortSignal): Promise<string | undefined> {
  const path = `/me/contacts${query({ $top: 1, $select: 'parentFolderId' })}`;
  const reply = await ask(mailbox, path, signal);
  if (!isSuccess(reply)) throw questionError(reply);
  return textIn(rowsIn(reply.body)[0], 'parentFolderId');
}
