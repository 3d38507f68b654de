import * as v from 'valibot';
import type { Api } from '../../http/api.ts';
import type { Revision } from '../../plan/model.ts';
import { BadAnswer, CursorExpired } from '../../sync/errors.ts';
import type { Observation, Page, Told, Walk } from '../../sync/ports.ts';
import { listPage, type ListPage } from './call.ts';
import { PAGE_SIZE } from './limits.ts';
import { idOf, PersonSchema, reading, updateTimeOf, type Person } from './wire.ts';

export const PERSONS = '/api/v2/persons';

/**
 * How far back a reading starts before the last change that was seen. `updated_since` is inclusive
 * and counts in whole seconds (documented); lists may lag behind writes for a while.
 */
const OVERLAP_MS = 60_000;

/**
 * What is older than this by the vendor's clock has been listed: else the last changes, a whole
 * first sync among them, would be listed again in every run until something newer changes.
 */
const LONGEST_LAG_MS = 5 * 60_000;

const CursorSchema = v.object({ since: v.optional(v.pipe(v.string(), v.isoTimestamp())) });

export interface RawPage {
  readonly items: readonly unknown[];
  /** On the last page only. */
  readonly cursor?: string;
}

/**
 * What changed in a v2 list since `cursor`, everything when it is `undefined`; by ascending id,
 * so that edits made meanwhile move nothing from one page to another.
 * @throws {CursorExpired}
 */
export async function* changed(
  api: Api,
  path: string,
  cursor: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<RawPage> {
  const since = parseCursor(cursor);
  const question = { sort_by: 'id', sort_direction: 'asc', updated_since: since };
  let next: string | undefined;
  let mark = emptyMark;
  do {
    const page = await listPage(api, path, { ...question, cursor: next }, signal);
    mark = advanced(mark, page);
    next = page.next;
    yield next === undefined
      ? { items: page.items, cursor: printCursor(mark, since) }
      : { items: page.items };
  } while (next !== undefined);
}

function parseCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  try {
    return v.parse(CursorSchema, JSON.parse(cursor)).since;
  } catch (error) {
    throw new CursorExpired('The mark of the last Pipedrive reading is unreadable.', {
      cause: error,
    });
  }
}

/** In milliseconds, by the vendor's clock. */
interface Mark {
  /** The largest `update_time` so far. */
  readonly latest?: number;
  /** When the reading began: what changes behind it is not in it. */
  readonly began?: number;
}

const emptyMark: Mark = {};

function advanced(mark: Mark, { items, at }: ListPage): Mark {
  const times = items.map(updateTimeOf).filter((time) => time !== undefined);
  const latest = [mark.latest ?? [], times].flat().reduce((a, b) => Math.max(a, b), 0);
  const began = mark.began ?? at ?? (latest === 0 ? undefined : latest);
  return {
    ...(latest > 0 && { latest }),
    ...(began !== undefined && { began }),
  };
}

/** Never earlier than where this reading started. */
function printCursor({ latest, began }: Mark, since: string | undefined): string {
  const changes = latest === undefined ? [] : [Math.min(latest, began ?? latest) - OVERLAP_MS];
  const quiet = began === undefined ? [] : [began - LONGEST_LAG_MS];
  const mark = Math.max(...changes, ...quiet);
  if (mark === Number.NEGATIVE_INFINITY) return JSON.stringify({ since });
  const from = Math.max(mark, Date.parse(since ?? '') || mark);
  return JSON.stringify({ since: new Date(from).toISOString().replace(/\.\d+Z$/u, 'Z') });
}

export type ToRevision = (person: Person) => Revision;

/** How persons are read with the company's fields as they are. */
export interface PersonReader {
  readonly toRevision: ToRevision;
  /** Of a person as it came: of one that is told the same again, the revision is the same. */
  readonly digestOf: (item: unknown) => string;
}

/** Every person that the user can see: an owner's change must be noticed. */
export async function* personChanges(
  api: Api,
  cursor: string | undefined,
  reader: PersonReader,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  for await (const { items, ...last } of changed(api, PERSONS, cursor, signal)) {
    yield { items: items.map((item) => observed(item, reader)), ...last };
  }
}

/** The walk that finds deletions, which no list tells: one page of all persons by ascending id. */
export function personWalk(api: Api, reader: PersonReader): Walk {
  return {
    wholeUpTo: PAGE_SIZE,
    async page(position, signal) {
      const query = { sort_by: 'id', sort_direction: 'asc', cursor: position };
      const { items, next } = await listPage(api, PERSONS, query, signal);
      return {
        items: items.map((item) => observed(item, reader)),
        ...(next !== undefined && { position: next }),
      };
    },
  };
}

function observed(item: unknown, { toRevision, digestOf }: PersonReader): Observation {
  const id = idOf(item);
  if (id === undefined) throw new BadAnswer('Pipedrive listed a person without an id.');
  return { kind: 'listed', id, digest: digestOf(item), look: () => told(id, item, toRevision) };
}

function told(id: string, item: unknown, toRevision: ToRevision): Told {
  const person = reading(PersonSchema, item);
  if (person.kind === 'malformed') return { kind: 'malformed', id, reason: person.reason };
  if (person.record.is_deleted === true) return { kind: 'tombstone', id };
  return { kind: 'revision', revision: toRevision(person.record) };
}
