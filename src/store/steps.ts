import { printMark } from '../plan/mark.ts';
import type { Side } from '../plan/model.ts';
import {
  PHASES,
  type BegunStep,
  type PlannedStep,
  type Step,
  type StepBody,
} from '../sync/journal.ts';
import type { AccountStore } from '../sync/store-port.ts';
import type { Scope } from './scope.ts';

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

/** A step with what it is about, and with what the vendor answered. */
export const SELECT_STEP = `
  SELECT step.*, body, revision AS answer FROM step
    LEFT JOIN step_body ON step_body.step_id = step.id
    LEFT JOIN step_answer ON step_answer.step_id = step.id`;

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

/** The steps as they are planned, and those that are still open. */
export type Steps = Pick<
  AccountStore,
  | 'everWrote'
  | 'plan'
  | 'dropPlanned'
  | 'planned'
  | 'plannedCounts'
  | 'hasOpenContact'
  | 'eachPlanned'
  | 'begun'
  | 'removalsSince'
>;

/** Kinds of steps that change something outside. */
const WRITES =
  "('make-field', 'make-organization', 'fill-organization', 'create', 'update', 'delete', 'photo', 'remove-photo')";

/** By the index of the record's own steps, which are few: a run may have tens of thousands. */
const OPEN_CONTACT = `
  SELECT EXISTS (SELECT 1 FROM step
  WHERE account_id = ? AND provider_id = ? AND +run_id = ? AND +phase = 'contacts'
    AND +state IN ('planned', 'begun'))`;

export function createSteps({ db, turns, accountId, now, newId, installation }: Scope): Steps {
  const insertStep = db.prepare(`
    INSERT INTO step (key, run_id, account_id, phase, side, kind, provider_id, crm_id, name, state)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'planned')`);
  const insertBody = db.prepare('INSERT INTO step_body (step_id, body) VALUES (?, ?)');
  const dropPlanned = db.prepare(
    "UPDATE step SET state = 'dropped' WHERE account_id = ? AND state = 'planned'",
  );
  const planned = db.prepare<[number, string, string, number, number], StepRow>(`
    ${SELECT_STEP} WHERE account_id = ? AND run_id = ? AND phase = ? AND id > ? AND state = 'planned'
    ORDER BY id LIMIT ?`);
  const openContact = db.prepare<[number, string, string], number>(OPEN_CONTACT).pluck();
  const counts = db.prepare<
    [number, string],
    { kind: StepBody['kind']; side: Side; count: number }
  >(`
    SELECT kind, side, count(*) AS count FROM step
    WHERE account_id = ? AND run_id = ? AND state = 'planned' GROUP BY kind, side`);
  const begunRows = db.prepare<[number], StepRow>(
    `${SELECT_STEP} WHERE account_id = ? AND state = 'begun' ORDER BY id`,
  );
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

  /** What it creates carries this where the vendor keeps it: our mark, naming what it was made for. */
  const keyOf = ({ side, providerId, crmId }: PlannedStep): string => {
    const counterpart = side === 'provider' ? crmId : providerId;
    const made = { installation, at: now().getTime(), nonce: newId() };
    return printMark({ ...made, ...(counterpart === undefined ? {} : { counterpart }) });
  };

  return {
    everWrote: () => everWrote.get(accountId) === 1,
    plan: (run, steps) =>
      turns.join(() => {
        for (const step of steps) {
          const { phase, side, providerId, crmId, name, body } = step;
          const ids = [providerId ?? null, crmId ?? null];
          const key = keyOf(step);
          const row = insertStep.run(key, run, accountId, phase, side, body.kind, ...ids, name);
          insertBody.run(row.lastInsertRowid, JSON.stringify(body));
        }
      }),
    dropPlanned: () =>
      turns.join(() => {
        dropPlanned.run(accountId);
      }),
    planned: (run, phase, after, limit) =>
      planned.all(accountId, run, phase, after, limit).map(toStep),
    hasOpenContact: (run, providerId) => openContact.get(accountId, providerId, run) === 1,
    plannedCounts: (run) => counts.all(accountId, run),
    *eachPlanned(run) {
      for (const phase of PHASES) yield* planned.all(accountId, run, phase, 0, -1).map(toStep);
    },
    begun: () =>
      begunRows.all(accountId).map((row): BegunStep => ({
        ...toStep(row),
        begunAt: row.begun_at ?? now().toISOString(),
      })),
    removalsSince: (since) => removals.get(accountId, since) ?? 0,
  };
}
