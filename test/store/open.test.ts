import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { acquireLock } from '../../src/store/lock.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openStore, type Store } from '../../src/store/open.ts';
import type { Observation } from '../../src/sync/ports.ts';
import type { AccountStore } from '../../src/sync/store-port.ts';
import { aRevision, ann } from '../support/contacts.ts';
import { START, suspects } from './support.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'contactsync-store-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const open = (options: Partial<Parameters<typeof openStore>[0]> = {}): Store =>
  openStore({ home, toolVersion: '1', ...options });

const google = { kind: 'google', identity: 'ann@example.com', details: {} } as const;

/** An account in a database in memory. */
function anAccount(store: Store, name = 'ann@example.com'): AccountStore {
  const mailbox = store.connections.insert({ ...google, identity: name });
  const crm =
    store.connections.find('pipedrive', '1:1') ??
    store.connections.insert({ kind: 'pipedrive', identity: '1:1', details: {} });
  const { id } = store.accounts.insert({
    name,
    email: name,
    providerConnection: mailbox.id,
    crmConnection: crm.id,
    group: 'all',
    groupName: 'All contacts',
    direction: 'one-way',
    visibility: 'company',
    onConflict: 'newest',
    match: 'email',
    paused: false,
  });
  return store.account(id);
}

describe('the folder and its files', () => {
  it('is made with the folders above it', async () => {
    const below = path.join(home, 'one', 'two');
    openStore({ home: below, toolVersion: '1' }).close();
    expect((await stat(below)).mode & 0o777).toBe(0o700);
  });

  it.each(['/dev/null', '/dev/null/contactsync'])('cannot be %s', (impossible) => {
    expect(() => openStore({ home: impossible, toolVersion: '1' })).toThrow(
      expect.objectContaining({ code: 'home-unusable' }),
    );
  });

  it('are for their owner alone, also when somebody loosened them', async () => {
    await chmod(home, 0o755);
    const store = open();
    const connection = store.connections.insert(google);
    store.connections.saveSecret(connection.id, 'tokens', 'secret');
    store.close();
    expect((await stat(home)).mode & 0o777).toBe(0o700);
    for (const name of await readdir(home)) {
      expect({ name, mode: (await stat(path.join(home, name))).mode & 0o777 }).toEqual({
        name,
        mode: 0o600,
      });
    }
  });

  it('are not reached through a symbolic link', async () => {
    await writeFile(path.join(home, 'elsewhere'), '');
    await symlink(path.join(home, 'elsewhere'), path.join(home, 'contactsync.db'));
    expect(() => open()).toThrow(expect.objectContaining({ code: 'home-unusable' }));
  });
});

describe('secrets', () => {
  it('come back as they were, and lie nowhere in the clear', async () => {
    const store = open();
    const { id } = store.connections.insert(google);
    store.connections.saveSecret(id, 'tokens', 'plain-secret');
    expect(store.connections.loadSecret(id, 'tokens')).toBe('plain-secret');
    store.close();
    expect(await readFile(path.join(home, 'contactsync.db'), 'latin1')).not.toContain(
      'plain-secret',
    );
  });

  it('cannot be opened with another key, nor under another row', () => {
    const store = open();
    const [one, two] = [
      store.connections.insert(google),
      store.connections.insert({ ...google, identity: 'b@example.com' }),
    ];
    store.connections.saveSecret(one.id, 'tokens', 'secret');
    store.close();
    const db = new Database(path.join(home, 'contactsync.db'));
    db.prepare('UPDATE secret SET connection_id = ?').run(two.id);
    db.close();
    const swapped = open();
    expect(() => swapped.connections.loadSecret(two.id, 'tokens')).toThrow(
      expect.objectContaining({ code: 'key-wrong' }),
    );
    swapped.close();
    const other = open({ key: Buffer.alloc(32, 1).toString('base64') });
    expect(() => other.connections.loadSecret(two.id, 'tokens')).toThrow(
      expect.objectContaining({ code: 'key-wrong' }),
    );
    other.close();
  });
});

describe('the schema', () => {
  it('of a newer version is refused and not touched', async () => {
    const file = path.join(home, 'contactsync.db');
    const db = new Database(file);
    db.pragma('user_version = 99');
    db.close();
    const before = await readFile(file);
    expect(() => open()).toThrow(expect.objectContaining({ code: 'database-too-new' }));
    expect((await readFile(file)).equals(before)).toBe(true);
  });

  it('is brought up step by step, after a copy was put beside it', async () => {
    const file = path.join(home, 'steps.db');
    const db = new Database(file);
    const [first, second] = ['CREATE TABLE one (a)', 'CREATE TABLE two (b)'];
    migrate(db, file, [first]);
    migrate(db, file, [first, second]);
    expect(db.pragma('user_version', { simple: true })).toBe(2);
    expect(await readdir(home)).toContain('steps.db.before-2');
    db.close();
  });
});

describe('a copy', () => {
  it('leaves the original alone, passes renewed tokens on, and is gone when it is closed', async () => {
    const store = open();
    const { id } = store.connections.insert(google);
    const copy = store.copy();
    copy.connections.insert({ ...google, identity: 'b@example.com' });
    copy.connections.saveSecret(id, 'tokens', 'renewed');
    copy.close();
    expect(store.connections.list()).toHaveLength(1);
    expect(store.connections.loadSecret(id, 'tokens')).toBe('renewed');
    expect(await readdir(path.join(home, 'tmp'))).toEqual([]);
    store.close();
  });
});

describe('the lock', () => {
  it('is held by one, who is named, and is free again after a kill -9', async () => {
    const code = `const D = require('better-sqlite3'); const fs = require('fs');
      const db = new D(${JSON.stringify(path.join(home, 'run.lock.db'))}); db.exec('BEGIN EXCLUSIVE');
      fs.writeFileSync(${JSON.stringify(path.join(home, 'run.lock.json'))}, JSON.stringify({ pid: process.pid, since: 'then' }));
      console.log('held'); setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ['-e', code]);
    await new Promise((resolve) => {
      holder.stdout.once('data', resolve);
    });
    expect(() => acquireLock(home)).toThrow(
      expect.objectContaining({ pid: holder.pid, since: 'then' }),
    );
    const gone = new Promise((resolve) => {
      holder.once('exit', resolve);
    });
    holder.kill('SIGKILL');
    await gone;
    acquireLock(home).release();
  });
});

describe('the mirror', () => {
  it('knows nothing again that another version of the program has read', () => {
    const digest = 'd1';
    const first = open({ toolVersion: '1' });
    const listed = { revision: aRevision('p1', ann()), digest, keys: [] };
    const page = { settledBy: START, revisions: [listed], tombstones: [], malformed: [] };
    anAccount(first).observe('provider', page);
    first.close();
    const known = (toolVersion: string): number => {
      const store = open({ toolVersion });
      try {
        const [account] = store.accounts.list();
        return store.account(account?.id ?? 0).recognise('provider', [{ id: 'p1', digest }]).size;
      } finally {
        store.close();
      }
    };
    expect([known('1'), known('2'), known('1')]).toEqual([1, 0, 1]);
  });

  const signalOf = (store: AccountStore, side: 'provider' | 'crm') =>
    store.dirty(0, 100).filter((item) => item.kind === 'newcomer' && item.side === side).length;
  const page = (...items: readonly Observation[]) => ({
    settledBy: START,
    revisions: items.flatMap((item) =>
      item.kind === 'revision' ? [{ revision: item.revision, keys: [] }] : [],
    ),
    tombstones: items.flatMap((item) => (item.kind === 'tombstone' ? [item.id] : [])),
    malformed: items.flatMap((item) => (item.kind === 'malformed' ? [item] : [])),
  });
  const seen = (id: string, more = {}): Observation => ({
    kind: 'revision',
    revision: aRevision(id, ann(), more),
  });
  let store: AccountStore;
  beforeEach(() => {
    store = anAccount(open({ home: ':memory:' }));
  });

  it('makes dirty what changed, not what only moved its etag', () => {
    store.observe('provider', page(seen('p1')));
    for (const item of store.dirty(0, 10)) store.clean(item);
    store.observe('provider', page(seen('p1', { etag: 'another' })));
    expect(signalOf(store, 'provider')).toBe(0);
    store.observe(
      'provider',
      page({ kind: 'revision', revision: aRevision('p1', ann({ jobTitle: 'x' })) }),
    );
    expect(signalOf(store, 'provider')).toBe(1);
  });

  it('keeps a mark that was set again after it was read', () => {
    store.observe('provider', page(seen('p1')));
    const [item] = store.dirty(0, 10);
    store.observe(
      'provider',
      page({ kind: 'revision', revision: aRevision('p1', ann({ notes: 'newer' })) }),
    );
    if (item !== undefined) store.clean(item);
    expect(signalOf(store, 'provider')).toBe(1);
  });

  it('suspects what a whole listing did not contain, except what was seen otherwise', () => {
    store.observe('provider', page(seen('p1'), seen('p2'), seen('p3')));
    const generation = store.startListing('provider');
    store.observe('provider', {
      ...page(seen('p1'), { kind: 'malformed', id: 'p2', reason: 'odd' }),
      generation,
    });
    store.observe('provider', page(seen('p4')));
    store.finishListing('provider', generation, 'cursor');
    expect(suspects(store, 'provider', 10)).toEqual(['p3']);
    expect(store.cursor('provider')).toBe('cursor');
    store.confirm('provider', [{ id: 'p3', finding: { kind: 'absent', how: 'deleted' } }], START);
    expect(suspects(store, 'provider', 10)).toEqual([]);
    expect(store.sighting('provider', 'p3')).toEqual({ kind: 'absent', id: 'p3', how: 'deleted' });
  });

  it('counts a listing that was left half-way for nothing', () => {
    store.observe('provider', page(seen('p1'), seen('p2')));
    const generation = store.startListing('provider');
    store.observe('provider', { ...page(seen('p1')), generation });
    expect(suspects(store, 'provider', 10)).toEqual([]);
  });

  it('follows a record to its new id', () => {
    store.observe('provider', page(seen('p1')));
    store.observe('provider', page(seen('p9', { formerIds: ['p1'] })));
    expect(store.sighting('provider', 'p1')).toBeUndefined();
    expect(store.sighting('provider', 'p9')?.kind).toBe('present');
  });

  it('fills in the organization’s name, and makes its people dirty when it is renamed', () => {
    const acme = { id: '7', name: 'Acme', owned: true, hasAddress: false };
    store.observeOrganizations([acme], 'o1');
    store.observe('crm', page(seen('c1', { organizationId: '7' })));
    expect(store.sighting('crm', 'c1')).toMatchObject({
      revision: { contact: { organization: 'Acme' } },
    });
    for (const item of store.dirty(0, 10)) store.clean(item);
    store.observeOrganizations([{ ...acme, name: 'Acme Holding' }], 'o2');
    expect(signalOf(store, 'crm')).toBe(1);
    expect(store.organizationNamed(' ACME  holding')?.id).toBe('7');
  });

  it('forgets with an account what no other account uses', () => {
    const database = open({ home: ':memory:' });
    const [first, second] = [anAccount(database), anAccount(database, 'b@example.com')];
    first.observe('provider', page(seen('p1')));
    first.observe('crm', page(seen('c1')));
    database.accounts.remove(1);
    expect(second.mirrored('crm')).toBe(1);
    expect(second.mirrored('provider')).toBe(0);
  });
});
