import type { AccountRow } from '../../store/accounts.ts';
import type { RecentChange } from '../../store/dashboard.ts';
import type { Store } from '../../store/open.ts';
import { connectionOf } from '../connection-of.ts';
import { EXIT, type ExitStatus } from '../exit-codes.ts';
import { neutralise } from '../neutralise.ts';
import { clip, table } from '../render/table.ts';
import type { Session } from '../session.ts';
import { ago, counted, FIELD_WORDS, isField, listed } from '../words.ts';
import { accountDocument, crmName } from './accounts.ts';

/** How many of the latest added, updated and deleted contacts are shown. */
const LATEST = 3;
const LATEST_JSON = 10;

/** The dashboard. It reads the database and asks nobody. */
export async function status(session: Session): Promise<ExitStatus> {
  const { io, flags } = session;
  const store = session.store();
  const rows = store.accounts.list();
  if (flags.json) {
    const documents = rows.map((row) => document(store, row));
    io.result(JSON.stringify({ version: 1, accounts: documents }, undefined, 2));
    return EXIT.done;
  }
  if (rows.length === 0) {
    io.note(
      'There is no account yet. Add one: contactsync add-account   Or try everything first: contactsync sandbox',
    );
    return EXIT.done;
  }
  io.result(overview(session, store, rows));
  for (const row of rows) io.result(`\n${details(session, store, row)}`);
  return EXIT.done;
}

function overview({ io }: Session, store: Store, rows: readonly AccountRow[]): string {
  const now = new Date();
  const lastRun = (row: AccountRow) => store.dashboard.lastRun(row.id);
  const lastCounts = (row: AccountRow, what: 'created' | 'updated' | 'deleted'): string => {
    const summary = lastRun(row)?.summary;
    return summary === undefined ? '-' : String(summary.crm[what] + summary.provider[what]);
  };
  return table(io, rows, [
    { title: 'Account', text: ({ name }) => name },
    { title: 'CRM', text: (row) => crmName(store, row), priority: 4 },
    { title: 'Group', text: ({ groupName }) => groupName, priority: 3 },
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

function details({ io }: Session, store: Store, row: AccountRow): string {
  const now = new Date();
  const recent = store.dashboard.recent(row.id, LATEST);
  const lines = (['added', 'updated', 'deleted'] as const).flatMap((action) => {
    const some = recent.filter((change) => change.action === action);
    if (some.length === 0) return [];
    const names = some.map((change) => who(change, now)).join(', ');
    return [clip(`  Latest ${action}: ${names}`, io.width)];
  });
  const alerts = attention(store, row).map(
    ({ message, next }) =>
      `${io.paint.yellow('!')} ${neutralise(message)}${next === undefined ? '' : `\n  ${next}`}`,
  );
  const quiet = lines.length === 0 ? ['  Nothing has been synced yet.'] : lines;
  return [io.paint.bold(neutralise(row.name)), ...quiet, ...alerts].join('\n');
}

function who({ contact, at }: RecentChange, now: Date): string {
  return `${neutralise(contact)} (${ago(at, now)})`;
}

interface Attention {
  readonly code: string;
  readonly message: string;
  readonly next?: string;
}

/** What the user should look at, with the command that mends it. */
function attention(store: Store, row: AccountRow): readonly Attention[] {
  const { dashboard } = store;
  const last = dashboard.lastRun(row.id);
  const parked = dashboard.setAside(row.id);
  const released = new Map(dashboard.released(row.id).map(({ reason, count }) => [reason, count]));
  const leftOut = dashboard.fieldsLeftOut(row.crmConnection).filter(isField);
  const vanished = released.get('vanished') ?? 0;
  return [
    ...lastRunAttention(row, last?.summary?.status, last?.summary?.message),
    ...parked.slice(0, LATEST).map((one): Attention => ({
      code: 'set-aside',
      message: `${neutralise(one.contact) || one.id}: ${neutralise(one.reason)}`,
    })),
    ...(parked.length > LATEST
      ? [
          {
            code: 'set-aside',
            message: `${parked.length - LATEST} more are set aside.`,
            next: 'See them: contactsync status --json',
          },
        ]
      : []),
    ...(vanished > 0
      ? [
          {
            code: 'vanished',
            message: `${counted(vanished, 'person', 'people')} could not be found in the CRM any more, deleted or hidden, and ${vanished === 1 ? 'was' : 'were'} let go.`,
          },
        ]
      : []),
    ...(leftOut.length > 0
      ? [
          {
            code: 'fields-left-out',
            message: `The CRM has no field for ${listed(leftOut.map((field) => FIELD_WORDS[field]))}, and contactsync may not make one.`,
          },
        ]
      : []),
  ];
}

function lastRunAttention(
  row: AccountRow,
  outcome: string | undefined,
  message = '',
): readonly Attention[] {
  const next: Readonly<Record<string, string>> = {
    'sign-in-needed': `Sign in again: contactsync login ${row.name}`,
    stopped: `Look at it: contactsync sync ${row.name} --dry-run`,
    failed: `Try again: contactsync sync ${row.name}`,
    interrupted: `Go on: contactsync sync ${row.name}`,
    waiting: 'The next run goes on by itself.',
  };
  const step = next[outcome ?? ''];
  return outcome === undefined || step === undefined
    ? []
    : [{ code: outcome, message, next: step }];
}

function document(store: Store, row: AccountRow): Record<string, unknown> {
  const { dashboard } = store;
  const last = dashboard.lastRun(row.id);
  const crm = connectionOf(store, row.crmConnection);
  const none = { created: 0, updated: 0, deleted: 0 };
  return {
    ...accountDocument(store, row),
    crm: {
      kind: crm.kind,
      company: crm.details['company'] ?? null,
      user: crm.details['user'] ?? null,
    },
    total: dashboard.total(row.id),
    openConflicts: 0,
    setAside: dashboard.setAside(row.id).length,
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
    recent: dashboard.recent(row.id, LATEST_JSON),
    attention: attention(store, row),
    contactsSetAside: dashboard.setAside(row.id),
  };
}
