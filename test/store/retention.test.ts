import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openStore } from '../../src/store/open.ts';
import { Unreachable } from '../../src/sync/errors.ts';
import { aContact, ann } from '../support/contacts.ts';
import { createWorld, type World } from '../support/world.ts';
import { addAccount, aShelf, observe, seen, settle, START } from './support.ts';

const DAY_MS = 86_400_000;
const KEPT_DAYS = 90;
const Zebra = aContact({
  name: { given: 'Zebra', family: 'Fish' },
  emails: [{ value: 'zebra@example.com' }],
});

let world: World;
beforeEach(() => {
  world = createWorld({ rules: { direction: 'two-way', onConflict: 'ask' } });
});
afterEach(() => world.expectQuiet());

const later = (days: number): void => {
  world.advance(days * DAY_MS);
  world.database.dropOld(KEPT_DAYS);
};
const lastRun = (): string => world.database.history.runs()[0]?.run ?? '';
const changes = (run: string) => world.database.history.changes(run);
const conflicts = () => world.database.decisions(1).conflicts();

async function renamed(): Promise<string> {
  const p = world.provider.person.add(ann());
  await world.sync();
  world.provider.person.edit(p, { jobTitle: 'Captain' });
  const { run } = await world.sync();
  return run;
}

/** Somebody who was synced, and deleted on both sides. */
async function gone(): Promise<string> {
  const p = world.provider.person.add(Zebra);
  await world.sync();
  world.provider.person.remove(p);
  await world.sync({ maxDelete: { kind: 'percent', percent: 100 } });
  return p;
}

describe('what the history holds about people', () => {
  it('is kept for as long as it was asked to be', async () => {
    const run = await renamed();
    later(KEPT_DAYS - 1);
    expect(changes(run)).toMatchObject([{ contact: 'Ann Lee', valuesKept: true }]);
  });

  it('goes after that, names too; that something was done, when and where, stays', async () => {
    const run = await renamed();
    later(KEPT_DAYS + 1);
    expect(changes(run)).toMatchObject([
      { side: 'crm', action: 'updated', contact: '', fields: [], valuesKept: false },
    ]);
    expect(world.database.history.runs().map((one) => one.run)).toContain(run);
    expect(world.database.dashboard.recent(1, 10)).toEqual([]);
  });

  it('goes once a day, not with every run', async () => {
    const run = await renamed();
    later(KEPT_DAYS - 0.5);
    later(0.9);
    expect(changes(run)).toMatchObject([{ valuesKept: true }]);
    later(0.2);
    expect(changes(run)).toMatchObject([{ valuesKept: false }]);
  });

  it('is not put back by an undo of such a run', async () => {
    const run = await renamed();
    later(KEPT_DAYS + 1);
    const before = world.crm.writes();
    await world.undo(run);
    expect(world.crm.writes()).toBe(before);
  });

  it('does not make a first backup due again', async () => {
    await renamed();
    later(KEPT_DAYS + 1);
    expect(world.store.everWrote()).toBe(true);
  });

  it('goes with what was set aside, and what was planned and never done', async () => {
    const p = world.provider.person.add(Zebra);
    await world.sync();
    world.provider.person.edit(p, { jobTitle: 'Captain' });
    world.crm.set({ refuse: () => 'No captains.' });
    const { run } = await world.sync();
    expect(changes(run)).toMatchObject([{ setAside: 'No captains.' }]);
    later(KEPT_DAYS + 1);
    expect(changes(run)).toEqual([]);
    world.crm.set({ refuse: () => undefined });
    await world.sync({ refresh: true });
    expect(world.people()).toMatchObject([{ jobTitle: 'Captain' }]);
  });
});

describe('conflicts', () => {
  const disagreed = async (): Promise<void> => {
    const p = world.provider.person.add(ann());
    await world.sync();
    world.provider.person.edit(p, { jobTitle: 'Captain' });
    world.crm.person.edit(world.crm.records()[0]?.id ?? '', { jobTitle: 'Pilot' });
    await world.sync();
  };

  it('stay while they are open, however old', async () => {
    await disagreed();
    later(KEPT_DAYS + 1);
    expect(conflicts()).toMatchObject([{ state: 'open', values: { crm: 'Pilot' } }]);
  });

  it('stay until what was decided is done, and go with time after that', async () => {
    await disagreed();
    world.database.decisions(1).settleConflict(conflicts()[0]?.id ?? 0, 'provider');
    later(KEPT_DAYS + 1);
    expect(conflicts()).toMatchObject([{ state: 'settled' }]);
    await world.sync();
    expect(world.people()).toMatchObject([{ jobTitle: 'Captain' }]);
    later(1.1);
    expect(conflicts()).toEqual([]);
  });
});

describe('somebody who is gone on both sides', () => {
  it('goes from the mirror and the mappings', async () => {
    const p = await gone();
    later(KEPT_DAYS - 1);
    expect(world.store.sighting('provider', p)).toMatchObject({ kind: 'absent' });
    later(2);
    expect(world.store.sighting('provider', p)).toBeUndefined();
    expect(world.database.people.find('Zebra Fish', accountRow())).toEqual([]);
  });

  it('is a newcomer when somebody restores the contact, and is matched as one', async () => {
    const p = await gone();
    later(KEPT_DAYS + 1);
    const c = world.crm.person.add(Zebra);
    world.provider.person.restore(p);
    await world.sync();
    expect(world.people()).toHaveLength(1);
    expect(world.store.pairOf('provider', p)?.mapping).toMatchObject({ crmId: c });
  });

  it('is made anew when only one record comes back', async () => {
    const p = await gone();
    later(KEPT_DAYS + 1);
    world.provider.person.restore(p);
    await world.sync();
    expect(world.people()).toMatchObject([{ name: Zebra.name }]);
  });

  function accountRow() {
    const row = world.database.accounts.get(1);
    if (row === undefined) throw new Error('There is no account.');
    return row;
  }
});

describe('runs', () => {
  it('without a change leave one row, the last', async () => {
    await renamed();
    const did = world.database.history.runs().map(({ run }) => run);
    await world.sync();
    await world.sync({ refresh: true });
    const { run } = await world.sync();
    expect(world.database.history.runs().map((one) => one.run)).toEqual([run, ...did]);
    expect(world.database.dashboard.lastRun(1)?.run).toBe(run);
  });

  it('that failed stay apart', async () => {
    const first = await world.sync();
    const disturb = (): never => {
      throw new Unreachable('No network.');
    };
    world.provider.set({ disturb });
    const failed = await world.sync();
    expect(failed.status).toBe('failed');
    world.provider.set({ disturb: () => undefined });
    const { run } = await world.sync();
    const runs = world.database.history.runs().map((one) => one.run);
    expect(runs).toEqual([run, failed.run, first.run]);
  });

  it('of another account are no neighbours', async () => {
    await world.sync();
    const first = lastRun();
    await world.second().sync();
    expect(world.database.dashboard.lastRun(1)?.run).toBe(first);
  });

  it('that left nothing go with time, except the last', async () => {
    await renamed();
    const { run } = await world.sync();
    later(KEPT_DAYS + 1);
    expect(lastRun()).toBe(run);
    const next = await world.sync({ refresh: true });
    expect(lastRun()).toBe(next.run);
  });
});

describe('a record that is gone', () => {
  it('stays while a mapping of any account names it', () => {
    const { database, store, advance } = aShelf();
    const other = database.account(addAccount(database, 'ben@example.com'));
    observe(store, 'crm', seen('c1', ann(), {}, ['k']), seen('c2', ann(), {}, ['k']));
    const mapping = { kind: 'insert', providerId: 'p1', crmId: 'c1', released: 'hidden' } as const;
    settle(other, { mapping: { ...mapping, bases: { provider: ann(), crm: ann() } } });
    const absent = { finding: { kind: 'absent', how: 'deleted' } } as const;
    const findings = ['c1', 'c2'].map((id) => ({ id, ...absent }));
    store.confirm('crm', findings, START);
    advance((KEPT_DAYS + 1) * DAY_MS);
    database.dropOld(KEPT_DAYS);
    expect(store.sighting('crm', 'c1')).toMatchObject({ kind: 'absent' });
    expect(store.sighting('crm', 'c2')).toBeUndefined();
    database.close();
  });
});

describe('on the disk', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'contactsync-retention-'));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  it('nothing is left of what was dropped, nor of copies as old as that', async () => {
    const clock = { at: Date.now() };
    const now = (): Date => new Date(clock.at);
    const store = openStore({ home, toolVersion: '1', now });
    const account = store.account(addAccount(store, 'ann@example.com'));
    settle(account, {}, { name: 'Zebrafish-4711' });
    for (const [name, days] of [
      ['contactsync.db.before-2', 100],
      ['contactsync.db.before-3', 1],
    ] as const) {
      await writeFile(path.join(home, name), '');
      const at = new Date(clock.at + (KEPT_DAYS + 1 - days) * DAY_MS);
      await utimes(path.join(home, name), at, at);
    }
    clock.at += (KEPT_DAYS + 1) * DAY_MS;
    store.dropOld(KEPT_DAYS);
    store.close();
    const bytes = await readFile(path.join(home, 'contactsync.db'));
    expect(bytes.includes('Zebrafish')).toBe(false);
    const copies = (await readdir(home)).filter((name) => name.includes('.before-'));
    expect(copies).toEqual(['contactsync.db.before-3']);
  });
});
