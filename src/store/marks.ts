import { SIDES, type Side } from '../plan/model.ts';
import type { Scope } from './scope.ts';

/** The dirty marks: which records may differ from their base. A mark that is set again gets a new position. */
export interface Marks {
  /** In every account that uses this side's connection. */
  mark(side: Side, id: string): void;
  /** In every other one of them. */
  markElsewhere(side: Side, id: string): void;
  /** In this account alone. */
  markHere(side: Side, id: string): void;
  markAll(): void;
  unmark(position: number): void;
  /** In every account: the record is known by another id now. */
  drop(side: Side, id: string): void;
  unmarkHere(side: Side, id: string): void;
}

export function createMarks({ db, turns, accountId, connections }: Scope): Marks {
  const bySide = (sql: (column: string) => string) => ({
    provider: db.prepare(sql('provider_connection')),
    crm: db.prepare(sql('crm_connection')),
  });
  const mark = bySide(
    (column) => `INSERT OR REPLACE INTO dirty (account_id, side, record_id)
      SELECT id, ?, ? FROM account WHERE ${column} = ?`,
  );
  const markElsewhere = bySide(
    (column) => `INSERT OR REPLACE INTO dirty (account_id, side, record_id)
      SELECT id, ?, ? FROM account WHERE ${column} = ? AND id <> ?`,
  );
  const drop = bySide(
    (column) => `DELETE FROM dirty WHERE side = ? AND record_id = ?
      AND account_id IN (SELECT id FROM account WHERE ${column} = ?)`,
  );
  const markHere = db.prepare(
    'INSERT OR REPLACE INTO dirty (account_id, side, record_id) VALUES (?, ?, ?)',
  );
  const markAll = db.prepare(`
    INSERT OR REPLACE INTO dirty (account_id, side, record_id)
    SELECT ?, ?, id FROM mirror WHERE connection_id = ?`);
  const unmark = db.prepare('DELETE FROM dirty WHERE position = ?');
  const unmarkHere = db.prepare(
    'DELETE FROM dirty WHERE account_id = ? AND side = ? AND record_id = ?',
  );
  return {
    drop: (side, id) => {
      drop[side].run(side, id, connections[side]);
    },
    mark: (side, id) => {
      mark[side].run(side, id, connections[side]);
    },
    markElsewhere: (side, id) => {
      markElsewhere[side].run(side, id, connections[side], accountId);
    },
    markHere: (side, id) => {
      markHere.run(accountId, side, id);
    },
    markAll: () =>
      turns.join(() => {
        for (const side of SIDES) markAll.run(accountId, side, connections[side]);
      }),
    unmark: (position) => {
      unmark.run(position);
    },
    unmarkHere: (side, id) => {
      unmarkHere.run(accountId, side, id);
    },
  };
}
