import { printMark } from '../plan/mark.ts';
import type { Side } from '../plan/model.ts';
import {
  PHASES,
  type BegunStep,
  type Effects,
  type PlannedStep,
  type Step,
  type StepBody,
} from '../sync/journal.ts';
import { type AccountStore } from '../sync/store-port.ts';
import type { Mappings } from './mappings.ts';
import type { Marks } from './marks.ts';
import type { Mirror } from './mirror.ts';
import type { Organizations } from './organizations.ts';
import { dropIdleRunBefore } from './retention.ts';
import type { Scope } from './scope.ts';
import type { Parking, RecordIds } from './parking.ts';

export interface StepRow {
  readonly id: number;
  readonly key: string;
  readonly run_id: string;
  readonly phase: Step['phase'];
  readonly side: Side;
  readonly provider_id: string | null;
  readonly crm_id: string | null;
  readonly name: string;
  readonly body: string;
  readonly begun_at: string | null;
}

export function toStep(row: StepRow): Step {
  return {
    id: row.id,
    key: row.key,
    run: row.run_id,
    phase: row.phase,
    side: row.side,
    name: row.name,
    body: JSON.parse(row.body) as StepBody,
    ...(row.provider_id === null ? {} : { providerId: row.provider_id }),
    ...(row.crm_id === null ? {} : { crmId: row.crm_id }),
  };
}

export type Journal = Pick<
  AccountStore,
  | 'openRun'
  | 'closeRun'
  | 'everWrote'
  | 'plan'
  | 'dropPlanned'
  | 'planned'
  | 'plannedCounts'
  | 'eachPlanned'
  | 'begin'
  | 'begun'
  | 'settle'
  | 'setAside'
  | 'drop'
  | 'removalsSince'
>;

export interface JournalParts {
  readonly mirror: Mirror;
  readonly mappings: Mappings;
  readonly organizations: Organizations;
  readonly parking: Parking;
  readonly marks: Marks;
}

/** Kinds of steps that change something outside. */
const WRITES =
  "('make-field', 'make-organization', 'fill-organization', 'create', 'update', 'delete', 'photo', 'remove-photo')";

export function createJournal(scope: Scope, parts: JournalParts): Journal {
  const { db, turns, accountId, now, newId, installation } = scope;
  const insertRun = db.prepare(
    'INSERT INTO run (id, account_id, started_at, full, dry_run) VALUES (?, ?, ?, ?, ?)',
  );
  const closeRun = db.prepare(
    'UPDATE run SET finished_at = ?, status = ?, full = ?, summary = ? WHERE id = ?',
  );
  const insertStep = db.prepare(`
    INSERT INTO step (key, run_id, account_id, phase, side, kind, provider_id, crm_id, name, body, state)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'planned')`);
  const dropPlanned = db.prepare(
    "UPDATE step SET state = 'dropped' WHERE account_id = ? AND state = 'planned'",
  );
  const planned = db.prepare<[string, string, number, number], StepRow>(
    "SELECT * FROM step WHERE run_id = ? AND phase = ? AND id > ? AND state = 'planned' ORDER BY id LIMIT ?",
  );
  const counts = db.prepare<[string], { kind: StepBody['kind']; side: Side; count: number }>(`
    SELECT kind, side, count(*) AS count FROM step
    WHERE run_id = ? AND state = 'planned' GROUP BY kind, side`);
  const begunRows = db.prepare<[number], StepRow>(
    "SELECT * FROM step WHERE account_id = ? AND state = 'begun' ORDER BY id",
  );
  const setBegun = db.prepare("UPDATE step SET state = 'begun', begun_at = ? WHERE id = ?");
  const setSettled = db.prepare(`
    UPDATE step SET state = 'settled', settled_at = ?, after = ?,
      provider_id = coalesce(provider_id, ?), crm_id = coalesce(crm_id, ?) WHERE id = ?`);
  const setSetAside = db.prepare(
    "UPDATE step SET state = 'set-aside', settled_at = ?, reason = ? WHERE id = ?",
  );
  const begunAt = db
    .prepare<[number], string | null>('SELECT begun_at FROM step WHERE id = ?')
    .pluck();
  const setDropped = db.prepare("UPDATE step SET state = 'dropped' WHERE id = ?");
  const everWrote = db
    .prepare<[number], number>(
      `SELECT EXISTS (SELECT 1 FROM step WHERE account_id = ? AND begun_at IS NOT NULL AND kind IN ${WRITES})`,
    )
    .pluck();
  const removals = db
    .prepare<[number, string], number>(
      `
      SELECT count(*) FROM step
      WHERE account_id = ? AND state = 'settled' AND settled_at >= ? AND kind IN ('delete', 'release')`,
    )
    .pluck();

  const apply = (step: Step, effects: Effects): void => {
    for (const effect of effects.mirror ?? []) {
      if (effect.kind === 'present') parts.mirror.put(effect.side, effect, effects.clean);
      else parts.mirror.putAbsent(effect.side, effect.id, effect.how);
    }
    if (effects.written === true) stampWritten(step, effects);
    if (effects.organization !== undefined)
      parts.organizations.putOrganization(effects.organization);
    if (effects.customField !== undefined) parts.organizations.putCustomField(effects.customField);
    if (effects.mapping !== undefined) parts.mappings.apply(effects.mapping, effects.clean);
    if (effects.clean === true) unmark(step, effects);
  };

  const stampWritten = ({ id, side }: Step, { mirror = [] }: Effects): void => {
    const at = begunAt.get(id);
    if (at == null) return;
    for (const effect of mirror.filter((one) => one.side === side)) {
      const recordId = effect.kind === 'present' ? effect.revision.id : effect.id;
      parts.mirror.wrote(side, recordId, at);
    }
  };

  /** What it creates carries this where the vendor keeps it: our mark, naming what it was made for. */
  const keyOf = ({ side, providerId, crmId }: PlannedStep): string => {
    const counterpart = side === 'provider' ? crmId : providerId;
    const made = { installation, at: now().getTime(), nonce: newId() };
    return printMark({ ...made, ...(counterpart === undefined ? {} : { counterpart }) });
  };

  /** What was done is set aside no more, but for what it left out. A picture lifts no refusal. */
  const settlePark = ({ body, name, phase }: Step, records: RecordIds): void => {
    if (phase === 'photos') return parts.parking.unparkPassing(records);
    parts.parking.unpark(records);
    const leftOut = 'leftOut' in body ? body.leftOut : undefined;
    if (leftOut === undefined) return;
    parts.parking.park(records, name, { kind: 'refused', reason: leftOut });
  };

  const unmark = (step: Step, effects: Effects): void => {
    const { providerId, crmId } = recordsOf(step, effects);
    if (providerId !== undefined) parts.marks.unmarkHere('provider', providerId);
    if (crmId !== undefined) parts.marks.unmarkHere('crm', crmId);
  };

  return {
    openRun: ({ full, dryRun }) => {
      const id = newId();
      insertRun.run(id, accountId, now().toISOString(), full ? 1 : 0, dryRun ? 1 : 0);
      return id;
    },
    closeRun: (run, summary) => {
      const { status, full } = summary;
      turns.end();
      closeRun.run(now().toISOString(), status, full ? 1 : 0, JSON.stringify(summary), run);
      dropIdleRunBefore(db, accountId, run);
    },
    everWrote: () => everWrote.get(accountId) === 1,
    plan: db.transaction((run, steps) => {
      for (const step of steps) {
        const { phase, side, providerId, crmId, name, body } = step;
        const ids = [providerId ?? null, crmId ?? null];
        insertStep.run(
          keyOf(step),
          run,
          accountId,
          phase,
          side,
          body.kind,
          ...ids,
          name,
          JSON.stringify(body),
        );
      }
    }),
    dropPlanned: () => {
      dropPlanned.run(accountId);
    },
    planned: (run, phase, after, limit) => planned.all(run, phase, after, limit).map(toStep),
    plannedCounts: (run) => counts.all(run),
    *eachPlanned(run) {
      for (const phase of PHASES) yield* planned.all(run, phase, 0, -1).map(toStep);
    },
    begin: (steps, at) => {
      turns.end();
      // Durable before a request goes out: what follows may happen although this machine stops.
      db.pragma('synchronous = FULL');
      try {
        db.transaction(() => {
          for (const { id } of steps) setBegun.run(at, id);
        })();
      } finally {
        db.pragma('synchronous = NORMAL');
      }
    },
    begun: () =>
      begunRows.all(accountId).map((row): BegunStep => ({
        ...toStep(row),
        begunAt: row.begun_at ?? now().toISOString(),
      })),
    settle: (step, effects) =>
      turns.join(() => {
        apply(step, effects);
        const { providerId, crmId } = recordsOf(step, effects);
        const after = JSON.stringify(effects.mirror ?? effects.organization ?? null);
        setSettled.run(now().toISOString(), after, providerId ?? null, crmId ?? null, step.id);
        settlePark(step, { providerId, crmId });
      }),
    setAside: (step, why, effects) =>
      turns.join(() => {
        if (effects !== undefined) apply(step, effects);
        setSetAside.run(now().toISOString(), why.reason, step.id);
        parts.parking.park(step, step.name, why);
      }),
    drop: (step) => {
      setDropped.run(step.id);
    },
    removalsSince: (since) => removals.get(accountId, since) ?? 0,
  };
}

/** A create learns the id of what it made from its effects. */
function recordsOf(
  step: Step,
  effects: Effects,
): { providerId?: string | undefined; crmId?: string | undefined } {
  const mapping = effects.mapping?.kind === 'insert' ? effects.mapping : undefined;
  return {
    providerId: step.providerId ?? mapping?.providerId,
    crmId: step.crmId ?? mapping?.crmId,
  };
}
