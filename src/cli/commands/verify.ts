import type { AccountRow } from '../../store/accounts.ts';
import type { RunReport } from '../../sync/account.ts';
import { explain } from '../error-table.ts';
import { EXIT, worst, type ExitStatus } from '../exit-codes.ts';
import { neutralise } from '../neutralise.ts';
import { renderReport } from '../render/report.ts';
import { runAccount } from '../run-account.ts';
import type { Session } from '../session.ts';
import { chosen, lockOrSay } from './sync.ts';
import { asWord } from '../as-word.ts';
import { inWords } from '../texts/problem.ts';
import * as texts from '../texts/sync.ts';
import { mark, sign } from '../render/marks.ts';

/** Reads both sides completely, on a throw-away copy, and says whether they are in step. */
export async function verify(session: Session, names: readonly string[]): Promise<ExitStatus> {
  const accounts = chosen(session, names).filter(({ paused }) => names.length > 0 || !paused);
  const lock = lockOrSay(session);
  if (lock === undefined) return EXIT.locked;
  const outcomes: Outcome[] = [];
  try {
    for (const row of accounts) outcomes.push(await verifyOne(session, row));
  } finally {
    lock.release();
  }
  if (session.flags.json) {
    const documents = outcomes.map(({ document }) => document);
    session.io.result(JSON.stringify({ version: 1, accounts: documents }, undefined, 2));
  }
  return worst(outcomes.map(({ status }) => status));
}

interface Outcome {
  readonly document: Record<string, unknown>;
  readonly status: ExitStatus;
}

async function verifyOne(session: Session, row: AccountRow): Promise<Outcome> {
  try {
    const report = await runAccount(session, row, {
      refresh: true,
      dryRun: true,
      // However much differs, it is to be told.
      maxDelete: { kind: 'percent', percent: 100 },
    });
    if (report.error !== undefined) return broken(session, row, report.error);
    say(session, row, report);
    return { document: documentOf(session, row, report), status: statusOf(report) };
  } catch (error) {
    return broken(session, row, error);
  }
}

function statusOf(report: RunReport): ExitStatus {
  return isInStep(report) ? EXIT.done : EXIT.partly;
}

function isInStep({ plan = [], setAside }: RunReport): boolean {
  return plan.length === 0 && setAside.length === 0;
}

function say({ io, flags, store }: Session, row: AccountRow, report: RunReport): void {
  if (flags.json) return;
  const name = neutralise(row.name);
  if (isInStep(report)) {
    const total = store().dashboard.total(row.id);
    if (!flags.quiet) io.result(`${mark(io, 'good')} ${texts.inStep(name, total)}`);
    return;
  }
  io.result(renderReport(io, row.name, report, flags.verbose));
  io.note(texts.whatSyncWould(asWord(name)));
}

function documentOf(
  { store }: Session,
  row: AccountRow,
  report: RunReport,
): Record<string, unknown> {
  return {
    account: row.name,
    inStep: isInStep(report),
    total: store().dashboard.total(row.id),
    openConflicts: store().decisions(row.id).openConflicts(),
    differences: report.plan ?? [],
    setAside: report.setAside,
    requests: report.requests,
    durationMs: report.durationMs,
    message: null,
  };
}

/** It could not be read, so nobody knows. */
function broken(session: Session, row: AccountRow, error: unknown): Outcome {
  const { message, next, status } = explain(error, { account: row.name });
  const failed = texts.failed(row.name, neutralise(message));
  session.io.warn(`${sign(session.io, 'bad')} ${inWords({ message: failed, next })}`);
  const { store } = session;
  const document = {
    account: row.name,
    inStep: null,
    total: store().dashboard.total(row.id),
    openConflicts: store().decisions(row.id).openConflicts(),
    differences: [],
    setAside: [],
    requests: { provider: 0, crm: 0 },
    durationMs: 0,
    message,
  };
  return { document, status };
}
