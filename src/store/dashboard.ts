import type { Database } from 'better-sqlite3';
import type { ReleaseReason, Side } from '../plan/model.ts';
import type { RunSummary } from '../sync/journal.ts';
import type { SetAside } from '../sync/records.ts';
import { COUNT_LIVE } from './mappings.ts';

/** What the dashboard shows; it reads and nothing else. */
export interface Dashboard {
  /** Synced contacts: live mappings. */
  total(accountId: number): number;
  lastRun(accountId: number): LastRun | undefined;
  /** The latest of each kind, newest first. */
  recent(accountId: number, limit: number): readonly RecentChange[];
  setAside(accountId: number): readonly ParkedContact[];
  /** Mappings that were let go for a reason that the user may want to know. */
  released(accountId: number): readonly ReleasedContact[];
  /** Fields that the CRM lacks and that were not made. */
  fieldsLeftOut(crmConnection: number): readonly string[];
}

export interface LastRun {
  readonly run: string;
  readonly startedAt: string;
  readonly finishedAt?: string;
  /** Absent while it runs, or when it was killed. */
  readonly summary?: RunSummary;
}

export interface RecentChange {
  readonly at: string;
  readonly side: Side;
  readonly action: 'added' | 'updated' | 'deleted';
  readonly contact: string;
}

export interface ParkedContact {
  readonly contact: string;
  readonly id: string;
  readonly side: Side;
  readonly kind: SetAside['kind'];
  readonly reason: string;
  readonly at: string;
}

export interface ReleasedContact {
  readonly reason: ReleaseReason;
  readonly count: number;
}

const ACTIONS = { create: 'added', update: 'updated', delete: 'deleted' } as const;

export function createDashboard(db: Database): Dashboard {
  const total = db.prepare<[{ accountId: number }], number>(COUNT_LIVE).pluck();
  const lastRun = db.prepare<
    [number],
    { id: string; started_at: string; finished_at: string | null; summary: string | null }
  >(
    `SELECT * FROM run WHERE account_id = ? AND dry_run = 0 ORDER BY started_at DESC, rowid DESC LIMIT 1`,
  );
  const recent = db.prepare<
    [number, string, number],
    { settled_at: string; side: Side; kind: keyof typeof ACTIONS; name: string }
  >(`SELECT settled_at, side, kind, name FROM step
     WHERE account_id = ? AND kind = ? AND state = 'settled' ORDER BY settled_at DESC, id DESC LIMIT ?`);
  const parked = db.prepare<
    [number],
    {
      name: string;
      record_id: string;
      side: Side;
      kind: SetAside['kind'];
      reason: string;
      at: string;
    }
  >('SELECT * FROM parked WHERE account_id = ? ORDER BY at DESC, name');
  const released = db.prepare<[number], ReleasedContact>(`
    SELECT released AS reason, count(*) AS count FROM mapping
    WHERE account_id = ? AND released IS NOT NULL GROUP BY released ORDER BY released`);
  const leftOut = db
    .prepare<[number], string>(
      "SELECT field FROM custom_field WHERE connection_id = ? AND state = 'left-out' ORDER BY rowid",
    )
    .pluck();
  return {
    total: (accountId) => total.get({ accountId }) ?? 0,
    lastRun: (accountId) => {
      const row = lastRun.get(accountId);
      if (row === undefined) return undefined;
      return {
        run: row.id,
        startedAt: row.started_at,
        ...(row.finished_at === null ? {} : { finishedAt: row.finished_at }),
        ...(row.summary === null ? {} : { summary: JSON.parse(row.summary) as RunSummary }),
      };
    },
    recent: (accountId, limit) =>
      (['create', 'update', 'delete'] as const)
        .flatMap((kind) => recent.all(accountId, kind, limit))
        .map(({ settled_at: at, side, kind, name }) => ({
          at,
          side,
          action: ACTIONS[kind],
          contact: name,
        })),
    setAside: (accountId) =>
      parked.all(accountId).map(({ name, record_id: id, ...rest }) => ({
        contact: name,
        id,
        side: rest.side,
        kind: rest.kind,
        reason: rest.reason,
        at: rest.at,
      })),
    released: (accountId) => released.all(accountId),
    fieldsLeftOut: (crmConnection) => leftOut.all(crmConnection),
  };
}
