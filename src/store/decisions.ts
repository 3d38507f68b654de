import { EMPTY_CONTACT, type FieldName } from '../contact/contact.ts';
import { SIDES, type Arbiter, type Choice, type Side, type Values } from '../plan/model.ts';
import type { Marks } from './marks.ts';
import type { Scope } from './scope.ts';

/** What the user is asked to decide in one account, and what they said. The next run carries it out. */
export interface Decisions {
  /** Open ones first, then the latest. */
  conflicts(): readonly ConflictRecord[];
  openConflicts(): number;
  /** @returns false where it is not open any more */
  settleConflict(id: number, choice: Choice): boolean;

  /** Contacts of which nobody can tell by rule who they are over there. */
  unclear(): readonly UnclearContact[];
  isSame(providerId: string, crmId: string): void;
  /** None of these: a new person. */
  isNobodyOf(providerId: string, crmIds: readonly string[]): void;
  /** It is never synced and never asked about again. */
  leaveAlone(providerId: string): void;

  /** Pairs of which one record was not found any more, where deleted and hidden look alike. */
  vanished(): readonly VanishedContact[];
  /** @returns false where one of the records has found another partner meanwhile */
  settleVanished(mappingId: number, outcome: VanishedOutcome): boolean;
}

export type VanishedOutcome =
  /** What is left stays as it is. */
  | 'keep'
  /** It was deleted: the rules for a deletion apply. */
  | 'deleted'
  /** What is left is created anew on the other side. */
  | 'again';

export interface ConflictRecord {
  readonly id: number;
  readonly providerId: string;
  readonly crmId: string;
  readonly contact: string;
  readonly field: FieldName;
  readonly values: Values;
  /** When each side changed, by the vendor's clock, ISO 8601. */
  readonly changedAt: { readonly [S in Side]?: string };
  readonly decidedBy: Arbiter;
  readonly winner?: Choice;
  /** `overtaken`: somebody changed the field again before it was settled. */
  readonly state: 'open' | 'settled' | 'overtaken';
  readonly foundAt: string;
  readonly settledAt?: string;
}

export interface UnclearContact {
  readonly providerId: string;
  readonly contact: string;
  readonly reason: string;
  readonly at: string;
}

export interface VanishedContact {
  readonly mappingId: number;
  readonly providerId: string;
  readonly crmId: string;
  /** The side whose record was not found. */
  readonly side: Side;
  readonly at: string;
}

interface ConflictRow {
  readonly id: number;
  readonly provider_id: string;
  readonly crm_id: string;
  readonly name: string;
  readonly field: FieldName;
  readonly held: string;
  readonly provider_at: string | null;
  readonly crm_at: string | null;
  readonly decided_by: Arbiter;
  readonly winner: Choice | null;
  readonly state: ConflictRecord['state'];
  readonly found_at: string;
  readonly settled_at: string | null;
}

interface VanishedRow {
  readonly id: number;
  readonly provider_id: string;
  readonly crm_id: string;
  readonly released_at: string;
}

export function createDecisions(scope: Scope, marks: Pick<Marks, 'markHere'>): Decisions {
  const { db, accountId, connections, now } = scope;
  const listed = db.prepare<[number], ConflictRow>(`
    SELECT * FROM conflict WHERE account_id = ? ORDER BY state <> 'open', id DESC`);
  const countOpen = db
    .prepare<[number], number>(
      "SELECT count(*) FROM conflict WHERE account_id = ? AND state = 'open'",
    )
    .pluck();
  const settle = db.prepare<[string, string, number, number], ConflictRow>(`
    UPDATE conflict SET decided_by = 'user', winner = ?, state = 'settled', settled_at = ?
    WHERE account_id = ? AND id = ? AND state = 'open' RETURNING *`);
  const unclear = db.prepare<
    [number],
    { record_id: string; name: string; reason: string; at: string }
  >(`SELECT record_id, name, reason, at FROM parked
     WHERE account_id = ? AND side = 'provider' AND kind = 'ambiguous' ORDER BY name`);
  const unpark = db.prepare(
    "DELETE FROM parked WHERE account_id = ? AND side = 'provider' AND record_id = ?",
  );
  const verdict = db.prepare(
    'INSERT OR REPLACE INTO verdict (account_id, provider_id, crm_id, same) VALUES (?, ?, ?, ?)',
  );
  const letGo = db.prepare(`
    INSERT INTO mapping (account_id, provider_id, crm_id, base_provider, base_crm, released, released_at)
    VALUES (?, ?, '', ?, ?, 'kept', ?)`);
  const vanished = db.prepare<[number], VanishedRow>(`
    SELECT id, provider_id, crm_id, released_at FROM mapping
    WHERE account_id = ? AND released = 'vanished' ORDER BY released_at DESC, id DESC`);
  const absence = db
    .prepare<[number, string], string | null>(
      'SELECT absent FROM mirror WHERE connection_id = ? AND id = ?',
    )
    .pluck();
  const taken = db
    .prepare<[number, string, string], number>(
      `SELECT EXISTS (SELECT 1 FROM mapping WHERE account_id = ? AND released IS NULL
         AND (provider_id = ? OR crm_id = ?))`,
    )
    .pluck();
  const setReleased = db.prepare('UPDATE mapping SET released = ?, released_at = ? WHERE id = ?');
  const makeDeleted = db.prepare(`
    INSERT INTO mirror (connection_id, id, etag, hash, contact, groups, owned, absent, generation)
    VALUES (?, ?, '', '', ?, '[]', 1, 'deleted', 0)
    ON CONFLICT (connection_id, id) DO UPDATE SET absent = 'deleted', suspect = 0`);

  const time = (): string => now().toISOString();
  const markPair = (row: { readonly provider_id: string; readonly crm_id: string }): void => {
    marks.markHere('provider', row.provider_id);
    marks.markHere('crm', row.crm_id);
  };
  const isGone = (side: Side, row: VanishedRow): boolean => {
    const how = absence.get(connections[side], idIn(row, side));
    return how === undefined || how !== null;
  };

  const settleVanished = (mappingId: number, outcome: VanishedOutcome): boolean => {
    const row = vanished.all(accountId).find(({ id }) => id === mappingId);
    if (row === undefined) return false;
    if (outcome === 'keep') {
      setReleased.run('kept', time(), row.id);
      return true;
    }
    if (taken.get(accountId, row.provider_id, row.crm_id) === 1) return false;
    if (outcome === 'again') setReleased.run('gone', time(), row.id);
    else {
      for (const side of SIDES.filter((one) => isGone(one, row))) {
        makeDeleted.run(connections[side], idIn(row, side), JSON.stringify(EMPTY_CONTACT));
      }
      setReleased.run(null, null, row.id);
    }
    markPair(row);
    return true;
  };

  const answered = (providerId: string, write: () => void): void => {
    write();
    unpark.run(accountId, providerId);
    marks.markHere('provider', providerId);
  };

  return {
    conflicts: () => listed.all(accountId).map(toConflict),
    openConflicts: () => countOpen.get(accountId) ?? 0,
    settleConflict: db.transaction((id: number, choice: Choice) => {
      const row = settle.get(choice, time(), accountId, id);
      if (row !== undefined) markPair(row);
      return row !== undefined;
    }),
    unclear: () =>
      unclear.all(accountId).map(({ record_id: providerId, name: contact, reason, at }) => ({
        providerId,
        contact,
        reason,
        at,
      })),
    isSame: db.transaction((providerId: string, crmId: string) =>
      answered(providerId, () => {
        verdict.run(accountId, providerId, crmId, 1);
      }),
    ),
    isNobodyOf: db.transaction((providerId: string, crmIds: readonly string[]) =>
      answered(providerId, () => {
        for (const crmId of crmIds) verdict.run(accountId, providerId, crmId, 0);
      }),
    ),
    // A mapping that was let go and has no counterpart: nothing brings it back.
    leaveAlone: db.transaction((providerId: string) =>
      answered(providerId, () => {
        const nothing = JSON.stringify(EMPTY_CONTACT);
        letGo.run(accountId, providerId, nothing, nothing, time());
      }),
    ),
    vanished: () =>
      vanished.all(accountId).map((row) => ({
        mappingId: row.id,
        providerId: row.provider_id,
        crmId: row.crm_id,
        side: isGone('crm', row) ? 'crm' : 'provider',
        at: row.released_at,
      })),
    settleVanished: db.transaction(settleVanished),
  };
}

function idIn(row: Pick<VanishedRow, 'provider_id' | 'crm_id'>, side: Side): string {
  return side === 'provider' ? row.provider_id : row.crm_id;
}

function toConflict(row: ConflictRow): ConflictRecord {
  return {
    id: row.id,
    providerId: row.provider_id,
    crmId: row.crm_id,
    contact: row.name,
    field: row.field,
    values: JSON.parse(row.held) as Values,
    changedAt: {
      ...(row.provider_at === null ? {} : { provider: row.provider_at }),
      ...(row.crm_at === null ? {} : { crm: row.crm_at }),
    },
    decidedBy: row.decided_by,
    ...(row.winner === null ? {} : { winner: row.winner }),
    state: row.state,
    foundAt: row.found_at,
    ...(row.settled_at === null ? {} : { settledAt: row.settled_at }),
  };
}
