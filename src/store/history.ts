import type { Database } from 'better-sqlite3';
import { FIELDS, type Contact, type FieldName } from '../contact/contact.ts';
import {
  other,
  type Arbiter,
  type Choice,
  type ReleaseReason,
  type Side,
  type Values,
} from '../plan/model.ts';
import type { RunSummary, StepBody } from '../sync/journal.ts';
import { toSettled, type SettledRow } from './past.ts';
import { idColumn } from './scope.ts';
import { SELECT_STEP } from './steps.ts';

/** What was done, run by run and contact by contact; it reads and nothing else. */
export interface History {
  /** Newest first, without dry runs; of every account where none is named. */
  runs(accountId?: number): readonly PastRun[];
  /** The runs whose ids start like this. */
  runsNamed(prefix: string): readonly PastRun[];
  /** What a run did and what it set aside, in order. */
  changes(run: string): readonly PastChange[];
  /** What was last done to a contact, newest first. */
  changesOf(record: ContactIds, limit: number): readonly PastChange[];
}

export interface PastRun {
  readonly run: string;
  readonly accountId: number;
  readonly startedAt: string;
  readonly finishedAt?: string;
  /** Absent while it runs, or when it was killed. */
  readonly summary?: RunSummary;
}

export interface ContactIds {
  readonly accountId: number;
  readonly providerId?: string;
  readonly crmId?: string;
}

export type PastAction =
  | 'created'
  | 'updated'
  | 'deleted'
  | 'joined'
  | 'let-go'
  | 'picture-set'
  | 'picture-removed'
  | 'organization-made'
  | 'organization-filled'
  | 'field-made';

export interface PastChange {
  readonly run: string;
  /** ISO 8601 */
  readonly at: string;
  readonly side: Side;
  readonly action: PastAction;
  /** Empty where it is no longer kept. */
  readonly contact: string;
  /** Whom it was about and what changed is dropped with time; that it happened is kept. */
  readonly valuesKept: boolean;
  readonly providerId?: string;
  readonly crmId?: string;
  readonly fields: readonly FieldChange[];
  /** It took an earlier run back. */
  readonly undo: boolean;
  /** Why a mapping was let go. */
  readonly released?: ReleaseReason;
  /** It was not done, and why. */
  readonly setAside?: string;
}

export interface FieldChange {
  readonly field: FieldName;
  readonly before: Contact[FieldName] | null;
  readonly after: Contact[FieldName] | null;
  /** Who decided, where both sides had changed the field. */
  readonly decidedBy?: Arbiter;
}

const ACTIONS: { readonly [K in StepBody['kind']]: PastAction } = {
  create: 'created',
  update: 'updated',
  delete: 'deleted',
  link: 'joined',
  revive: 'joined',
  rekey: 'joined',
  release: 'let-go',
  forget: 'let-go',
  photo: 'picture-set',
  'remove-photo': 'picture-removed',
  'make-organization': 'organization-made',
  'fill-organization': 'organization-filled',
  'make-field': 'field-made',
};

interface RunRow {
  readonly id: string;
  readonly account_id: number;
  readonly started_at: string;
  readonly finished_at: string | null;
  readonly summary: string | null;
}

type ChangeRow = SettledRow & {
  readonly account_id: number;
  readonly kind: StepBody['kind'];
  readonly state: 'settled' | 'set-aside' | 'aged';
  readonly reason: string | null;
};

interface VerdictRow {
  readonly field: FieldName;
  readonly held: string;
  readonly decided_by: Arbiter;
  readonly winner: Choice;
}

/** Steps that were carried out or set aside; what was planned and dropped never happened. */
const DONE = "state IN ('settled', 'set-aside', 'aged')";

/** What contacts need is made before them. */
const PREPARED_FIRST = "phase NOT IN ('fields', 'organizations')";

export function createHistory(db: Database): History {
  const runs = db.prepare<[{ account: number | null }], RunRow>(`
    SELECT * FROM run WHERE dry_run = 0 AND (@account IS NULL OR account_id = @account)
    ORDER BY started_at DESC, rowid DESC`);
  const named = db.prepare<[string, string], RunRow>(
    'SELECT * FROM run WHERE dry_run = 0 AND id >= ? AND id < ? ORDER BY started_at DESC',
  );
  const ofRun = db.prepare<[string], ChangeRow>(
    `${SELECT_STEP} WHERE run_id = ? AND ${DONE} ORDER BY ${PREPARED_FIRST}, id`,
  );
  const ofRecord = (side: Side) =>
    db.prepare<[number, string, number], ChangeRow>(
      `${SELECT_STEP} WHERE account_id = ? AND ${idColumn(side)} = ? AND ${DONE}
       ORDER BY id DESC LIMIT ?`,
    );
  const byRecord = { provider: ofRecord('provider'), crm: ofRecord('crm') };
  const verdicts = db.prepare<[number, string | null, string | null, Side], VerdictRow>(`
    SELECT field, held, decided_by, winner FROM conflict
    WHERE account_id = ? AND provider_id = ? AND crm_id = ? AND winner = ? ORDER BY id DESC`);

  const toChange = (row: ChangeRow): PastChange => {
    if (row.state === 'aged') return withoutValues(row);
    const { body, name, side, run, settledAt, providerId, crmId, answer } = toSettled(row);
    const settled =
      body.kind === 'update'
        ? verdicts.all(row.account_id, row.provider_id, row.crm_id, other(side))
        : [];
    return {
      run,
      at: settledAt,
      side,
      action: ACTIONS[body.kind],
      contact: name,
      valuesKept: true,
      ...(providerId === undefined ? {} : { providerId }),
      ...(crmId === undefined ? {} : { crmId }),
      fields: fieldChanges(body, answer?.contact).map((change) => decided(change, side, settled)),
      undo: 'undo' in body && body.undo !== undefined,
      ...(body.kind === 'release' || body.kind === 'forget' ? { released: body.reason } : {}),
      ...(row.reason === null ? {} : { setAside: row.reason }),
    };
  };

  return {
    runs: (accountId) => runs.all({ account: accountId ?? null }).map(toRun),
    runsNamed: (prefix) => named.all(prefix, `${prefix}\u{10ffff}`).map(toRun),
    changes: (run) => ofRun.all(run).map(toChange),
    changesOf: ({ accountId, providerId, crmId }, limit) => {
      const rows = [
        ...(providerId === undefined ? [] : byRecord.provider.all(accountId, providerId, limit)),
        ...(crmId === undefined ? [] : byRecord.crm.all(accountId, crmId, limit)),
      ];
      const unique = [...new Map(rows.map((row) => [row.id, row])).values()];
      return unique
        .toSorted((a, b) => b.id - a.id)
        .slice(0, limit)
        .map(toChange);
    },
  };
}

function withoutValues(row: ChangeRow): PastChange {
  return {
    run: row.run_id,
    at: row.settled_at,
    side: row.side,
    action: ACTIONS[row.kind],
    contact: '',
    valuesKept: false,
    ...(row.provider_id === null ? {} : { providerId: row.provider_id }),
    ...(row.crm_id === null ? {} : { crmId: row.crm_id }),
    fields: [],
    undo: false,
  };
}

function toRun(row: RunRow): PastRun {
  return {
    run: row.id,
    accountId: row.account_id,
    startedAt: row.started_at,
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at }),
    ...(row.summary === null ? {} : { summary: JSON.parse(row.summary) as RunSummary }),
  };
}

/** What a step changed, field by field; `answer` is what the vendor made of it. */
function fieldChanges(body: StepBody, answer: Contact | undefined): readonly FieldChange[] {
  switch (body.kind) {
    case 'create':
      return filled(answer ?? body.contact, body.contact).map(([field, after]) => ({
        field,
        before: null,
        after,
      }));
    case 'delete':
      return filled(body.expected.contact).map(([field, before]) => ({
        field,
        before,
        after: null,
      }));
    case 'update':
      return (Object.keys(body.patch) as FieldName[]).map((field) => ({
        field,
        before: body.expected.contact[field] ?? null,
        after: answer?.[field] ?? body.patch[field] ?? null,
      }));
    default:
      return [];
  }
}

/** The fields that hold something. An organization's name is in what was sent, not in the answer. */
function filled(
  contact: Contact,
  sent = contact,
): readonly (readonly [FieldName, NonNullable<Contact[FieldName]>])[] {
  return FIELDS.flatMap((field) => {
    const value = contact[field] ?? (field === 'organization' ? sent.organization : undefined);
    const empty = value === undefined || (Array.isArray(value) && value.length === 0);
    return empty ? [] : [[field, value] as const];
  });
}

/** A write follows from the conflict in which this side held what the write replaced. */
function decided(change: FieldChange, side: Side, settled: readonly VerdictRow[]): FieldChange {
  const before = JSON.stringify(change.before);
  const verdict = settled.find(
    ({ field, held }) =>
      field === change.field && JSON.stringify((JSON.parse(held) as Values)[side]) === before,
  );
  return verdict === undefined ? change : { ...change, decidedBy: verdict.decided_by };
}
