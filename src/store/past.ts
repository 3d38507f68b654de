import type { FieldName, Patch } from '../contact/contact.ts';
import type { Revision } from '../plan/model.ts';
import type { RunSummary, SettledStep, StepBody } from '../sync/journal.ts';
import type { AccountStore } from '../sync/store-port.ts';
import type { Scope } from './scope.ts';
import { SELECT_STEP, toStep, type StepRow } from './steps.ts';

type Past = Pick<AccountStore, 'settledOf' | 'pastWrites' | 'lastStatus' | 'everFinished'>;

export interface SettledRow extends StepRow {
  readonly settled_at: string;
  readonly answer: string | null;
}

type UpdateBody = Extract<StepBody, { readonly kind: 'update' }>;

/** What was done, as undo and the detection of fights need it, and how runs have ended. */
export function createPast({ db, accountId }: Scope): Past {
  const settled = db.prepare<[string, number], SettledRow>(`
    ${SELECT_STEP} WHERE run_id = ? AND account_id = ? AND state = 'settled' ORDER BY id DESC`);
  const undoing = db.prepare<[number], { id: number; undoes: number }>(`
    SELECT id, json_extract(body, '$.undoes') AS undoes
    FROM step JOIN step_body ON step_body.step_id = step.id
    WHERE account_id = ? AND state = 'settled' AND kind IN ('create', 'update', 'delete')
      AND json_extract(body, '$.undoes') IS NOT NULL ORDER BY id`);
  const updates = db.prepare<
    [number, string, string, string],
    { body: string; settled_at: string }
  >(`
    SELECT body, settled_at
    FROM step INDEXED BY step_provider JOIN step_body ON step_body.step_id = step.id
    WHERE account_id = ? AND provider_id = ? AND crm_id = ? AND settled_at >= ?
      AND state = 'settled' AND kind = 'update' ORDER BY id`);
  const decided = db.prepare<[number, string, string], { field: FieldName; at: string }>(`
    SELECT field, max(settled_at) AS at FROM conflict
    WHERE account_id = ? AND provider_id = ? AND crm_id = ? AND decided_by = 'user' GROUP BY field`);
  const lastStatus = db
    .prepare<[number], RunSummary['status']>(
      `SELECT status FROM run WHERE account_id = ? AND dry_run = 0 AND status IS NOT NULL
       ORDER BY rowid DESC LIMIT 1`,
    )
    .pluck();
  const everFinished = db
    .prepare<[number], number>(
      `SELECT EXISTS (SELECT 1 FROM run
       WHERE account_id = ? AND dry_run = 0 AND status IN ('ok', 'partial'))`,
    )
    .pluck();

  return {
    lastStatus: () => lastStatus.get(accountId),
    everFinished: () => everFinished.get(accountId) === 1,
    *settledOf(run) {
      const takenBack = takenBackBy(undoing.all(accountId));
      for (const row of settled.all(run, accountId)) if (!takenBack(row.id)) yield toSettled(row);
    },
    pastWrites: ({ providerId, crmId }, since) => {
      const rows = updates.all(accountId, providerId, crmId, since);
      if (rows.length === 0) return [];
      const fields = decided.all(accountId, providerId, crmId);
      const decidedAt = new Map(fields.map(({ field, at }) => [field, at]));
      return rows.map(({ body, settled_at: at }) => {
        const { expected, patch } = JSON.parse(body) as UpdateBody;
        const undecided = Object.entries(patch).filter(
          ([field]) => at > (decidedAt.get(field as FieldName) ?? ''),
        );
        return { before: expected.contact, patch: Object.fromEntries(undecided) as Patch };
      });
    },
  };
}

/** Whether a step was taken back, by one that was not taken back itself. */
function takenBackBy(
  undoing: readonly { readonly id: number; readonly undoes: number }[],
): (step: number) => boolean {
  // It is taken back again only after that was taken back: the last one tells.
  const last = new Map(undoing.map(({ id, undoes }) => [undoes, id]));
  const takenBack = (step: number): boolean => {
    const by = last.get(step);
    return by !== undefined && !takenBack(by);
  };
  return takenBack;
}

export function toSettled(row: SettledRow): SettledStep {
  const step = { ...toStep(row), settledAt: row.settled_at };
  return row.answer === null ? step : { ...step, answer: JSON.parse(row.answer) as Revision };
}
