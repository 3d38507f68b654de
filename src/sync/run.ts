import { exceeds } from '../plan/guard.ts';
import type { Account, PlanEntry, RunOptions, RunReport } from './account.ts';
import { demandOf } from './demand.ts';
import { BudgetSpent, Guarded, Interrupted, SignInNeeded } from './errors.ts';
import { startPass, type Pass } from './pass.ts';
import { plan } from './planning/plan.ts';
import { unheld } from './planning/unheld.ts';
import { checkInstallations } from './installations.ts';
import { pull, pullSide } from './pull.ts';
import { push } from './push/push.ts';
import { inDoubt, recover } from './recover.ts';
import { planUndo, type UndoTarget } from './undo.ts';
import type { FieldName } from '../contact/contact.ts';
import type { RunSummary, Step } from './journal.ts';

/**
 * One run of one account: read both sides, settle what an earlier run left open, decide, refuse
 * what looks wrong, write. It always ends with a report; what went wrong stands in it.
 */
export function run(account: Account, options: RunOptions): Promise<RunReport> {
  return perform(account, options, plan);
}

/** A run that takes an earlier one back: previewed, guarded, journaled, and undoable like any other. */
export function undo(
  account: Account,
  target: UndoTarget,
  options: RunOptions,
): Promise<RunReport> {
  return perform(account, options, (pass) => planUndo(pass, target));
}

async function perform(
  account: Account,
  options: RunOptions,
  decide: (pass: Pass) => Promise<void> | void,
): Promise<RunReport> {
  const started = options.now();
  const pass = startPass(account, options);
  try {
    await knock(pass);
    await pull(pass);
    checkInstallations(pass);
    await recover(pass);
    await decide(pass);
    guard(pass);
    if (options.dryRun) return close(pass, started);
    await backUp(pass);
    while (await push(pass)) {
      await decide(pass);
      guard(pass);
    }
    await lookForLostAnswers(pass);
    return close(pass, started);
  } catch (error) {
    return close(pass, started, error instanceof Error ? error : new Error(String(error)));
  }
}

/** Where the last run ended since a budget was used up, one cheap question tells whether it still is. */
async function knock({ store, sides, options }: Pass): Promise<void> {
  if (store.lastStatus() === 'waiting') await sides.crm.knock?.(options.signal);
}

/** @throws {Guarded} before the first write */
function guard({ store, run, sides, options }: Pass): void {
  const planned = store
    .plannedCounts(run)
    .filter(({ kind }) => kind === 'delete' || kind === 'release')
    .reduce((sum, { count }) => sum + count, 0);
  const dayAgo = new Date(sides.crm.now().getTime() - 24 * 60 * 60 * 1000).toISOString();
  const losses = { planned, recent: store.removalsSince(dayAgo), live: store.liveMappings() };
  if (!exceeds(losses, options.maxDelete)) return;
  throw new Guarded(
    `${planned} of ${losses.live} synced contacts would be deleted or released. Nothing was changed.`,
  );
}

async function backUp({ store, run, options }: Pass): Promise<void> {
  if (options.backup === undefined || store.everWrote()) return;
  if (store.plannedCounts(run).length === 0) return;
  options.onProgress?.({ kind: 'backing-up' });
  await options.backup({ each: (side) => store.eachPresent(side) });
}

/** A write without an answer may have arrived: one look at the side's feed often tells. */
async function lookForLostAnswers(pass: Pass): Promise<void> {
  const sides = inDoubt(pass);
  for (const side of sides) await pullSide(pass, side);
  if (sides.length === 0) return;
  await recover(pass);
}

function close(pass: Pass, started: Date, error?: Error): RunReport {
  const { store, run, options, tally } = pass;
  const { setAside, ...totals } = tally.totals();
  const summary: RunSummary = {
    status: error === undefined ? (setAside.length > 0 ? 'partial' : 'ok') : statusOf(error),
    ...totals,
    requests: { provider: pass.requests('provider'), crm: pass.requests('crm') },
    durationMs: options.now().getTime() - started.getTime(),
    ...(error === undefined ? {} : { message: error.message }),
    ...(error instanceof BudgetSpent && error.resumeAt !== undefined
      ? { resumeAt: error.resumeAt }
      : {}),
  };
  store.closeRun(run, summary);
  return {
    run,
    dryRun: options.dryRun,
    ...summary,
    setAside,
    ...(options.dryRun ? rehearsed(pass) : {}),
    ...(error === undefined ? {} : { error }),
  };
}

function statusOf(error: Error): RunSummary['status'] {
  if (error instanceof SignInNeeded) return 'sign-in-needed';
  if (error instanceof Guarded) return 'stopped';
  if (error instanceof BudgetSpent) return 'waiting';
  if (error instanceof Interrupted) return 'interrupted';
  return 'failed';
}

function rehearsed(pass: Pass): Pick<RunReport, 'plan' | 'unheld' | 'demand'> {
  const entries = [...pass.store.eachPlanned(pass.run)].flatMap((step) => planEntry(step) ?? []);
  return { plan: entries, unheld: unheld(pass), demand: demandOf(pass) };
}

const ACTIONS: { readonly [K in Step['body']['kind']]?: PlanEntry['action'] } = {
  create: 'create',
  update: 'update',
  delete: 'delete',
  link: 'link',
  revive: 'link',
  rekey: 'link',
  release: 'unlink',
};

/** Organizations, fields and pictures are not contacts, and not in the plan that people see. */
function planEntry({ side, name, body, providerId, crmId }: Step): PlanEntry | undefined {
  const action = ACTIONS[body.kind];
  if (action === undefined) return undefined;
  const id = (side === 'crm' ? (crmId ?? providerId) : (providerId ?? crmId)) ?? '';
  const fields = body.kind === 'update' ? (Object.keys(body.patch) as FieldName[]) : [];
  return { action, side, contact: name, id, fields };
}
