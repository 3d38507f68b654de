import { BadAnswer, CursorExpired } from '../../sync/errors.ts';
import type { Observation, Page } from '../../sync/ports.ts';
import { type Positions, readCursor, writeCursor } from './cursor.ts';
import { isLostToken, questionError, type Reply } from './errors.ts';
import { readExtras } from './extras.ts';
import { contactsPath, type Directory, folderKeys, type Folders } from './folders.ts';
import { ask, isSuccess, type Mailbox, nextLink, rowsIn, textIn } from './mailbox.ts';
import { observe } from './map.ts';
import { readContacts } from './read.ts';
import { type Extras, idIn, isRecord, isWhole } from './wire.ts';

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
  const folders = await directory.refresh(signal);
  const reading = { mailbox, directory, folders, signal };
  const keys = folderKeys(folders);
  const positions: Record<string, string> = {};
  const lost: string[] = [];
  for (const folder of keys.filter((key) => key in since)) {
    const end = yield* changesIn(reading, since[folder] ?? '');
    if (end === undefined) lost.push(folder);
    else positions[folder] = end;
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

/** What changed in one folder; returns its next position, or `undefined` where this one is lost. */
async function* changesIn(
  reading: Reading,
  position: string,
): AsyncGenerator<Page, string | undefined> {
  for (let link = position; ;) {
    const reply = await ask(reading.mailbox, link, reading.signal);
    if (isLost(reply)) return undefined;
    const round = roundIn(reply, link);
    yield { items: await completed(reading, round.rows, NOTHING_WHOLE) };
    if (round.next === undefined) return round.position;
    link = round.next;
  }
}

/** A folder that is gone has no position either. */
function isLost(reply: Reply): boolean {
  return reply.status === 404 || isLostToken(reply);
}

/** All of one folder. One that breaks off in the middle is begun again, once, by the engine. */
async function* listing(reading: Reading, folder: string): AsyncGenerator<Page, string> {
  const { mailbox, folders, signal } = reading;
  const contacts = contactsPath(folder, folders);
  const extras = await readExtras(mailbox, contacts, signal);
  const take: Take = (row) => {
    const known = extras.get(idIn(row) ?? '') ?? {};
    return isWhole(row) ? observed(row, folders, known) : undefined;
  };
  const first = `${contacts}/delta`;
  for (let link = first; ;) {
    const reply = await ask(mailbox, link, signal);
    if (link !== first && isLost(reply)) throw expired();
    const round = roundIn(reply, link);
    yield { items: await completed(reading, round.rows, take) };
    if (round.next === undefined) return round.position;
    link = round.next;
  }
}

type Row = Readonly<Record<string, unknown>>;

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

/** The observation that a row is by itself, if it is one. */
type Take = (row: Row) => Observation | undefined;

/** A row of a later round says no more than that this contact has changed: it may be sparse (seen in the wild). */
const NOTHING_WHOLE: Take = () => undefined;

function observed(row: Row, { defaultId }: Folders, extras: Extras): Observation {
  const result = observe(row, { defaultFolder: defaultId, extras });
  return result.kind === 'revision' ? { kind: 'revision', revision: result.revision } : result;
}

/** The page's observations. A contact may occur several times; the last one counts (documented). */
async function completed(
  { mailbox, directory, signal }: Reading,
  rows: readonly unknown[],
  take: Take,
): Promise<readonly Observation[]> {
  const known = new Map<string, Observation | undefined>();
  for (const row of rows) {
    const id = idIn(row);
    if (!isRecord(row) || id === undefined) throw new BadAnswer('Microsoft sent a row without id.');
    known.set(id, '@removed' in row ? { kind: 'tombstone', id } : take(row));
  }
  const incomplete = [...known.keys()].filter((id) => known.get(id) === undefined);
  const found = await readContacts(mailbox, directory, incomplete, signal);
  return [...known].map(([id, observation]) => {
    if (observation !== undefined) return observation;
    const finding = found.get(id)?.finding;
    if (finding?.kind === 'present') return { kind: 'revision', revision: finding.revision };
    if (finding?.kind === 'malformed') return { kind: 'malformed', id, reason: finding.reason };
    return { kind: 'tombstone', id };
  });
}
