import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { migrate, MIGRATIONS } from '../../src/store/migrate.ts';
import { openStore } from '../../src/store/open.ts';
import { ann } from '../support/contacts.ts';

/* A database of every form there ever was becomes one of today's, with all that is in it. */

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'contactsync-migrations-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const NEWEST = MIGRATIONS.length;
const FORMER = Array.from({ length: NEWEST - 1 }, (_, index) => index + 1);
const file = (): string => path.join(home, 'contactsync.db');
const JSON_ANN = JSON.stringify(ann());
const BODY = JSON.stringify({
  kind: 'update',
  expected: { id: 'c1', etag: '1', contact: ann(), groups: [], owned: true },
  patch: { jobTitle: 'Captain' },
  delivers: {},
});
const ANSWER = JSON.stringify([
  { side: 'provider', kind: 'absent', id: 'p1', how: 'deleted' },
  {
    side: 'crm',
    kind: 'present',
    revision: {
      id: 'c1',
      etag: '2',
      contact: ann({ jobTitle: 'CAPTAIN' }),
      groups: [],
      owned: true,
    },
    keys: ['k'],
  },
]);
const SUMMARY = JSON.stringify({
  status: 'ok',
  full: false,
  crm: { created: 0, updated: 1, deleted: 0 },
  provider: { created: 0, updated: 0, deleted: 0 },
  linked: 0,
  unlinked: 0,
  conflicts: 0,
  requests: { provider: 1, crm: 1 },
  durationMs: 1,
});

/** A row in every table that the first form had. */
const FIRST_ROWS = `
INSERT INTO connection VALUES (1, 'google', 'g1', '{"email":"ann@example.com"}'), (2, 'pipedrive', '1:1', '{}');
INSERT INTO secret VALUES (1, 'tokens', x'00');
INSERT INTO account VALUES (1, 'ann@example.com', 'ann@example.com', 1, 2, 'all', 'All', 'one-way',
  'company', NULL, 'newest', 'email', 0, '2026-01-01T00:00:00.000Z');
INSERT INTO reading VALUES (1, 'cursor', NULL, 3, '{}');
INSERT INTO mirror VALUES
  (1, 'p1', '1', 'h', '${JSON_ANN}', '[]', 1, NULL, NULL, NULL, 1, '2026-01-02T00:00:00Z', NULL, 0, 3),
  (2, 'c1', '1', 'h', '${JSON_ANN}', '[]', 1, '7', NULL, NULL, 1, '2026-01-02T00:00:00Z', NULL, 0, 1);
INSERT INTO match_key VALUES (1, 'k', 'p1');
INSERT INTO organization VALUES (2, '7', 'Acme', 'acme', 1, 0, NULL);
INSERT INTO custom_field VALUES (2, 'notes', 'found', 'abc');
INSERT INTO mapping VALUES (1, 1, 'p1', 'c1', '${JSON_ANN}', '${JSON_ANN}', NULL, NULL, NULL),
  (2, 1, 'p2', 'c2', '{}', '{}', NULL, 'left-group', '2026-01-02T00:00:00.000Z');
INSERT INTO dirty VALUES (1, 1, 'provider', 'p1');
INSERT INTO parked VALUES (1, 'crm', 'c9', 'refused', 'No.', 'Ben', 'f', 1, '2026', '2026');
INSERT INTO run VALUES ('r1', 1, '2026-01-02T00:00:00.000Z', '2026-01-02T00:01:00.000Z', 0, 0, 'ok', '${SUMMARY}');
INSERT INTO step VALUES (1, 'k1', 'r1', 1, 'contacts', 'crm', 'update', 'p1', 'c1', 'Ann Lee', '${BODY}',
  'settled', '2026-01-02T00:00:30.000Z', '2026-01-02T00:00:31.000Z', '${ANSWER}', NULL),
  (2, 'k2', 'r1', 1, 'organizations', 'crm', 'make-organization', NULL, NULL, 'Acme',
  '{"kind":"make-organization","draft":{"name":"Acme"}}', 'settled', NULL, '2026-01-02T00:00:30.000Z',
  '{"id":"7","name":"Acme"}', NULL);
`;

/** A database as the version with so many migrations has left it. */
function leftBy(version: number): void {
  const db = new Database(file());
  migrate(db, undefined, MIGRATIONS.slice(0, 1));
  db.exec(FIRST_ROWS);
  migrate(db, undefined, MIGRATIONS.slice(0, version));
  db.close();
}

/** Everything, as it can be asked for today. */
function everything() {
  const store = openStore({ home, toolVersion: '1' });
  const account = store.account(1);
  try {
    return {
      account: store.accounts.get(1)?.name,
      email: store.connections.get(1)?.details['email'],
      cursor: account.cursor('provider'),
      organization: account.organizationNamed('Acme')?.id,
      fields: account.customFields().map(({ code }) => code),
      pair: account.pairOf('crm', 'c1')?.mapping,
      crm: account.pairOf('crm', 'c1')?.crm,
      sameKey: account.holders('provider', ['k'], '').map(({ revision }) => revision.id),
      dirty: account.dirty(0, 10).map(({ kind }) => kind),
      parked: store.dashboard.setAside(1).map(({ contact }) => contact),
      released: store.dashboard.released(1),
      changes: store.history.changes('r1').map(({ contact, fields }) => ({ contact, fields })),
    };
  } finally {
    store.close();
  }
}

const WHOLE = {
  account: 'ann@example.com',
  email: 'ann@example.com',
  cursor: 'cursor',
  organization: '7',
  fields: ['abc'],
  pair: { id: 1, providerId: 'p1', crmId: 'c1', bases: { provider: ann(), crm: ann() } },
  crm: { revision: { contact: ann({ organization: 'Acme' }), updatedAt: '2026-01-02T00:00:00Z' } },
  sameKey: ['p1'],
  dirty: ['pair'],
  parked: ['Ben'],
  released: [{ reason: 'left-group', count: 1 }],
  changes: [
    { contact: 'Acme', fields: [] },
    { contact: 'Ann Lee', fields: [{ field: 'jobTitle', before: null, after: 'CAPTAIN' }] },
  ],
};

function versionOf(name: string): unknown {
  const db = new Database(path.join(home, name), { readonly: true });
  const version = db.pragma('user_version', { simple: true });
  const faults = db.pragma('integrity_check', { simple: true });
  db.close();
  return { version, faults };
}

/** Another process that is killed when the first so many migrations are done, and nothing is settled. */
async function killedAfter(done: number): Promise<void> {
  const dist = pathToFileURL(path.resolve('dist/store/migrate.js')).href;
  const sql = [...MIGRATIONS.slice(0, done), 'SELECT die()', ...MIGRATIONS.slice(done)];
  const code = `import Database from 'better-sqlite3';
    import { migrate } from ${JSON.stringify(dist)};
    const db = new Database(${JSON.stringify(file())});
    db.pragma('journal_mode = WAL');
    db.function('die', () => { process.kill(process.pid, 'SIGKILL'); return 1; });
    migrate(db, ${JSON.stringify(file())}, ${JSON.stringify(sql)});`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code]);
  const [signal] = await new Promise<[NodeJS.Signals | null]>((resolve) => {
    child.once('exit', (_, by) => resolve([by]));
  });
  expect(signal).toBe('SIGKILL');
}

describe.each(FORMER)('a database of form %i', (version) => {
  beforeEach(() => leftBy(version));

  it('keeps everything, and is put aside as it was before', async () => {
    expect(everything()).toMatchObject(WHOLE);
    expect(versionOf('contactsync.db')).toEqual({ version: NEWEST, faults: 'ok' });
    expect((await readdir(home)).filter((name) => name.includes('.before-'))).toEqual([
      `contactsync.db.before-${NEWEST}`,
    ]);
    expect(versionOf(`contactsync.db.before-${NEWEST}`)).toEqual({ version, faults: 'ok' });
  });

  it('is as it was where the process is killed in the middle, and goes on from there', async () => {
    for (let done = version; done <= NEWEST; done += 1) {
      await killedAfter(done);
      expect(versionOf('contactsync.db')).toEqual({ version, faults: 'ok' });
    }
    expect(everything()).toMatchObject(WHOLE);
  });
});
