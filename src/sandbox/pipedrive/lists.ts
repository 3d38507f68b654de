import { invalid, ok } from './answers.ts';
import type { SandboxAnswer } from '../core.ts';
import type { Item, Organization, Person } from './items.ts';
import type { Call } from './routes.ts';
import { isVisible, type World } from './world.ts';

const DEFAULT_LIMIT = 100;
const MAXIMUM = 500;
const MOST_IDS = 100;

const SORTS = ['id', 'update_time', 'add_time'] as const;
type Sort = (typeof SORTS)[number];

/** Where a page ended: opaque to clients, a key-set marker inside. */
interface Marker {
  readonly field: Sort;
  readonly fieldValue: string | number;
  readonly sortDirection: 'asc' | 'desc';
  readonly id: number;
}

/** One page of the records that the user may see, as the query asks for it. */
export function listPage<T extends Person | Organization>(
  world: World,
  call: Call,
  records: readonly T[],
  show: (record: T) => object,
): SandboxAnswer {
  const { query } = call.request;
  const order = orderOf(query);
  const limit = limitOf(world, query);
  const wanted = filterOf(query);
  const matching = records
    .filter((record) => !record.is_deleted && record.mergedInto === undefined && wanted(record))
    .filter(isAfter(markerOf(query, order), order))
    .filter((record) => isVisible(world, call.user, record))
    .toSorted((a, b) => compare(a, b, order));
  const page = matching.slice(0, limit);
  const last = page.at(-1);
  const more = matching.length > limit && last !== undefined;
  const next = more ? toCursor(last, order) : null;
  const additional =
    next === null && world.behaviour.lastCursor === 'absent' ? {} : { next_cursor: next };
  return ok(page.map(show), { additional_data: additional });
}

interface Order {
  readonly field: Sort;
  readonly direction: 'asc' | 'desc';
}

function orderOf(query: URLSearchParams): Order {
  const field = SORTS.find((one) => one === (query.get('sort_by') ?? 'id'));
  const direction = query.get('sort_direction') ?? 'asc';
  if (field === undefined) throw invalid('"sort_by" must be one of [id, update_time, add_time]');
  if (direction !== 'asc' && direction !== 'desc')
    throw invalid('"sort_direction" must be one of [asc, desc]');
  return { field, direction };
}

function limitOf({ behaviour }: World, query: URLSearchParams): number {
  const text = query.get('limit');
  if (text === null) return DEFAULT_LIMIT;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1) throw invalid('"limit" must be a positive number');
  if (limit > MAXIMUM && behaviour.overLimit === 'refused') {
    throw invalid(`"limit" must be less than or equal to ${MAXIMUM}`);
  }
  return Math.min(limit, MAXIMUM);
}

function filterOf(query: URLSearchParams): (record: Item) => boolean {
  const ids = query.get('ids')?.split(',').map(Number);
  if (ids !== undefined && (ids.length > MOST_IDS || ids.some((id) => !Number.isInteger(id)))) {
    throw invalid(`"ids" must be at most ${MOST_IDS} numbers`);
  }
  const owner = numberOf(query, 'owner_id');
  const organization = numberOf(query, 'org_id');
  const since = timeOf(query, 'updated_since');
  const until = timeOf(query, 'updated_until');
  return (record) =>
    (ids === undefined || ids.includes(record.id)) &&
    (owner === undefined || record.owner_id === owner) &&
    (organization === undefined || ('org_id' in record && record.org_id === organization)) &&
    (since === undefined || record.update_time >= since) &&
    (until === undefined || record.update_time < until);
}

function numberOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\d+$/u.test(text)) throw invalid(`"${name}" must be a number`);
  return Number(text);
}

/** RFC 3339 with whole seconds, as the document has it. */
function timeOf(query: URLSearchParams, name: string): string | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/u.test(text)) {
    throw invalid(`"${name}" must be in ISO 8601 date format`);
  }
  return text;
}

function compare(a: Pick<Item, Sort>, b: Pick<Item, Sort>, { field, direction }: Order): number {
  const sign = direction === 'asc' ? 1 : -1;
  if (a[field] === b[field]) return sign * (a.id - b.id);
  return a[field] < b[field] ? -sign : sign;
}

function isAfter(marker: Marker | undefined, order: Order): (record: Item) => boolean {
  if (marker === undefined) return () => true;
  const at = { id: marker.id, [order.field]: marker.fieldValue } as Pick<Item, Sort>;
  return (record) => compare(record, at, order) > 0;
}

function toCursor(record: Item, { field, direction }: Order): string {
  const marker: Marker = {
    field,
    fieldValue: record[field],
    sortDirection: direction,
    id: record.id,
  };
  return Buffer.from(JSON.stringify(marker)).toString('base64url');
}

function markerOf(query: URLSearchParams, order: Order): Marker | undefined {
  const text = query.get('cursor');
  if (text === null) return undefined;
  try {
    const marker = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Marker;
    if (marker.field === order.field && Number.isInteger(marker.id)) return marker;
  } catch {
    // Not one of ours: refused below.
  }
  throw invalid('"cursor" is not valid');
}
