import type { Scope } from './scope.ts';

/**
 * Who has which match key. A record's own list stands in its row of the mirror; it is sorted in
 * among those of all others when somebody is looked up, many at once: one by one, each would write
 * a page of its own.
 */
export interface MatchKeys {
  /** The row of the mirror was written with keys that were not there before. */
  added(mirrorRow: number | bigint): void;
  /** Before the record's row in the mirror gets other keys, another id, or goes. */
  drop(connection: number, id: string): void;
  /** Whatever was added is found by a look-up in `match_key` from now on. */
  sortIn(): void;
}

/** Of the rows of the mirror that fit the condition. */
export const dropKeysOf = (condition: string): string => `
  DELETE FROM match_key WHERE (connection_id, key, record_id) IN (
    SELECT mirror.connection_id, keys.value, mirror.id FROM mirror, json_each(mirror.keys) AS keys
    WHERE ${condition})`;

export function createMatchKeys({ db, turns }: Scope): MatchKeys {
  const add = db.prepare('INSERT OR IGNORE INTO unsorted (mirror_row) VALUES (?)');
  const drop = db.prepare(dropKeysOf('mirror.connection_id = ? AND mirror.id = ?'));
  const anything = db.prepare<[], number>('SELECT 1 FROM unsorted LIMIT 1').pluck();
  const sortIn = db.prepare(`
    INSERT OR IGNORE INTO match_key (connection_id, key, record_id)
    SELECT mirror.connection_id, keys.value, mirror.id
    FROM unsorted JOIN mirror ON mirror.rowid = unsorted.mirror_row, json_each(mirror.keys) AS keys
    ORDER BY 1, 2, 3`);
  const clear = db.prepare('DELETE FROM unsorted');
  return {
    added: (mirrorRow) => {
      add.run(mirrorRow);
    },
    drop: (connection, id) => {
      drop.run(connection, id);
    },
    sortIn: () => {
      if (anything.get() === undefined) return;
      turns.join(() => {
        sortIn.run();
        clear.run();
      });
    },
  };
}
