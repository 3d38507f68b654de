import { setTimeout as pause } from 'node:timers/promises';
import type { AccountRow } from '../../store/accounts.ts';
import type { Store } from '../../store/open.ts';
import { attention } from '../attention.ts';
import { toldBudget } from '../budgets.ts';
import { connectionOf } from '../connection-of.ts';
import { explain } from '../error-table.ts';
import { EXIT, type ExitStatus } from '../exit-codes.ts';
import { nextRun } from '../next-run.ts';
import { dashboard } from '../render/dashboard.ts';
import { openScreen } from '../render/screen.ts';
import type { Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';
import { accountDocument } from './accounts.ts';
import { NO_ACCOUNT, NO_TERMINAL } from '../texts/status.ts';
import { CTRL_C_STOPS } from '../texts/sync.ts';

const LATEST_JSON = 10;

export interface StatusFlags {
  readonly watch?: boolean;
}

/** The dashboard. It reads the database and asks nobody. */
export async function status(session: Session, { watch }: StatusFlags = {}): Promise<ExitStatus> {
  if (watch === true) return watchStatus(session);
  const { io, flags } = session;
  const store = session.store();
  if (flags.json) {
    io.result(JSON.stringify(documentOf(store, new Date()), undefined, 2));
    return EXIT.done;
  }
  if (store.accounts.list().length === 0) {
    io.note(NO_ACCOUNT);
    return EXIT.done;
  }
  io.result(dashboard(io, store, new Date()));
  return EXIT.done;
}

const REDRAW_MS = 2000;

/** Draws the dashboard again and again, or prints a document a line, until it is interrupted. */
async function watchStatus(session: Session): Promise<ExitStatus> {
  const { io, flags, signal } = session;
  if (!flags.json && io.screen === undefined) throw new UsageError(NO_TERMINAL);
  const live = flags.json || io.screen === undefined ? undefined : openScreen(io.screen);
  try {
    while (!signal.aborted) {
      const now = new Date();
      const width = io.screen?.size().columns ?? io.width;
      if (live === undefined) io.result(JSON.stringify(documentOf(session.store(), now)));
      else live.show(dashboard({ ...io, width }, session.store(), now), io.paint.dim(CTRL_C_STOPS));
      await pause(REDRAW_MS, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    live?.close();
  }
  return explain(signal.reason).status;
}

function documentOf(store: Store, now: Date): Record<string, unknown> {
  const rows = store.accounts.list();
  return { version: 1, accounts: rows.map((row) => document(store, row, now)) };
}

function document(store: Store, row: AccountRow, now: Date): Record<string, unknown> {
  const last = store.dashboard.lastRun(row.id);
  const crm = connectionOf(store, row.crmConnection);
  const none = { created: 0, updated: 0, deleted: 0 };
  return {
    ...accountDocument(store, row),
    crm: {
      kind: crm.kind,
      company: crm.details['company'] ?? null,
      user: crm.details['user'] ?? null,
    },
    total: store.dashboard.total(row.id),
    openConflicts: store.decisions(row.id).openConflicts(),
    setAside: store.dashboard.setAside(row.id).length,
    lastRun:
      last === undefined
        ? null
        : {
            run: last.run,
            status: last.summary?.status ?? null,
            startedAt: last.startedAt,
            finishedAt: last.finishedAt ?? null,
            crm: last.summary?.crm ?? none,
            provider: last.summary?.provider ?? none,
          },
    nextRun: row.paused ? null : (nextRun(store, now) ?? null),
    budget: toldBudget(store, row.crmConnection, now) ?? null,
    recent: store.dashboard.recent(row.id, LATEST_JSON),
    attention: attention(store, row),
    contactsSetAside: store.dashboard.setAside(row.id),
  };
}
