import type { AccountRow } from '../../store/accounts.ts';
import type { RecentChange } from '../../store/dashboard.ts';
import type { Store } from '../../store/open.ts';
import { attention } from '../attention.ts';
import { toldBudget } from '../budgets.ts';
import { crmName } from '../commands/accounts.ts';
import type { Io } from '../io.ts';
import { neutralise } from '../neutralise.ts';
import { nextRun, scheduledRuns } from '../next-run.ts';
import { everyWords } from '../schedule/every.ts';
import { ago, ahead } from '../words.ts';
import { clip, table } from './table.ts';

/** How many of the latest added, updated and deleted contacts are shown. */
const LATEST = 3;

/** All accounts at a look: the table, what was last done, what needs attention. */
export function dashboard(io: Io, store: Store, now: Date): string {
  const rows = store.accounts.list();
  const parts = [
    overview(io, store, now),
    ...rows.map((row) => details(io, store, row, now)),
    ...footer(io, store, now),
  ];
  return parts.join('\n\n');
}

function overview(io: Io, store: Store, now: Date): string {
  const rows = store.accounts.list();
  const lastRun = (row: AccountRow) => store.dashboard.lastRun(row.id);
  const next = nextRun(store, now);
  const lastCounts = (row: AccountRow, what: 'created' | 'updated' | 'deleted'): string => {
    const summary = lastRun(row)?.summary;
    return summary === undefined ? '-' : String(summary.crm[what] + summary.provider[what]);
  };
  return table(io, rows, [
    { title: 'Account', text: ({ name }) => name },
    { title: 'CRM', text: (row) => crmName(store, row), priority: 5 },
    { title: 'Group', text: ({ groupName }) => groupName, priority: 4 },
    { title: 'Synced', text: ({ id }) => String(store.dashboard.total(id)), right: true },
    {
      title: 'Last run',
      text: (row) => {
        const at = lastRun(row)?.startedAt;
        return at === undefined ? 'never' : ago(at, now);
      },
      plain: (row) => lastRun(row)?.startedAt ?? '',
      priority: 1,
    },
    { title: 'Added', text: (row) => lastCounts(row, 'created'), right: true, priority: 2 },
    { title: 'Updated', text: (row) => lastCounts(row, 'updated'), right: true, priority: 2 },
    { title: 'Deleted', text: (row) => lastCounts(row, 'deleted'), right: true, priority: 2 },
    {
      title: 'Next run',
      text: ({ paused }) => (paused || next === undefined ? '-' : ahead(next, now)),
      plain: ({ paused }) => (paused ? '' : (next ?? '')),
      priority: 3,
    },
    { title: 'State', text: (row) => state(store, row) },
  ]);
}

function state(store: Store, row: AccountRow): string {
  if (row.paused) return 'paused';
  const last = store.dashboard.lastRun(row.id);
  if (last === undefined) return 'not synced yet';
  const { summary } = last;
  if (summary === undefined) return 'running, or killed';
  const words: Readonly<Record<typeof summary.status, string>> = {
    ok: 'ok',
    partial: 'some set aside',
    failed: 'failed',
    'sign-in-needed': 'sign in',
    stopped: 'stopped',
    waiting: 'waiting',
    interrupted: 'interrupted',
  };
  return words[summary.status];
}

function details(io: Io, store: Store, row: AccountRow, now: Date): string {
  const recent = store.dashboard.recent(row.id, LATEST);
  const lines = (['added', 'updated', 'deleted'] as const).flatMap((action) => {
    const some = recent.filter((change) => change.action === action);
    if (some.length === 0) return [];
    const names = some.map((change) => who(change, now)).join(', ');
    return [clip(`  Latest ${action}: ${names}`, io.width)];
  });
  const alerts = attention(store, row).map(
    ({ message, next }) =>
      `${io.paint.yellow('!')} ${neutralise(message)}\n    ${neutralise(next)}`,
  );
  const quiet = lines.length === 0 ? ['  Nothing has been added, updated or deleted yet.'] : lines;
  return [io.paint.bold(neutralise(row.name)), ...quiet, ...alerts].join('\n');
}

function who({ contact, at }: RecentChange, now: Date): string {
  return `${neutralise(contact)} (${ago(at, now)})`;
}

/** What all accounts share: the CRMs' budgets, and what runs them. */
function footer(io: Io, store: Store, now: Date): readonly string[] {
  const rows = store.accounts.list();
  const firstOf = new Map(rows.toReversed().map((row) => [row.crmConnection, row]));
  const budgets = [...firstOf].toReversed().flatMap(([connection, row]) => {
    const told = toldBudget(store, connection, now);
    if (told === undefined) return [];
    const used = new Intl.NumberFormat('en', { style: 'percent' }).format(
      (told.limit - told.left) / told.limit,
    );
    const budget = new Intl.NumberFormat('en').format(told.limit);
    return [
      clip(
        `Budget    ${used} of today's ${budget} tokens used by all programs of ${neutralise(crmName(store, row))} (told ${ago(told.at, now)})`,
        io.width,
      ),
    ];
  });
  const scheduled = scheduledRuns(store);
  const next = nextRun(store, now);
  const when = next === undefined ? '' : `; next run ${ahead(next, now)}`;
  const schedule =
    scheduled === undefined
      ? []
      : [`Schedule  every ${everyWords(scheduled.every)}, by ${scheduled.kind}${when}`];
  const lines = [...budgets, ...schedule];
  return lines.length === 0 ? [] : [io.paint.dim(lines.join('\n'))];
}
