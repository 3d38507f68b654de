import { createChangeFeed } from '../change-feed.ts';
import type { ChangeFeed } from '../change-feed.ts';
import type { SandboxClock } from '../core.ts';
import type { Behaviour } from './behaviour.ts';
import type { Item } from './items.ts';
import { wireTime } from './times.ts';

/** All records of one kind, with their times and what lists and the search know of them. */
export interface Shelf<T extends Item> {
  /** By ascending id; deleted ones too, until they are gone for good. */
  all(): readonly T[];
  get(id: number): T | undefined;
  /** Gives the record its id and times. A second later its `update_time` moves by itself. */
  insert(draft: Omit<T, 'id' | 'update_time' | 'is_deleted'>): T;
  /** Moves `update_time`, also when nothing else changes. */
  change(id: number, patch: Partial<T>): T;
  /** Leaves `update_time` alone. */
  amend(id: number, patch: Partial<T>): T;
  /** Gone for good, at once. */
  purge(id: number): void;
  /** The records as the lists have them, if need be some time behind. */
  listed(): readonly T[];
  /** The records as the search index has them, some time behind. */
  indexed(): readonly T[];
  /** Lets happen what is due by now. */
  settle(): void;
}

interface Due {
  readonly at: number;
  readonly id: number;
}

const SECOND_MS = 1000;
/** "After 30 days the record is permanently deleted" (documented), counted from its last change. */
const RETENTION_MS = 30 * 24 * 60 * 60 * SECOND_MS;

export function createShelf<T extends Item>(clock: SandboxClock, behaviour: Behaviour): Shelf<T> {
  const records = new Map<number, T>();
  const lists = createChangeFeed<T>(clock);
  const index = createChangeFeed<T>(clock);
  const bumps: Due[] = [];
  const purges: Due[] = [];
  let lastId = 0;

  const now = (): number => clock.now().getTime();
  const views = () => {
    // A test may turn the lags at any time.
    lists.hide(behaviour.listLag);
    index.hide(behaviour.searchLag);
    return { lists, index };
  };
  const publish = (id: number): void => {
    for (const view of Object.values(views())) view.publish(String(id), records.get(id));
  };
  const put = (record: T): T => {
    records.set(record.id, record);
    publish(record.id);
    if (record.is_deleted) purges.push({ at: now() + RETENTION_MS, id: record.id });
    return record;
  };
  const known = (id: number): T => {
    const record = records.get(id);
    if (!record) throw new Error(`There is no record ${id}.`);
    return record;
  };
  const bump = ({ id, at }: Due): void => {
    const record = records.get(id);
    const time = wireTime(new Date(at));
    if (record === undefined || record.is_deleted || record.update_time >= time) return;
    put({ ...record, update_time: time });
  };
  const purge = (id: number): void => {
    records.delete(id);
    publish(id);
  };
  const purgeDue = ({ id, at }: Due): void => {
    const record = records.get(id);
    if (record === undefined || !record.is_deleted) return;
    if (Date.parse(record.update_time) + RETENTION_MS <= at) purge(id);
  };
  return {
    all: () => [...records.values()],
    get: (id) => records.get(id),
    insert(draft) {
      lastId += 1;
      const times = { update_time: wireTime(clock.now()), is_deleted: false };
      if (behaviour.followUpBump) {
        bumps.push({ at: Math.floor(now() / SECOND_MS + 1) * SECOND_MS, id: lastId });
      }
      return put({ ...draft, ...times, id: lastId } as unknown as T);
    },
    change: (id, patch) => put({ ...known(id), ...patch, update_time: wireTime(clock.now()) }),
    amend: (id, patch) => put({ ...known(id), ...patch }),
    purge,
    listed: () => present(views().lists),
    indexed: () => present(views().index),
    settle() {
      for (const due of takeDue(bumps, now())) bump(due);
      for (const due of takeDue(purges, now())) purgeDue(due);
    },
  };
}

function present<T>(feed: ChangeFeed<T>): readonly T[] {
  return feed.since(0).flatMap(({ value }) => (value === undefined ? [] : [value]));
}

/** Removes and returns the head of a queue that is ordered by time. */
function takeDue(queue: Due[], now: number): readonly Due[] {
  const later = queue.findIndex((due) => due.at > now);
  return queue.splice(0, later === -1 ? queue.length : later);
}
