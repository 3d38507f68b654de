import type { Group, Groups } from '../../sync/ports.ts';
import { askAll } from './batch.ts';
import { questionError } from './errors.ts';
import { contactsPath, type Directory, folderKeys, type Folders } from './folders.ts';
import { LIST_PAGE } from './limits.ts';
import { isSuccess, listed, type Mailbox, query, rowsIn, textIn } from './mailbox.ts';
import { givenTexts } from './text.ts';
import { categoryGroup, categoryOf, DEFAULT_FOLDER, isRecord } from './wire.ts';

/** Where Outlook puts new contacts, and what its apps show first. It is in no list of folders. */
const ALL_CONTACTS: Group = {
  id: DEFAULT_FOLDER,
  name: 'All contacts',
  kind: 'default folder',
  count: 0,
};

/** The default folder, every other folder of contacts, and every category. */
export function contactGroups(mailbox: Mailbox, directory: Directory): Groups {
  return {
    everything: ALL_CONTACTS,
    list: (signal) => listGroups(mailbox, directory, signal),
    has: (group, signal) => hasGroup(mailbox, directory, group, signal),
  };
}

async function listGroups(
  mailbox: Mailbox,
  directory: Directory,
  signal: AbortSignal,
): Promise<readonly Group[]> {
  const folders = await directory.refresh(signal);
  const counts = await countContacts(mailbox, folders, signal);
  const named = await masterCategories(mailbox, signal);
  const used = [...counts.keys()].flatMap((group) => categoryOf(group) ?? []);
  const categories = [...new Set([...named, ...used])];
  return [
    ALL_CONTACTS,
    ...folders.others.map(({ id, name }) => ({ id, name, kind: 'folder', count: 0 })),
    ...categories.map((name) => ({ id: categoryGroup(name), name, kind: 'category', count: 0 })),
  ].map((group) => ({ ...group, count: counts.get(group.id) ?? 0 }));
}

const COUNTED = query({ $select: 'id,categories', $top: LIST_PAGE });

/** How many contacts each group has. Graph's own counts include what it never returns (seen in the wild). */
async function countContacts(
  mailbox: Mailbox,
  folders: Folders,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const folder of folderKeys(folders)) {
    for await (const rows of listed(
      mailbox,
      `${contactsPath(folder, folders)}${COUNTED}`,
      signal,
    )) {
      for (const group of rows.flatMap((row) => [folder, ...categoriesIn(row)])) {
        counts.set(group, (counts.get(group) ?? 0) + 1);
      }
    }
  }
  return counts;
}

function categoriesIn(row: unknown): readonly string[] {
  const names = isRecord(row) && Array.isArray(row['categories']) ? row['categories'] : [];
  const given = givenTexts(names.filter((name) => typeof name === 'string'));
  return [...new Set(given.map(categoryGroup))];
}

/** The user's own list; without the right to read it, the names on contacts have to do. */
async function masterCategories(mailbox: Mailbox, signal: AbortSignal): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const rows of listed(mailbox, '/me/outlook/masterCategories', signal, [403, 404])) {
    names.push(...rows.flatMap((row) => textIn(row, 'displayName') ?? []));
  }
  return names;
}

async function hasGroup(
  mailbox: Mailbox,
  directory: Directory,
  group: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (group === DEFAULT_FOLDER) return true;
  const category = categoryOf(group);
  if (category === undefined) {
    const { others } = await directory.refresh(signal);
    return others.some(({ id }) => id === group);
  }
  if ((await masterCategories(mailbox, signal)).includes(category)) return true;
  return isUsed(mailbox, category, await directory.current(signal), signal);
}

/** A category needs no entry in the user's list to be on contacts (documented). */
async function isUsed(
  mailbox: Mailbox,
  category: string,
  folders: Folders,
  signal: AbortSignal,
): Promise<boolean> {
  const filter = `categories/any(c:c eq '${category.replaceAll("'", "''")}')`;
  const question = query({ $filter: filter, $select: 'id', $top: 1 });
  const paths = folderKeys(folders).map((key) => `${contactsPath(key, folders)}${question}`);
  const replies = await askAll(mailbox, paths, signal);
  return replies.some((reply) => {
    if (!isSuccess(reply)) throw questionError(reply);
    return rowsIn(reply.body).length > 0;
  });
}
