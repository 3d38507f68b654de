import type { AccountRow } from '../../store/accounts.ts';
import type { RecentChange } from '../../store/dashboard.ts';
import type { Store } from '../../store/open.ts';
import { attention } from '../attention.ts';
import { toldBudget } from '../budgets.ts';
import { crmName } from '../commands/accounts.ts';
import type { Io } from '../io.ts';
import { neutralise } from '../neutralise.ts';
import { nextRun, scheduledRuns } from '../next-run.ts';
import { ago, ahead, everyWords } from '../texts/language.ts';
import { clip, table } from './table.ts';
import { HEADINGS } from '../texts/names.ts';
import * as texts from '../texts/status.ts';
import { mark } from './marks.ts';
import { below } from '../texts/problem.ts';

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
    { title: HEADINGS.account, text: ({ name }) => name },
    { title: HEADINGS.crm, text: (row) => crmName(store, row), priority: 5 },
    { title: HEADINGS.group, text: ({ groupName }) => groupName, priority: 4 },
    { title: HEADINGS.synced, text: ({ id }) => String(store.dashboard.total(id)), right: true },
    {
      title: HEADINGS.lastRun,
      text: (row) => {
        const at = lastRun(row)?.startedAt;
        return at === undefined ? texts.NEVER : ago(at, now);
      },
      plain: (row) => lastRun(row)?.startedAt ?? '',
      priority: 1,
    },
    { title: HEADINGS.added, text: (row) => lastCounts(row, 'created'), right: true, priority: 2 },
    {
      title: HEADINGS.updated,
      text: (row) => lastCounts(row, 'updated'),
      right: true,
      priority: 2,
    },
    {
      title: HEADINGS.deleted,
      text: (row) => lastCounts(row, 'deleted'),
      right: true,
      priority: 2,
    },
    {
      title: HEADINGS.nextRun,
      text: ({ paused }) => (paused || next === undefined ? '-' : ahead(next, now)),
      plain: ({ paused }) => (paused ? '' : (next ?? '')),
      priority: 3,
    },
    { title: HEADINGS.state, text: (row) => state(store, row) },
  ]);
}

function state(store: Store, row: AccountRow): string {
  if (row.paused) return texts.PAUSED;
  const last = store.dashboard.lastRun(row.id);
  if (last === undefined) return texts.NOT_YET;
  return last.summary === undefined ? texts.UNFINISHED : texts.STATES[last.summary.status];
}

function details(io: Io, store: Store, row: AccountRow, now: Date): string {
  const recent = store.dashboard.recent(row.id, LATEST);
  const lines = (['added', 'updated', 'deleted'] as const).flatMap((action) => {
    const some = recent.filter((change) => change.action === action);
    if (some.length === 0) return [];
    const names = some.map((change) => who(change, now));
    return [clip(texts.latest(action, names), io.width)];
  });
  const alerts = attention(store, row).map(
    ({ message, next }) =>
      `${mark(io, 'warn')} ${below(neutralise(message), neutralise(next), '    ')}`,
  );
  const quiet = lines.length === 0 ? [texts.NOTHING_YET] : lines;
  return [io.paint.bold(neutralise(row.name)), ...quiet, ...alerts].join('\n');
}

function who({ contact, at }: RecentChange, now: Date): string {
  return texts.whoAndWhen(neutralise(contact), ago(at, now));
}

/** What all accounts share: the CRMs' budgets, and what runs them. */
function footer(io: Io, store: Store, now: Date): readonly string[] {
  const rows = store.accounts.list();
  const firstOf = new Map(rows.toReversed().map((row) => [row.crmConnection, row]));
  const budgets = [...firstOf].toReversed().flatMap(([connection, row]) => {
    const told = toldBudget(store, connection, now);
    if (told === undefined) return [];
    const { limit, left, at } = told;
    const of = neutralise(crmName(store, row));
    return [clip(texts.budget({ limit, left, of, told: ago(at, now) }), io.width)];
  });
  const scheduled = scheduledRuns(store);
  const next = nextRun(store, now);
  const when = next && ahead(next, now);
  const schedule =
    scheduled === undefined
      ? []
      : [texts.schedule(everyWords(scheduled.every), scheduled.kind, when)];
  const lines = [...budgets, ...schedule].map((line) =>
    io.accessible ? line.replace(/ {2,}/u, ': ') : line,
  );
  return lines.length === 0 ? [] : [io.paint.dim(lines.join('\n'))];
}
