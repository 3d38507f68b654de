import type { Effects, Step } from '../sync/journal.ts';
import type { AccountStore } from '../sync/store-port.ts';
import type { Mappings } from './mappings.ts';
import type { Marks } from './marks.ts';
import type { Mirror } from './mirror.ts';
import type { Organizations } from './organizations.ts';
import { dropIdleRunBefore } from './retention.ts';
import type { Scope } from './scope.ts';
import { createSteps, type Steps } from './steps.ts';
import type { Parking, RecordIds } from './parking.ts';

export type Journal = Pick<
  AccountStore,
  'openRun' | 'closeRun' | 'begin' | 'settle' | 'setAside' | 'drop'
> &
  Steps;

export interface JournalParts {
  readonly mirror: Mirror;
  readonly mappings: Mappings;
  readonly organizations: Organizations;
  readonly parking: Parking;
  readonly marks: Marks;
}

export function createJournal(scope: Scope, parts: JournalParts): Journal {
  const { db, turns, accountId, now, newId } = scope;
  const insertRun = db.prepare(
    'INSERT INTO run (id, account_id, started_at, full, dry_run) VALUES (?, ?, ?, ?, ?)',
  );
  const closeRun = db.prepare(
    'UPDATE run SET finished_at = ?, status = ?, full = ?, summary = ? WHERE id = ?',
  );
  const setBegun = db.prepare("UPDATE step SET state = 'begun', begun_at = ? WHERE id = ?");
  const setSettled = db.prepare(`
    UPDATE step SET state = 'settled', settled_at = ?,
      provider_id = coalesce(provider_id, ?), crm_id = coalesce(crm_id, ?) WHERE id = ?`);
  const insertAnswer = db.prepare(
    'INSERT OR REPLACE INTO step_answer (step_id, revision) VALUES (?, ?)',
  );
  const setSetAside = db.prepare(
    "UPDATE step SET state = 'set-aside', settled_at = ?, reason = ? WHERE id = ?",
  );
  const setDropped = db.prepare("UPDATE step SET state = 'dropped' WHERE id = ?");

  const apply = (step: Step, effects: Effects): void => {
    for (const effect of effects.mirror ?? []) {
      const ours = effects.written === true && effect.side === step.side;
      const written = { inStep: effects.clean, step: ours ? step.id : undefined };
      if (effect.kind === 'present') parts.mirror.put(effect.side, effect, written);
      else parts.mirror.putAbsent(effect.side, effect.id, effect.how, written);
    }
    if (effects.organization !== undefined)
      parts.organizations.putOrganization(effects.organization);
    if (effects.customField !== undefined) parts.organizations.putCustomField(effects.customField);
    if (effects.mapping !== undefined) parts.mappings.apply(effects.mapping, effects.clean);
    if (effects.clean === true) unmark(step, effects);
  };

  const saveAnswer = ({ id, side }: Step, { mirror = [] }: Effects): void => {
    const answer = mirror.find((effect) => effect.side === side && effect.kind === 'present');
    if (answer?.kind === 'present') insertAnswer.run(id, JSON.stringify(answer.revision));
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
      turns.join(() => {
        closeRun.run(now().toISOString(), status, full ? 1 : 0, JSON.stringify(summary), run);
        dropIdleRunBefore(db, accountId, run);
      });
      turns.end();
    },
    ...createSteps(scope),
    begin: (steps, at) =>
      // Before a request goes out: what follows may happen although this machine stops.
      turns.toDisk(() => {
        for (const { id } of steps) setBegun.run(at, id);
      }),
    settle: (step, effects) =>
      turns.join(() => {
        apply(step, effects);
        const { providerId, crmId } = recordsOf(step, effects);
        setSettled.run(now().toISOString(), providerId ?? null, crmId ?? null, step.id);
        saveAnswer(step, effects);
        settlePark(step, { providerId, crmId });
      }),
    setAside: (step, why, effects) =>
      turns.join(() => {
        if (effects !== undefined) apply(step, effects);
        setSetAside.run(now().toISOString(), why.reason, step.id);
        parts.parking.park(step, step.name, why);
      }),
    drop: (step) =>
      turns.join(() => {
        setDropped.run(step.id);
      }),
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
