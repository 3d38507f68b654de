import { acquireLock } from '../../store/lock.ts';
import { Busy } from '../../store/errors.ts';
import type { AccountRow } from '../../store/accounts.ts';
import type { MaxDelete, RunReport } from '../../sync/account.ts';
import { BudgetSpent, Guarded, Interrupted, SignInNeeded } from '../../sync/errors.ts';
import { signInsThatEnd } from '../attention.ts';
import { didSomething } from '../did-something.ts';
import { explain } from '../error-table.ts';
import { EXIT, worst, type ExitStatus } from '../exit-codes.ts';
import { neutralise } from '../neutralise.ts';
import { overtaken } from '../overtaken.ts';
import { readPreferences } from '../preferences.ts';
import { mark } from '../render/marks.ts';
import { renderReport, reportDocument } from '../render/report.ts';
import { traceOf } from '../render/trace.ts';
import { inTurns } from '../in-turns.ts';
import { predictionLine, predictionOf, type Prediction } from '../prediction.ts';
import { runAccount, type SyncChoice } from '../run-account.ts';
import type { Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';
import { machineClock } from '../watch/clock.ts';
import { accountNamed } from './accounts.ts';
import { NO_ACCOUNT } from '../texts/common.ts';
import { below, inWords } from '../texts/problem.ts';
import * as texts from '../texts/sync.ts';
import { sign } from '../render/marks.ts';

export interface SyncFlags {
  readonly refresh?: boolean;
  readonly dryRun?: boolean;
  readonly maxDelete?: MaxDelete;
  readonly watch?: boolean;
  /** Milliseconds between the passes of a watch. */
  readonly interval?: number;
  readonly takeover?: boolean;
}

/** One run over the named accounts, or over all; those that are paused are passed over. */
export async function sync(
  session: Session,
  names: readonly string[],
  flags: SyncFlags,
): Promise<ExitStatus> {
  if (flags.interval !== undefined) throw new UsageError(texts.INTERVAL_ALONE);
  const accounts = chosen(session, names);
  const outcomes = await passOver(session, accounts, {
    choice: choiceOf(flags),
    isUnattended: session.flags.quiet,
  });
  if (outcomes === undefined) return EXIT.locked;
  if (session.flags.json) printDocument(session, outcomes);
  return worst(outcomes.map(({ status }) => status));
}

export function choiceOf(flags: SyncFlags): SyncChoice {
  return {
    refresh: flags.refresh ?? false,
    dryRun: flags.dryRun ?? false,
    ...(flags.takeover === true ? { takeOver: true } : {}),
    ...(flags.maxDelete === undefined ? {} : { maxDelete: flags.maxDelete }),
  };
}

/** What came of one account. */
export interface Outcome {
  readonly account: AccountRow;
  readonly document: Record<string, unknown>;
  readonly status: ExitStatus;
  /** Absent where no run began. */
  readonly report?: RunReport;
}

export interface PassChoice {
  readonly choice: SyncChoice;
  /** One of many that nobody asked for, such as a schedule's: tells once a day what is not about this run. */
  readonly isUnattended: boolean;
  /** Milliseconds after which an account is looked at again, while others take longer. */
  readonly interval?: number | undefined;
}

const LOOK_AGAIN_MS = 5 * 60_000;

/**
 * A run of each account, under the lock, and another of those that were overtaken meanwhile.
 * `undefined` where another run holds the lock and nobody is to hear of that. @throws {Busy}
 */
export async function passOver(
  session: Session,
  accounts: readonly AccountRow[],
  { choice, isUnattended, interval = LOOK_AGAIN_MS }: PassChoice,
): Promise<readonly Outcome[] | undefined> {
  const lock = lockOrSay(session);
  if (lock === undefined) return undefined;
  try {
    const ran = await syncInTurns(session, accounts, { choice, interval });
    const outcomes = [...ran, ...(await againWhereOvertaken(session, ran, choice))];
    const isFirstToday = await tidyUp(session, choice);
    if (isFirstToday || !isUnattended) sayWhatEnds(session, outcomes);
    return outcomes;
  } finally {
    lock.release();
  }
}

/** Everyday work goes before a first sync, which may take days of a budget. */
async function syncInTurns(
  session: Session,
  accounts: readonly AccountRow[],
  { choice, interval }: { readonly choice: SyncChoice; readonly interval: number },
): Promise<readonly Outcome[]> {
  const isFirst = ({ id }: AccountRow): boolean => !session.store().account(id).everFinished();
  const firsts = accounts.filter(isFirst);
  const ordered = [...accounts.filter((row) => !firsts.includes(row)), ...firsts];
  const outcomes = await inTurns(ordered, {
    run: (row, giveTurn, again) => {
      const alone = accounts.length === 1;
      return syncOne(session, row, { ...choice, ...(alone ? {} : { giveTurn }) }, again);
    },
    isWorthAgain: ({ report }) =>
      report !== undefined && report.error === undefined && !report.dryRun,
    pause: (over) => machineClock.sleep(interval, AbortSignal.any([over, session.signal])),
  });
  const told = outcomes.map(([first, ...again]) => [first, ...again.filter(isNews)]);
  return accounts.flatMap((row) => told[ordered.indexOf(row)] ?? []).filter(isThere);
}

/** A later look within a pass is worth a word only where it found something. */
function isNews({ report, status }: Outcome): boolean {
  return status !== EXIT.done || (report !== undefined && didSomething(report));
}

function isThere(outcome: Outcome | undefined): outcome is Outcome {
  return outcome !== undefined;
}

async function againWhereOvertaken(
  session: Session,
  outcomes: readonly Outcome[],
  choice: SyncChoice,
): Promise<readonly Outcome[]> {
  if (choice.dryRun) return [];
  const quickly = { ...choice, refresh: false };
  const isBehind = ({ id }: AccountRow): boolean =>
    session.store().account(id).dirty(0, 1).length > 0;
  const seconds: Outcome[] = [];
  for (const row of overtaken(outcomes, isBehind))
    seconds.push(await syncOne(session, row, quickly, true));
  return seconds.filter(isNews);
}

/** Early enough to sign in again at leisure. Whoever has to sign in now is told so already. */
function sayWhatEnds({ io, store }: Session, outcomes: readonly Outcome[]): void {
  const others = outcomes.filter(({ status }) => status !== EXIT.signInNeeded);
  const rows = others.map(({ account }) => account);
  for (const { message, next } of signInsThatEnd(store(), rows, new Date()))
    io.warn(`${mark(io, 'warn')} ${below(message, next, '  ')}`);
}

/** Resolves to whether it was the first run of the day. A dry run changes no byte, not even of this. */
async function tidyUp(session: Session, { dryRun }: SyncChoice): Promise<boolean> {
  if (dryRun) return false;
  session.budgets.keep(session.store(), new Date());
  return dropOld(session);
}

/** What is done is done: that it could not be tidied up afterwards is said, and fails no run. */
async function dropOld(session: Session): Promise<boolean> {
  try {
    const { historyDays } = await readPreferences(session.home);
    return session.store().dropOld(historyDays);
  } catch (error) {
    const why = neutralise(explain(error).message);
    session.io.warn(`${sign(session.io, 'warn')} ${texts.historyKept(why)}`);
    if (session.flags.verbose) session.io.warn(traceOf(error));
    return false;
  }
}

/** @throws {UsageError} for a name that is nobody's, or where there is no account at all */
export function chosen(session: Session, names: readonly string[]): readonly AccountRow[] {
  const all = session.store().accounts.list();
  if (all.length === 0) throw new UsageError(NO_ACCOUNT);
  if (names.length === 0) return all;
  const named = new Set(names.map((name) => accountNamed(session, name).id));
  return all.filter(({ id }) => named.has(id));
}

export function lockOrSay(session: Session): ReturnType<typeof acquireLock> | undefined {
  try {
    return acquireLock(session.home);
  } catch (error) {
    if (!(error instanceof Busy) || !session.flags.quiet) throw error;
    return undefined;
  }
}

/** A broken account never keeps the others from running. */
async function syncOne(
  session: Session,
  row: AccountRow,
  choice: SyncChoice,
  again: boolean,
): Promise<Outcome> {
  if (row.paused) {
    session.io.note(texts.passedOver(row.name));
    const document = withoutRun(row, 'paused', choice, texts.PAUSED);
    return { account: row, document, status: EXIT.done };
  }
  try {
    const report = await runAccount(session, row, choice);
    const prediction = predictionOf(session, row.crmConnection, report.demand);
    const document = reportDocument(row.name, report, prediction);
    const outcome: Outcome = { account: row, document, status: statusOf(report), report };
    if (!again || isNews(outcome)) tell(session, row, report, prediction);
    return outcome;
  } catch (error) {
    const { message, next, status } = explain(error, { account: row.name });
    const failed = texts.failed(row.name, neutralise(message));
    session.io.warn(`${sign(session.io, 'bad')} ${inWords({ message: failed, next })}`);
    if (session.flags.verbose) session.io.warn(traceOf(error));
    const outcome = error instanceof SignInNeeded ? 'sign-in-needed' : 'failed';
    return { account: row, document: withoutRun(row, outcome, choice, message), status };
  }
}

/** What is said of an account that did not run: paused, no key, no sign-in. */
function withoutRun(
  row: AccountRow,
  status: 'paused' | 'sign-in-needed' | 'failed',
  choice: SyncChoice,
  message: string,
): Record<string, unknown> {
  const none = { created: 0, updated: 0, deleted: 0 };
  return {
    run: null,
    account: row.name,
    status,
    dryRun: choice.dryRun,
    full: false,
    crm: none,
    provider: none,
    linked: 0,
    unlinked: 0,
    conflicts: 0,
    setAside: [],
    requests: { provider: 0, crm: 0 },
    durationMs: 0,
    message,
    resumeAt: null,
  };
}

function tell(
  session: Session,
  { name }: AccountRow,
  report: RunReport,
  prediction: Prediction | undefined,
): void {
  const { io, flags } = session;
  const wrong = report.error !== undefined || report.setAside.length > 0;
  if (!flags.json && (!flags.quiet || wrong)) {
    const text = [
      renderReport(io, name, report, flags.verbose),
      ...(prediction === undefined ? [] : [`  ${predictionLine(prediction)}`]),
    ].join('\n');
    if (flags.quiet) io.warn(text);
    else io.result(text);
  }
  if (report.error === undefined) return;
  const { message, next } = explain(report.error, { account: name });
  io.warn(inWords({ message: `  ${neutralise(message)}`, next }));
  if (flags.verbose) io.warn(traceOf(report.error));
}

export function statusOf({ error, setAside }: RunReport): ExitStatus {
  if (error === undefined) return setAside.length > 0 ? EXIT.partly : EXIT.done;
  if (error instanceof SignInNeeded) return EXIT.signInNeeded;
  if (error instanceof Guarded) return EXIT.guarded;
  if (error instanceof BudgetSpent) return EXIT.partly;
  if (error instanceof Interrupted) return explain(error).status;
  return EXIT.failed;
}

function printDocument({ io }: Session, outcomes: readonly Outcome[]): void {
  io.result(JSON.stringify(documentOf(outcomes), undefined, 2));
}

export function documentOf(outcomes: readonly Outcome[]): Record<string, unknown> {
  return { version: 1, runs: outcomes.map(({ document }) => document) };
}
