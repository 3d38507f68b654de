import type { AccountRow } from '../../store/accounts.ts';
import type { PastRun } from '../../store/history.ts';
import type { Store } from '../../store/open.ts';
import type { Side } from '../../plan/model.ts';
import { EXIT, type ExitStatus } from '../exit-codes.ts';
import { neutralise } from '../neutralise.ts';
import { sideNames } from '../side-names.ts';
import type { SideNames } from '../texts/names.ts';
import { changeDocument, renderChanges } from '../render/changes.ts';
import { table } from '../render/table.ts';
import type { Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';
import { ago, dayAndTime, lasted } from '../texts/language.ts';
import { accountNamed } from './accounts.ts';
import * as texts from '../texts/history.ts';
import { HEADINGS } from '../texts/names.ts';
import { STATES, UNFINISHED as UNFINISHED_WORDS } from '../texts/status.ts';
import { countedChanges } from '../texts/sync.ts';

export interface HistoryFlags {
  readonly run?: string;
}

/** So much of a run's id tells it from the others, mostly. */
const SHORT_ID = 8;

/** What was done: the runs, or one of them field by field. */
export async function history(
  session: Session,
  account: string | undefined,
  flags: HistoryFlags,
): Promise<ExitStatus> {
  const row = account === undefined ? undefined : accountNamed(session, account);
  if (flags.run === undefined) showRuns(session, row);
  else showRun(session, runNamed(session, flags.run, row));
  return EXIT.done;
}

/** @throws {UsageError} where no run is called that, or several are */
export function runNamed(session: Session, prefix: string, row?: AccountRow): PastRun {
  const found = session
    .store()
    .history.runsNamed(prefix)
    .filter(({ accountId }) => row === undefined || accountId === row.id);
  const [run] = found;
  if (run !== undefined && found.length === 1) return run;
  const name = neutralise(prefix);
  throw new UsageError(
    found.length === 0 ? texts.noRun(name) : texts.severalRuns(name, found.length),
  );
}

interface Told {
  readonly run: PastRun;
  readonly account: AccountRow;
  readonly names: SideNames;
}

function told(store: Store, run: PastRun): Told | undefined {
  const account = store.accounts.get(run.accountId);
  return account && { run, account, names: sideNames(store, account) };
}

function showRuns({ io, flags, store }: Session, row: AccountRow | undefined): void {
  const open = store();
  const runs = open.history.runs(row?.id).flatMap((run) => told(open, run) ?? []);
  if (flags.json) {
    const documents = runs.map(({ run, account }) => runDocument(run, account));
    return io.result(JSON.stringify({ version: 1, runs: documents }, undefined, 2));
  }
  const brief = io.forPeople && !flags.verbose;
  const shown = brief ? runs.filter(({ run }) => isNews(run)) : runs;
  if (shown.length > 0) io.result(runTable(io, shown));
  if (runs.length === 0) io.note(texts.NO_RUNS);
  const idle = runs.length - shown.length;
  if (idle > 0) io.note(texts.idleRuns(idle));
  if (shown.length > 0) io.note(texts.WHAT_NEXT);
}

/** A run that had nothing to do and nothing to say is none. */
function isNews({ summary }: PastRun): boolean {
  if (summary === undefined || summary.status !== 'ok') return true;
  const { crm, provider, linked, unlinked, conflicts } = summary;
  const writes = [crm, provider].flatMap(({ created, updated, deleted }) => [
    created,
    updated,
    deleted,
  ]);
  return [...writes, linked, unlinked, conflicts].some((count) => count > 0);
}

function runTable(io: Session['io'], runs: readonly Told[]): string {
  const now = new Date();
  const number = (pick: 'linked' | 'unlinked' | 'conflicts') => (one: Told) =>
    String(one.run.summary?.[pick] ?? 0);
  return table(io, runs, [
    {
      title: HEADINGS.run,
      text: ({ run }) => run.run.slice(0, SHORT_ID),
      plain: ({ run }) => run.run,
    },
    { title: HEADINGS.account, text: ({ account }) => account.name, priority: 2 },
    {
      title: HEADINGS.when,
      text: ({ run }) => ago(run.startedAt, now),
      plain: ({ run }) => run.startedAt,
    },
    {
      title: HEADINGS.state,
      text: ({ run }) => stateOf(run),
      plain: ({ run }) => run.summary?.status ?? UNFINISHED_WORDS,
    },
    {
      title: HEADINGS.addressBook,
      text: (one) => countsText(one, 'provider'),
      spoken: (one) => countsWords(one, 'provider'),
    },
    {
      title: HEADINGS.crm,
      text: (one) => countsText(one, 'crm'),
      spoken: (one) => countsWords(one, 'crm'),
    },
    { title: HEADINGS.joined, text: number('linked'), right: true, priority: 3 },
    { title: HEADINGS.letGo, text: number('unlinked'), right: true, priority: 3 },
    { title: HEADINGS.conflicts, text: number('conflicts'), right: true, priority: 3 },
    {
      title: HEADINGS.took,
      text: ({ run }) => (run.summary === undefined ? '' : lasted(run.summary.durationMs)),
      plain: ({ run }) => String(run.summary?.durationMs ?? ''),
      right: true,
      priority: 4,
    },
  ]);
}

function stateOf({ summary }: PastRun): string {
  return summary === undefined ? UNFINISHED_WORDS : STATES[summary.status];
}

/** `+3 ~7 -1` */
function countsText({ run }: Told, side: Side): string {
  const { created = 0, updated = 0, deleted = 0 } = run.summary?.[side] ?? {};
  const parts = [
    [created, '+'],
    [updated, '~'],
    [deleted, '-'],
  ] as const;
  const some = parts.filter(([count]) => count > 0).map(([count, sign]) => `${sign}${count}`);
  return some.length === 0 ? '-' : some.join(' ');
}

/** `3 added, 7 updated` */
function countsWords({ run }: Told, side: Side): string {
  return run.summary === undefined ? '' : countedChanges(run.summary[side]).join(', ');
}

function showRun({ io, flags, store }: Session, run: PastRun): void {
  const open = store();
  const one = told(open, run);
  if (one === undefined) return;
  const changes = open.history.changes(run.run);
  if (flags.json) {
    const document = { ...runDocument(run, one.account), changes: changes.map(changeDocument) };
    return io.result(JSON.stringify({ version: 1, ...document }, undefined, 2));
  }
  if (io.forPeople && !io.accessible) {
    const time = dayAndTime(new Date(run.startedAt));
    io.result(
      `${io.paint.bold(neutralise(one.account.name))}  ${time}  ${stateOf(run)}  ${io.paint.dim(run.run)}`,
    );
  }
  if (changes.length === 0) io.note(texts.CHANGED_NOTHING);
  else io.result(renderChanges(io, changes, one.names));
}

const NONE = { created: 0, updated: 0, deleted: 0 };
/** Of a run that is under way, or was killed. */
const UNFINISHED = {
  status: null,
  full: false,
  crm: NONE,
  provider: NONE,
  linked: 0,
  unlinked: 0,
  conflicts: 0,
  requests: { provider: 0, crm: 0 },
  durationMs: null,
  message: null,
};

function runDocument(run: PastRun, account: AccountRow): Record<string, unknown> {
  return {
    run: run.run,
    account: account.name,
    startedAt: run.startedAt,
    finishedAt: run.finishedAt ?? null,
    ...UNFINISHED,
    ...run.summary,
  };
}
