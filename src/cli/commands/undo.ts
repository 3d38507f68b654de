import type { AccountRow } from '../../store/accounts.ts';
import type { PastChange } from '../../store/history.ts';
import { acquireLock } from '../../store/lock.ts';
import type { MaxDelete, PlanEntry, RunReport } from '../../sync/account.ts';
import type { UndoTarget } from '../../sync/undo.ts';
import { explain } from '../error-table.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { neutralise } from '../neutralise.ts';
import { sideNames } from '../side-names.ts';
import type { SideNames } from '../texts/names.ts';
import { renderPlan, renderReport, reportDocument } from '../render/report.ts';
import { runAccount, type SyncChoice } from '../run-account.ts';
import type { Session } from '../session.ts';
import { beforeAnyChange, Refused, UsageError } from '../usage-error.ts';
import { runNamed } from './history.ts';
import { confirm } from './remove-account.ts';
import { statusOf } from './sync.ts';
import { asWord } from '../as-word.ts';
import * as texts from '../texts/history.ts';
import { inWords } from '../texts/problem.ts';
import { NOTHING_CHANGED } from '../texts/common.ts';
import { sign } from '../render/marks.ts';

export interface UndoFlags {
  readonly contact?: string;
  readonly maxDelete?: MaxDelete;
  readonly dryRun?: boolean;
}

/** Takes a run back on both sides: shown first, asked about, then done as a run of its own. */
export async function undo(
  session: Session,
  runName: string,
  flags: UndoFlags,
): Promise<ExitStatus> {
  const store = session.store();
  const { run, accountId } = runNamed(session, runName);
  const row = store.accounts.get(accountId);
  if (row === undefined) throw new UsageError(texts.ACCOUNT_GONE);
  const changes = store.history.changes(run).filter(({ setAside }) => setAside === undefined);
  if (changes.some(({ valuesKept }) => !valuesKept)) throw new Refused(texts.TOO_OLD);
  const target = targetOf(session, row, run, { changes, contact: flags.contact });
  const undoing: Undoing = {
    session,
    row,
    command: texts.undoCommand(run, flags.contact && asWord(flags.contact)),
    choice: {
      refresh: false,
      dryRun: false,
      undo: target,
      ...(flags.maxDelete === undefined ? {} : { maxDelete: flags.maxDelete }),
    },
  };
  const lock = acquireLock(session.home);
  try {
    return await perform(undoing, changes, flags);
  } finally {
    lock.release();
  }
}

interface Undoing {
  readonly session: Session;
  readonly row: AccountRow;
  readonly command: string;
  readonly choice: SyncChoice;
}

async function perform(
  undoing: Undoing,
  changes: readonly PastChange[],
  flags: UndoFlags,
): Promise<ExitStatus> {
  const { session, row, choice } = undoing;
  // What one side cannot hold is no news here.
  const { unheld: _unheld, ...preview } = await runAccount(session, row, {
    ...choice,
    dryRun: true,
  });
  const nothing = preview.error === undefined && (preview.plan ?? []).length === 0;
  if (flags.dryRun === true || preview.error !== undefined || nothing) {
    const status = finish(undoing, preview);
    if (!session.flags.json) sayWhatCannotComeBack(undoing, preview, changes);
    return status;
  }
  if (!session.flags.json || !session.flags.yes) {
    session.io.note(
      renderPlan(
        session.io,
        texts.takingBack(neutralise(row.name)),
        preview,
        session.flags.verbose,
      ),
    );
    sayWhatCannotComeBack(undoing, preview, changes);
  }
  await beforeAnyChange(NOTHING_CHANGED, () => confirm(session, texts.UNDO_QUESTION));
  return finish(undoing, await runAccount(session, row, choice));
}

function finish({ session, row, command }: Undoing, report: RunReport): ExitStatus {
  const { io, flags } = session;
  if (flags.json) {
    const runs = [reportDocument(row.name, report)];
    io.result(JSON.stringify({ version: 1, runs }, undefined, 2));
  } else io.result(renderReport(io, row.name, report, flags.verbose));
  if (report.error !== undefined) {
    const { message, next } = explain(report.error, { account: row.name, command });
    io.warn(inWords({ message: `  ${neutralise(message)}`, next }));
  } else if (!report.dryRun && !flags.json) {
    io.note(texts.takenBack(report.run));
  }
  return statusOf(report);
}

/** What a vendor keeps for itself is not in what we put back. */
function sayWhatCannotComeBack(
  { session, row }: Undoing,
  { plan = [] }: RunReport,
  changes: readonly PastChange[],
): void {
  const names = sideNames(session.store(), row);
  const made = changes.filter(
    ({ action }) => action === 'organization-made' || action === 'field-made',
  );
  const lines = [
    ...recreated(plan, names),
    ...(made.length === 0 ? [] : [texts.madeStays(made.length, names.crm)]),
  ];
  for (const line of lines) session.io.warn(`${sign(session.io, 'warn')} ${line}`);
}

function recreated(plan: readonly PlanEntry[], names: SideNames): readonly string[] {
  const back = (side: PlanEntry['side']): number =>
    plan.filter((entry) => entry.action === 'create' && entry.side === side).length;
  const [people, contacts] = [back('crm'), back('provider')];
  return [
    ...(people === 0 ? [] : [texts.peopleAnew(people, names.crm)]),
    ...(contacts === 0 ? [] : [texts.contactsAnew(contacts, names.provider)]),
  ];
}

interface Choosing {
  readonly changes: readonly PastChange[];
  readonly contact: string | undefined;
}

/** @throws {UsageError} where the run did nothing to such a contact, or to several */
function targetOf(
  session: Session,
  row: AccountRow,
  run: string,
  { changes, contact }: Choosing,
): UndoTarget {
  if (contact === undefined) return { run };
  const known = session.store().people.find(contact, row);
  const ids = new Set(known.flatMap(({ providerId, crmId }) => [providerId, crmId]));
  const wanted = changes.filter(
    (change) =>
      change.contact.toLowerCase() === contact.toLowerCase() ||
      change.providerId === contact ||
      change.crmId === contact ||
      (change.providerId !== undefined && ids.has(change.providerId)) ||
      (change.crmId !== undefined && ids.has(change.crmId)),
  );
  const hits = new Map(
    wanted.flatMap((change) => {
      const id = change.providerId ?? change.crmId;
      return id === undefined ? [] : [[id, change.contact] as const];
    }),
  );
  const [only] = hits.keys();
  if (only === undefined) throw new UsageError(texts.didNothingTo(neutralise(contact), run));
  if (hits.size === 1) return { run, contact: only };
  for (const [id, name] of hits) session.io.warn(`  ${id}  ${neutralise(name)}`);
  throw new UsageError(texts.SEVERAL);
}
