import { BadAnswer, CursorExpired } from '../../sync/errors.ts';
import type { Observation, Page } from '../../sync/ports.ts';
import { askAll, chunks } from './batch.ts';
import { type Positions, readCursor, writeCursor } from './cursor.ts';
import { isLostToken, questionError, type Reply } from './errors.ts';
import { contactsPath, type Directory, folderKeys, type Folders } from './folders.ts';
import { BATCH_SIZE } from './limits.ts';
import {
  ask,
  FEED_HEADERS,
  isSuccess,
  listed,
  type Mailbox,
  nextLink,
  pathOf,
  query,
  rowsIn,
  textIn,
} from './mailbox.ts';
import { EVERY_CONTACT, observation, readContacts } from './read.ts';
import { idIn, isRecord } from './wire.ts';

/** One reading of the address book. */
interface Reading {
  readonly mailbox: Mailbox;
  readonly directory: Directory;
  readonly folders: Folders;
  readonly signal: AbortSignal;
}

/**
 * All contacts, or what changed since `cursor`, folder by folder: Graph has a change feed for each.
 * Where one of them has lost its position, that folder alone is listed again.
 * https://learn.microsoft.com/graph/delta-query-overview
 */
export async function* changes(
  mailbox: Mailbox,
  directory: Directory,
  cursor: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  const since = cursor === undefined ? {} : readCursor(cursor);
  const folders = await directory.refresh(signal, Object.keys(since));
  const reading = { mailbox, directory, folders, signal };
  const keys = folderKeys(folders);
  const positions: Record<string, string> = {};
  const lost: string[] = [];
  for (const begun of await firstPages(reading, since)) {
    const end = yield* changesIn(reading, begun);
    if (end === undefined) lost.push(begun.folder);
    else positions[begun.folder] = end;
  }
  // With every position lost, a whole listing costs as much, and shows deletions at once.
  if (cursor !== undefined && Object.keys(positions).length === 0) throw expired();
  for (const folder of keys.filter((key) => !(key in positions))) {
    positions[folder] = yield* listing(reading, folder);
  }
  yield { items: [], cursor: writeCursor(positions), ...overdue(since, keys, lost) };
}

function expired(): CursorExpired {
  return new CursorExpired('Microsoft asks for a full read of its contacts.');
}

/** A feed that has begun anew, or ended, does not tell what was deleted meanwhile. */
function overdue(
  since: Positions,
  keys: readonly string[],
  lost: readonly string[],
): { readonly deletionsMissed?: true } {
  const ended = Object.keys(since).some((folder) => !keys.includes(folder));
  return lost.length > 0 || ended ? { deletionsMissed: true } : {};
}

/** A folder's feed: where it was followed from, and what that was answered with. */
interface Begun {
  readonly folder: string;
  readonly link: string;
  readonly reply: Reply;
}

/** All folders are asked at once: where nothing has changed, that is all there is to ask. */
async function firstPages(
  { mailbox, folders, signal }: Reading,
  since: Positions,
): Promise<readonly Begun[]> {
  const followed = folderKeys(folders).flatMap((folder) => {
    const link = since[folder];
    return link === undefined ? [] : [{ folder, link }];
  });
  const paths = followed.map(({ link }) => pathOf(link));
  const replies = await askAll(mailbox, paths, signal, FEED_HEADERS);
  return replies.flatMap((reply, at) => {
    const one = followed[at];
    return one === undefined ? [] : [{ ...one, reply }];
  });
}

/** What changed in one folder; returns its next position, or `undefined` where this one is lost. */
async function* changesIn(
  reading: Reading,
  begun: Begun,
): AsyncGenerator<Page, string | undefined> {
  for (let { link, reply } = begun; ;) {
    if (isLost(reply)) return undefined;
    const round = roundIn(reply, link);
    yield { items: await completed(reading, round.rows.map(readRow)) };
    if (round.next === undefined) return round.position;
    link = round.next;
    reply = await ask(reading.mailbox, link, reading.signal);
  }
}

/** A folder that is gone has no position either. */
function isLost(reply: Reply): boolean {
  return reply.status === 404 || isLostToken(reply);
}

/**
 * All of one folder: first its ids, with the position that every later change is told from, then
 * the contacts themselves by plain lists. Only those tell our mark and whether there is a picture
 * (documented), and all of a contact (rows of a feed may be sparse). A list that shifts under way
 * skips contacts: those are read by id.
 */
async function* listing(reading: Reading, folder: string): AsyncGenerator<Page, string> {
  const { mailbox, folders, signal } = reading;
  const contacts = contactsPath(folder, folders);
  const { ids, position } = await firstRound(reading, contacts);
  for await (const rows of listed(mailbox, `${contacts}${EVERY_CONTACT}`, signal)) {
    for (const row of rows) ids.delete(idIn(row) ?? '');
    yield { items: rows.map((row) => observation(row, folders)) };
  }
  for (const some of chunks([...ids], BATCH_SIZE)) {
    yield { items: await completed(reading, some.map(changed)) };
  }
  return position;
}

/** Accepted by the service; its refusals name it among what it does not take (both seen in the wild). */
const ONLY_IDS = query({ $select: 'id,changeKey' });

/** A round that breaks off is begun again, once, by the engine. */
async function firstRound(
  { mailbox, signal }: Reading,
  contacts: string,
): Promise<{ readonly ids: Set<string>; readonly position: string }> {
  const ids = new Set<string>();
  let link = `${contacts}/delta`;
  let reply = await ask(mailbox, `${link}${ONLY_IDS}`, signal);
  if (reply.status === 400) reply = await ask(mailbox, link, signal);
  for (;;) {
    const round = roundIn(reply, link);
    for (const row of round.rows.map(readRow)) {
      if (row.kind === 'changed') ids.add(row.id);
      else ids.delete(row.id);
    }
    if (round.next === undefined) return { ids, position: round.position };
    link = round.next;
    reply = await ask(mailbox, link, signal);
    if (isLost(reply)) throw expired();
  }
}

type Round = { readonly rows: readonly unknown[] } & (
  { readonly next: string } | { readonly next?: undefined; readonly position: string }
);

/** A page of a feed has either the link to the next or, at the end, the one to come back by (documented). */
function roundIn(reply: Reply, current: string): Round {
  if (!isSuccess(reply)) throw questionError(reply);
  const rows = rowsIn(reply.body);
  const next = nextLink(reply.body, current);
  if (next !== undefined) return { rows, next };
  const position = textIn(reply.body, '@odata.deltaLink');
  if (position !== undefined) return { rows, position };
  throw new BadAnswer('Microsoft’s list of contacts ended without its position.');
}

/** What a row of a feed says, whatever else it carries. */
interface Row {
  readonly kind: 'changed' | 'removed';
  readonly id: string;
}

function readRow(row: unknown): Row {
  const id = idIn(row);
  if (!isRecord(row) || id === undefined)
    throw new BadAnswer('Microsoft sent a row without an id.');
  return { kind: '@removed' in row ? 'removed' : 'changed', id };
}

function changed(id: string): Row {
  return { kind: 'changed', id };
}

/**
 * The observations for a page's rows, which may occur several times: the last one counts
 * (documented). What has changed is read by id.
 */
async function completed(
  { mailbox, directory, signal }: Reading,
  rows: readonly Row[],
): Promise<readonly Observation[]> {
  const last = new Map(rows.map(({ id, kind }) => [id, kind]));
  const toRead = [...last.keys()].filter((id) => last.get(id) === 'changed');
  const found = await readContacts(mailbox, directory, toRead, signal);
  return [...last.keys()].map((id) => {
    const finding = found.get(id)?.finding;
    if (finding?.kind === 'present') return { kind: 'revision', revision: finding.revision };
    if (finding?.kind === 'malformed') return { kind: 'malformed', id, reason: finding.reason };
    return { kind: 'tombstone', id };
  });
}
