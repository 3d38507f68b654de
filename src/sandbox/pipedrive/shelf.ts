import type { SandboxClock } from '../core.ts';
import type { Behaviour } from './behaviour.ts';
import type { Item } from './items.ts';

/** All records of one kind, deleted ones too, with their times and what the search knows of them. */
export interface Shelf<T extends Item> {
  /** By ascending id. */
  all(): Iterable<T>;
  get(id: number): T | undefined;
  /** Gives the record its id and times. A second later its `update_time` moves by itself. */
  insert(draft: Omit<T, 'id' | 'update_time' | 'is_deleted'>): T;
  /** Moves `update_time`, also when nothing else changes. */
  change(id: number, patch: Partial<T>): T;
  /** Leaves `update_time` alone. */
  amend(id: number, patch: Partial<T>): T;
  /** The records as the search index has them, some time behind. */
  indexed(): Iterable<T>;
  /** Lets happen what is due by now. */
  settle(): void;
}

/** RFC 3339, UTC, whole seconds: all that Pipedrive keeps. */
export function wireTime(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

interface Due {
  readonly at: number;
  readonly id: number;
}

const second = 1000;

export function createShelf<T extends Item>(clock: SandboxClock, behaviour: Behaviour): Shelf<T> {
  const records = new Map<number, T>();
  const index = new Map<number, T>();
  const bumps: Due[] = [];
  const indexing: Due[] = [];
  let lastId = 0;

  const put = (record: T): T => {
    records.set(record.id, record);
    indexing.push({ at: clock.now().getTime() + behaviour.searchLag, id: record.id });
    return record;
  };
  const known = (id: number): T => {
    const record = records.get(id);
    if (!record) throw new Error(`There is no record ${id}.`);
    return record;
  };
  const bump = (id: number, at: number) => {
    const record = known(id);
    const time = wireTime(new Date(at));
    if (record.update_time < time) records.set(id, { ...record, update_time: time });
  };
  return {
    all: () => records.values(),
    get: (id) => records.get(id),
    insert(draft) {
      lastId += 1;
      const now = clock.now();
      const times = { update_time: wireTime(now), is_deleted: false };
      if (behaviour.followUpBump) {
        bumps.push({ at: Math.floor(now.getTime() / second + 1) * second, id: lastId });
      }
      return put({ ...draft, ...times, id: lastId } as unknown as T);
    },
    change: (id, patch) => put({ ...known(id), ...patch, update_time: wireTime(clock.now()) }),
    amend: (id, patch) => put({ ...known(id), ...patch }),
    indexed: () => index.values(),
    settle() {
      const now = clock.now().getTime();
      for (const due of takeDue(bumps, now)) bump(due.id, due.at);
      for (const due of takeDue(indexing, now)) index.set(due.id, known(due.id));
    },
  };
}

/** Removes and returns the head of a queue that is ordered by time. */
function takeDue(queue: Due[], now: number): readonly Due[] {
  const later = queue.findIndex((due) => due.at > now);
  return queue.splice(0, later === -1 ? queue.length : later);
}
