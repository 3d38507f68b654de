import {
  SIDES,
  type ChangeTime,
  type Choice,
  type Conflict,
  type KnownConflict,
  type Mapping,
  type Values,
} from '../plan/model.ts';
import type { FieldName } from '../contact/contact.ts';
import type { AccountStore } from '../sync/store-port.ts';
import type { Scope } from './scope.ts';

interface Row {
  readonly id: number;
  readonly field: FieldName;
  readonly held: string;
  readonly decided_by: string;
  readonly winner: Choice | null;
  readonly state: 'open' | 'settled';
}

type PairIds = Pick<Mapping, 'providerId' | 'crmId'>;

export type Conflicts = Pick<AccountStore, 'recordConflicts' | 'verdicts'> & {
  /** The latest on record for each field, without those that a later edit has overtaken. */
  known(pair: PairIds): readonly KnownConflict[];
};

/** A conflict is one as long as both sides hold what they held when it was found. */
export function createConflicts({ db, turns, accountId, now }: Scope): Conflicts {
  const ofPair = db.prepare<[number, string, string], Row>(`
    SELECT id, field, held, decided_by, winner, state FROM conflict
    WHERE account_id = ? AND provider_id = ? AND crm_id = ? AND state <> 'overtaken' ORDER BY id DESC`);
  const insert = db.prepare(`
    INSERT INTO conflict (account_id, provider_id, crm_id, name, field, held, provider_at, crm_at,
      decided_by, winner, state, run_id, found_at, settled_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const settle = db.prepare(
    "UPDATE conflict SET decided_by = ?, winner = ?, state = 'settled', settled_at = ? WHERE id = ?",
  );
  const overtake = db.prepare(
    "UPDATE conflict SET state = 'overtaken', settled_at = ? WHERE id = ?",
  );

  const verdictsOf = (column: string) =>
    db.prepare<[number, string], { provider_id: string; crm_id: string; same: number }>(
      `SELECT * FROM verdict WHERE account_id = ? AND ${column} = ?`,
    );
  const verdicts = { provider: verdictsOf('provider_id'), crm: verdictsOf('crm_id') };

  const latest = ({ providerId, crmId }: PairIds): readonly Row[] => {
    const rows = ofPair.all(accountId, providerId, crmId);
    return rows.filter((row, at) => rows.findIndex(({ field }) => field === row.field) === at);
  };

  return {
    known: (pair) =>
      latest(pair).map((row) => ({
        field: row.field,
        values: JSON.parse(row.held) as Values,
        ...(row.decided_by === 'user' && row.winner !== null ? { choice: row.winner } : {}),
      })),
    verdicts: (side, id) =>
      verdicts[side].all(accountId, id).map((row) => ({
        providerId: row.provider_id,
        crmId: row.crm_id,
        same: row.same === 1,
      })),
    recordConflicts: (run, about, conflicts) =>
      turns.join(() => {
        const time = now().toISOString();
        const before: readonly Row[] = latest(about);
        for (const row of before) {
          const still = conflicts.some((one) => isThis(row, one));
          if (row.state === 'open' && !still) overtake.run(time, row.id);
        }
        for (const conflict of conflicts) {
          const row = before.find((one) => isThis(one, conflict));
          const winner = conflict.winner ?? null;
          if (row?.state === 'settled' || (row !== undefined && winner === null)) continue;
          if (row !== undefined) settle.run(conflict.by, winner, time, row.id);
          else insertNew(run, about, conflict, time);
        }
      }),
  };

  function insertNew(
    run: string,
    { providerId, crmId, name, changedAt }: Parameters<AccountStore['recordConflicts']>[1],
    { field, values, by, winner }: Conflict,
    time: string,
  ): void {
    const times = SIDES.map((side) => isoTime(changedAt?.[side], field));
    const state = winner === undefined ? 'open' : 'settled';
    const settledAt = winner === undefined ? null : time;
    const verdict = [by, winner ?? null, state, run, time, settledAt];
    insert.run(
      accountId,
      providerId,
      crmId,
      name,
      field,
      JSON.stringify(values),
      ...times,
      ...verdict,
    );
  }
}

function isoTime(changed: ChangeTime | undefined, field: FieldName): string | null {
  const at = changed?.fields[field] ?? changed?.record;
  return at === undefined ? null : new Date(at).toISOString();
}

function isThis(row: Row, { field, values }: Conflict): boolean {
  return row.field === field && row.held === JSON.stringify(values);
}
