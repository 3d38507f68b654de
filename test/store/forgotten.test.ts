import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openStore, type Store } from '../../src/store/open.ts';
import { aContact, ann } from '../support/contacts.ts';
import { counts, createWorld, type World } from '../support/world.ts';
import { addAccount, committed, linked, observe, planned, seen, settle } from './support.ts';

const bob = aContact({
  name: { given: 'Bob', family: 'Ray' },
  emails: [{ value: 'bob@example.com' }],
});

describe('a forgotten contact', () => {
  let world: World;
  let p: string;
  beforeEach(async () => {
    world = createWorld({ rules: { direction: 'two-way' } });
    p = world.provider.person.add(ann({ jobTitle: 'Captain' }));
    world.provider.person.add(bob);
    await world.sync();
  });
  afterEach(() => world.expectQuiet());

  const forget = (): void => {
    const crmId = world.store.pairOf('provider', p)?.mapping.crmId ?? '';
    world.database.erase({ accountId: 1, providerId: p, crmId });
  };

  it('stays on both sides, and never comes back, however often everything is read', async () => {
    forget();
    expect(counts(await world.sync({ refresh: true }))).toBe('nothing');
    world.provider.person.edit(p, { jobTitle: 'Admiral', emails: [{ value: 'new@example.com' }] });
    expect(counts(await world.sync())).toBe('nothing');
    expect(world.provider.records()).toHaveLength(2);
    expect(world.people().map(({ jobTitle }) => jobTitle)).toContain('Captain');
    expect(world.store.sighting('provider', p)).toBeUndefined();
  });

  it('is not deleted over there when it is deleted on one side', async () => {
    forget();
    world.provider.person.remove(p);
    expect(counts(await world.sync())).toBe('nothing');
    expect(world.people()).toHaveLength(2);
  });

  it('is known by its e-mail under a new id', async () => {
    forget();
    world.provider.person.add(ann({ emails: [{ value: 'ANN@example.com' }] }));
    expect(counts(await world.sync())).toBe('nothing');
  });

  it('stays out when the key is changed', async () => {
    forget();
    const folder = await mkdtemp(path.join(tmpdir(), 'contactsync-'));
    const database = openStore({ home: folder, toolVersion: 't' });
    const accountId = addAccount(database, 'ann@example.com');
    const store = database.account(accountId);
    linked(store, 'p1', 'c1');
    database.erase({ accountId, providerId: 'p1', crmId: 'c1' });
    database.keys.rotate();
    database.close();
    const again = openStore({ home: folder, toolVersion: 't' });
    observe(again.account(accountId), 'provider', seen('p1', ann()));
    expect(again.account(accountId).sighting('provider', 'p1')).toBeUndefined();
    again.close();
    await rm(folder, { recursive: true });
  });

  it('is not brought back by undo', async () => {
    const run = world.database.history.runs()[0]?.run ?? '';
    forget();
    expect(counts(await world.undo(run))).toBe('crm -1');
    expect(world.people().map(({ jobTitle }) => jobTitle)).toEqual(['Captain']);
  });

  it('leaves others alone who are here already and share its e-mail', async () => {
    const other = world.provider.person.add(
      aContact({ name: { given: 'Front', family: 'Desk' }, phones: [{ value: '+49 30 5550100' }] }),
    );
    await world.sync();
    forget();
    world.provider.person.edit(other, { emails: [{ value: 'ann@example.com' }] });
    expect(counts(await world.sync())).toBe('crm ~1');
  });
});

describe('what lies in the folder', () => {
  let home: string;
  let database: Store;
  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'contactsync-forget-'));
    database = openStore({ home, toolVersion: 't' });
  });
  afterEach(async () => {
    database.close();
    await rm(home, { recursive: true, force: true });
  });

  const bytes = async (): Promise<string> => {
    const names = await readdir(home);
    const files = await Promise.all(names.map((name) => readFile(path.join(home, name), 'latin1')));
    return files.join('\n');
  };

  it('holds nothing of a forgotten contact, not even where rows were before', async () => {
    const accountId = addAccount(database, 'mailbox@example.com');
    const store = database.account(accountId);
    const zoe = aContact({
      name: { given: 'ZoeQuokka' },
      emails: [{ value: 'zoe@quokka.example' }],
    });
    linked(store, 'people/quokka1', 'crm-quokka1');
    observe(store, 'provider', seen('people/quokka1', zoe, {}, ['e:zoe@quokka.example']));
    store.setAsideRecord('provider', 'people/quokka1', { kind: 'refused', reason: 'no' });
    const values = { provider: 'quokka-a', crm: 'quokka-b' };
    const conflict = { field: 'jobTitle', values, by: 'ask', known: false } as const;
    const pair = { providerId: 'people/quokka1', crmId: 'crm-quokka1', name: 'ZoeQuokka' };
    store.recordConflicts('run', pair, [conflict]);
    settle(store, {}, { name: 'ZoeQuokka', providerId: 'people/quokka1', crmId: 'crm-quokka1' });
    planned(store, { name: 'ZoeQuokka', crmId: 'crm-quokka1' });
    committed(database);
    expect(/quokka/iu.test(await bytes())).toBe(true);

    const erased = database.erase({ accountId, providerId: 'people/quokka1' });
    expect(erased).toEqual({
      ids: { provider: ['people/quokka1'], crm: ['crm-quokka1'] },
      accounts: ['mailbox@example.com'],
    });
    expect(/quokka/iu.test(await bytes())).toBe(false);
  });

  it('still keeps the contact out after its account was removed and added again', () => {
    const first = addAccount(database, 'mailbox@example.com');
    observe(database.account(first), 'provider', seen('people/1', ann()));
    database.erase({ accountId: first, providerId: 'people/1' });
    const { providerConnection } = database.accounts.get(first) ?? { providerConnection: 0 };
    database.accounts.remove(first);
    database.connections.remove(providerConnection);
    const second = database.account(addAccount(database, 'mailbox@example.com'));
    observe(second, 'provider', seen('people/1', bob), seen('people/2', bob));
    expect(second.mirrored('provider')).toBe(1);
  });

  it('has nothing set aside about a record that cannot be read any more', () => {
    const accountId = addAccount(database, 'mailbox@example.com');
    const store = database.account(accountId);
    observe(store, 'provider', seen('people/1', ann()));
    database.erase({ accountId, providerId: 'people/1' });
    const why = { kind: 'malformed', reason: 'no' } as const;
    expect(store.setAsideRecord('provider', 'people/1', why)).toBe(false);
    expect(database.dashboard.setAside(accountId)).toEqual([]);
  });

  it('knows the contact of one mailbox only, where ids of another are the same', () => {
    const first = addAccount(database, 'mailbox@example.com');
    observe(database.account(first), 'provider', seen('1', ann()));
    database.erase({ accountId: first, providerId: '1' });
    const other = database.account(addAccount(database, 'other@example.com'));
    observe(other, 'provider', seen('1', bob));
    expect(other.mirrored('provider')).toBe(1);
  });
});
