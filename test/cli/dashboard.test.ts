import { readFileSync } from 'node:fs';
import { Chalk } from 'chalk';
import stringWidth from 'string-width';
import { describe, expect, it } from '@jest/globals';
import { createBudgetBook } from '../../src/cli/budgets.ts';
import { rememberSchedule, rememberWatch } from '../../src/cli/next-run.ts';
import { dashboard } from '../../src/cli/render/dashboard.ts';
import { wrap } from '../../src/cli/render/wrap.ts';
import { openStore, type Store } from '../../src/store/open.ts';
import type { PlannedStep } from '../../src/sync/journal.ts';
import { ann } from '../support/contacts.ts';
import { seen } from '../store/support.ts';
import { heardIo } from './support.ts';

/* The dashboard against screens that are kept: three widths, with colour and without. */

const NOW = new Date('2026-11-25T12:00:00Z');
const NONE = { created: 0, updated: 0, deleted: 0 };

interface Wanted {
  readonly name: string;
  readonly group: string;
  readonly people: readonly string[];
  readonly status: 'ok' | 'sign-in-needed' | 'partial';
  readonly minutesAgo: number;
}

const ACCOUNTS: readonly Wanted[] = [
  {
    name: 'ann@example.com',
    group: 'All contacts',
    people: ['Zoë Żółw', '山田 太郎', '👩‍👩‍👧 Família'],
    status: 'ok',
    minutesAgo: 3,
  },
  {
    name: '佐藤の連絡先 📇',
    group: '顧客',
    people: [],
    status: 'sign-in-needed',
    minutesAgo: 60 * 50,
  },
];

/** A database as it would be after these runs; the clock stands where each of them was. */
function aStore(): Store {
  const clock = { at: NOW };
  let ids = 0;
  const newId = (): string => {
    ids += 1;
    return `run-${ids}`;
  };
  const store = openStore({ home: ':memory:', toolVersion: 't', now: () => clock.at, newId });
  const details = { company: 'Acme GmbH', user: 'Ann' };
  const login = store.connections.insert({ kind: 'pipedrive', identity: '1:1', details });
  for (const wanted of ACCOUNTS) {
    clock.at = new Date(NOW.getTime() - wanted.minutesAgo * 60_000);
    addAccount(store, login.id, wanted);
  }
  const budgets = createBudgetBook();
  budgets.note(login.id, { limit: 30_000, left: 26_400 });
  budgets.keep(store, new Date(NOW.getTime() - 3 * 60_000));
  rememberSchedule(store, { kind: 'cron', every: 15 });
  return store;
}

function addAccount(store: Store, crmConnection: number, wanted: Wanted): void {
  const { name, group, people, status } = wanted;
  const mailbox = store.connections.insert({ kind: 'google', identity: name, details: {} });
  const rules = { direction: 'one-way', onConflict: 'newest', match: 'email' } as const;
  const { id } = store.accounts.insert({
    name,
    email: 'ann@example.com',
    providerConnection: mailbox.id,
    crmConnection,
    group: 'all',
    groupName: group,
    visibility: 'company',
    paused: false,
    ...rules,
  });
  const account = store.account(id);
  const run = account.openRun({ full: false, dryRun: false });
  account.plan(run, people.map(toStep));
  for (const [at, step] of account.planned(run, 'contacts', 0, 10).entries()) {
    const mapping = {
      kind: 'insert',
      providerId: `p${at}`,
      crmId: `c${at}`,
      bases: { provider: ann(), crm: ann() },
    } as const;
    const mirror = [{ side: 'crm', kind: 'present', ...seen(`c${at}`) }] as const;
    account.settle(step, { mirror, mapping });
  }
  account.closeRun(run, {
    status,
    full: false,
    crm: { ...NONE, created: people.length },
    provider: NONE,
    linked: 0,
    unlinked: 0,
    conflicts: 0,
    requests: { provider: 1, crm: 3 },
    durationMs: 1000,
    ...(status === 'ok' ? {} : { message: 'Google does not accept the sign-in any more.' }),
  });
}

function toStep(name: string): PlannedStep {
  const from = seen('p').revision;
  return { phase: 'contacts', side: 'crm', name, body: { kind: 'create', contact: ann(), from } };
}

function screen(width: number, level: 0 | 1 = 0): string {
  const paint = new Chalk({ level });
  const text = dashboard(heardIo({ width, paint }), aStore(), NOW);
  return `${wrap(text, width)}\n`;
}

describe('the dashboard', () => {
  it.each([60, 80, 200])('of %i columns is the screen that is kept', (width) => {
    expect(screen(width)).toBe(readFileSync(`test/golden/dashboard-${width}.txt`, 'utf8'));
  });

  it('in colour is the screen that is kept, too', () => {
    expect(screen(80, 1)).toBe(readFileSync('test/golden/dashboard-80-colour.txt', 'utf8'));
  });

  it.each([60, 80, 200])('never runs over %i columns', (width) => {
    for (const line of screen(width, 1).split('\n'))
      expect(stringWidth(line)).toBeLessThanOrEqual(width);
  });

  it('aligns names of wide characters and of joined ones', () => {
    const [heading = '', ...lines] = screen(200).split('\n');
    const at = stringWidth(heading.slice(0, heading.indexOf('CRM')));
    for (const line of lines.slice(0, ACCOUNTS.length))
      expect(stringWidth(line.slice(0, line.indexOf('Acme')))).toBe(at);
  });

  it('says nothing by colour alone', () => {
    // oxlint-disable-next-line no-control-regex -- the codes are what is taken out
    expect(screen(80, 1).replaceAll(/\u001b\[\d+m/gu, '')).toBe(screen(80));
  });

  it('tells the next look of a watch that is at work, rather than the schedule', () => {
    const store = aStore();
    const soon = new Date(NOW.getTime() + 5 * 60_000).toISOString();
    rememberWatch(store, { pid: process.pid, nextAt: soon });
    expect(dashboard(heardIo({ width: 200 }), store, NOW)).toContain('in 5 minutes');
  });

  it('forgets what was told of a budget on another day', () => {
    const tomorrow = new Date(NOW.getTime() + 86_400_000);
    expect(dashboard(heardIo({ width: 200 }), aStore(), tomorrow)).not.toContain('Budget');
  });

  it('prints facts, one a line, where tables cannot be seen', () => {
    const text = dashboard(heardIo({ accessible: true, width: Infinity }), aStore(), NOW);
    expect(text).toMatch(/^Account: ann@example\.com\n/u);
    expect(text).toContain('\nState: sign in\n');
  });
});
