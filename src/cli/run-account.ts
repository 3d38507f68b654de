import { createHash } from 'node:crypto';
import type { AccountRow } from '../store/accounts.ts';
import type { Store } from '../store/open.ts';
import type { Account, MaxDelete, RunOptions, RunReport } from '../sync/account.ts';
import { run, undo } from '../sync/run.ts';
import type { UndoTarget } from '../sync/undo.ts';
import { composeAccount } from './compose.ts';
import { createProgressView, type ProgressView } from './render/progress.ts';
import type { Session } from './session.ts';
import { backupAt } from './texts/sync.ts';

export interface SyncChoice {
  readonly refresh: boolean;
  readonly dryRun: boolean;
  readonly maxDelete?: MaxDelete;
  readonly takeOver?: boolean;
  /** Lets other accounts go on between slices of the writes. */
  readonly giveTurn?: () => Promise<void>;
  /** Take this back instead of bringing both sides in step. */
  readonly undo?: UndoTarget;
}

/** One account's run, shown as it goes. A dry run works on a throw-away copy of the database. */
export async function runAccount(
  session: Session,
  row: AccountRow,
  choice: SyncChoice,
): Promise<RunReport> {
  if (!choice.dryRun) return runOn(session, session.store(), row, choice);
  const copy = session.store().copy();
  try {
    return await runOn(session, copy, row, choice);
  } finally {
    copy.close();
  }
}

async function runOn(
  session: Session,
  store: Store,
  row: AccountRow,
  choice: SyncChoice,
): Promise<RunReport> {
  return runComposed(session, await composeAccount(session, store, row), choice);
}

export async function runComposed(
  session: Session,
  account: Account,
  { undo: target, giveTurn, ...choice }: SyncChoice,
): Promise<RunReport> {
  const { io, home, signal } = session;
  const view = await createProgressView(io, account.name);
  let backup: string | undefined;
  const onAbort = (): void => view.interrupted();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const options: RunOptions = {
      ...choice,
      signal,
      now: () => new Date(),
      hash: (bytes) => createHash('sha256').update(bytes).digest('hex'),
      onProgress: (progress) => view.show(progress),
      ...(giveTurn && { giveTurn: () => whilePaused(view, giveTurn) }),
      backup: async (records) => {
        const { writeBackup } = await import('./backup.ts');
        backup = writeBackup(home, account.name, records, new Date());
      },
    };
    return await (target === undefined ? run(account, options) : undo(account, target, options));
  } finally {
    signal.removeEventListener('abort', onAbort);
    view.stop();
    if (backup !== undefined) io.note(backupAt(backup));
  }
}

async function whilePaused(view: ProgressView, work: () => Promise<void>): Promise<void> {
  view.pause();
  await work();
  view.resume();
}
