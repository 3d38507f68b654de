import { afterEach, describe, expect, it } from '@jest/globals';
import {
  BadAnswer,
  BudgetSpent,
  CursorExpired,
  Forbidden,
  SignInNeeded,
  Unreachable,
} from '../../src/sync/errors.ts';
import { googleLimits } from '../../src/providers/google/limits.ts';
import { readCursor, writeCursor } from '../../src/providers/google/cursor.ts';
import { ann } from '../support/contacts.ts';
import {
  aPerson,
  atSandbox,
  EXPIRED,
  failure,
  readAll,
  scripted,
  type ScriptedAnswer,
  SIGNAL,
} from './google-support.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function google(...answers: readonly ScriptedAnswer[]) {
  const server = await scripted((_question, at) => answers[at] ?? { body: {} });
  open.push(server);
  return server;
}

async function sandbox(...options: Parameters<typeof atSandbox>) {
  const there = await atSandbox(...options);
  open.push(there);
  return there;
}

const NOW = new Date('2026-05-05T00:00:00Z');
const saved = () => writeCursor({ token: 'T0', fullAt: new Date().toISOString() });

describe('the cursor', () => {
  it('comes back as it was', () => {
    const cursor = { token: 'T', fullAt: '2026-05-04T00:00:00.000Z' };
    expect(readCursor(writeCursor(cursor), NOW)).toEqual(cursor);
  });

  it.each([
    [
      'more than 6 days after the full sync',
      writeCursor({ token: 'T', fullAt: '2026-04-28T23:59:59Z' }),
    ],
    ['with a broken time', writeCursor({ token: 'T', fullAt: 'yesterday' })],
    ['made by another question', JSON.stringify({ token: 'T', fullAt: NOW, question: 'other' })],
    ['that is no JSON', 'T'],
    ['that is null', 'null'],
  ])('%s is expired', (_what, cursor) => {
    expect(() => readCursor(cursor, NOW)).toThrow(CursorExpired);
  });
});

describe('the change feed', () => {
  it('asks one question, page by page, and keeps the time of the full sync in deltas', async () => {
    const { side, asked } = await google(
      { body: { connections: [aPerson('1')], nextPageToken: 'P2', totalItems: 2 } },
      { body: { connections: [aPerson('2')], nextSyncToken: 'T1', totalItems: 2 } },
      { body: { nextSyncToken: 'T2' } },
    );
    const full = await readAll(side);
    const delta = await readAll(side, full.cursor);
    expect(full).toMatchObject({ pages: 2, items: [{ kind: 'revision' }, { kind: 'revision' }] });
    expect(delta).toMatchObject({ pages: 1, items: [] });
    expect(JSON.parse(delta.cursor)).toEqual({ ...JSON.parse(full.cursor), token: 'T2' });

    const [first, second, third] = asked;
    expect(Object.fromEntries(first?.query ?? [])).toEqual({
      personFields: expect.stringContaining('metadata'),
      sources: 'READ_SOURCE_TYPE_CONTACT',
      pageSize: '1000',
      requestSyncToken: 'true',
    });
    expect(second?.query.toString()).toBe(`${first?.query.toString()}&pageToken=P2`);
    expect(third?.query.toString()).toBe(`${first?.query.toString()}&syncToken=T1`);
    expect(asked.map(({ headers }) => headers['accept-language'])).toEqual(['en', 'en', 'en']);
  });

  it('asks nothing with a cursor that is known to be too old', async () => {
    const { side, asked } = await google();
    const cursor = writeCursor({ token: 'T', fullAt: '2020-01-01T00:00:00Z' });
    await expect(readAll(side, cursor)).rejects.toThrow(CursorExpired);
    expect(asked).toEqual([]);
  });

  it.each([
    ['the documented 400', EXPIRED],
    ['the 410 of older documents', failure(410, 'GONE', 'Sync token is expired.')],
    ['the message alone', failure(400, 'INVALID_ARGUMENT', 'Sync token is expired.')],
    ['a plain invalid argument', failure(400, 'INVALID_ARGUMENT', 'Request contains …')],
  ])('takes %s for an expired cursor, also on page 2', async (_what, answer) => {
    const first = await google(answer);
    await expect(readAll(first.side, saved())).rejects.toThrow(CursorExpired);
    const second = await google({ body: { connections: [], nextPageToken: 'P2' } }, answer);
    await expect(readAll(second.side, saved())).rejects.toThrow(CursorExpired);
  });

  it('takes an invalid argument without any token for our own fault', async () => {
    const { side } = await google(failure(400, 'INVALID_ARGUMENT'));
    await expect(readAll(side)).rejects.toThrow(BadAnswer);
  });

  it('goes on past a malformed person among good ones', async () => {
    const connections = [aPerson('1'), aPerson('2', { names: 'Kim' }), null, aPerson('3')];
    const { side } = await google({ body: { connections, nextSyncToken: 'T', totalItems: 4 } });
    const { items } = await readAll(side);
    expect(items.map(({ kind }) => kind)).toEqual([
      'revision',
      'malformed',
      'malformed',
      'revision',
    ]);
  });

  it.each<[string, unknown]>([
    [
      'fewer contacts than announced',
      { connections: [aPerson('1')], nextSyncToken: 'T', totalItems: 2 },
    ],
    ['fewer than announced in the older way', { nextSyncToken: 'T', totalPeople: 1 }],
    ['no list though contacts are announced', { nextSyncToken: 'T', totalItems: 2 }],
    ['a list that is none', { connections: {}, nextSyncToken: 'T' }],
    ['no sync token at the end', { connections: [], totalItems: 0 }],
    ['a list instead of a page', []],
    ['HTML', '<!doctype html><p>Sign in to the Wi-Fi'],
    ['half a JSON', '{"connections":[{"resou'],
  ])('refuses %s', async (_what, body) => {
    const { side } = await google({ body });
    await expect(readAll(side)).rejects.toThrow(BadAnswer);
  });

  it('refuses a page that leads to itself', async () => {
    const page = { body: { connections: [], nextPageToken: 'P' } };
    const { side } = await google(page, page, page);
    await expect(readAll(side)).rejects.toThrow(BadAnswer);
  });

  it('ends an empty address book with a cursor', async () => {
    const { side } = await google({ body: { nextSyncToken: 'T' } });
    expect(await readAll(side)).toMatchObject({ items: [], cursor: expect.stringContaining('T') });
  });

  it.each<[string, ScriptedAnswer, new (...args: never[]) => Error, RegExp]>([
    ['401', failure(401, 'UNAUTHENTICATED'), SignInNeeded, /no longer valid/],
    [
      '403 about scopes',
      failure(403, 'PERMISSION_DENIED', 'Request had insufficient authentication scopes.'),
      SignInNeeded,
      /does not cover/,
    ],
    [
      '403 about a scope, by its reason alone',
      failure(403, 'PERMISSION_DENIED', '', [{ reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' }]),
      SignInNeeded,
      /does not cover/,
    ],
    [
      '403 about the API',
      failure(403, 'PERMISSION_DENIED', 'People API has not been used in project 1 before'),
      Forbidden,
      /switched off/,
    ],
    ['403 otherwise', failure(403, 'PERMISSION_DENIED'), Forbidden, /administrator/],
    ['503', failure(503, 'UNAVAILABLE'), Unreachable, /503/],
    [
      '429 of a long quota',
      failure(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).', [
        { violations: [{ description: 'FBS quota limit exceeded' }] },
      ]),
      BudgetSpent,
      /used up/,
    ],
  ])('tells %s', async (_what, answer, error, message) => {
    const server = await scripted(() => answer);
    open.push(server);
    const reading = readAll(server.side);
    await expect(reading).rejects.toThrow(error);
    await expect(reading).rejects.toThrow(message);
  });

  it('waits out a minute’s quota', async () => {
    const { side, asked } = await google(
      failure(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded for … per minute per user', [
        { reason: 'RATE_LIMIT_EXCEEDED' },
      ]),
      { body: { nextSyncToken: 'T' } },
    );
    await readAll(side);
    expect(asked).toHaveLength(2);
  });

  it('learns which quota is smaller than it was taken for', () => {
    const details = [
      { metadata: { quota_metric: 'people.googleapis.com/critical_read_requests' } },
    ];
    const { body } = failure(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded … per minute', details);
    const text = JSON.stringify(body);
    const answer = {
      status: 429,
      headers: {},
      bytes: new TextEncoder().encode(text),
      text: () => text,
      json: () => body,
    };
    expect(googleLimits().afterTooMany?.(answer)).toEqual({
      kind: 'wait',
      ms: 60_000,
      budget: 'critical-read',
    });
  });
});

describe('reading by id', () => {
  it('has a finding for every id, 200 to a request', async () => {
    const { side, asked } = await google({ body: {} });
    await expect(side.read(['people/c1'], SIGNAL)).rejects.toThrow(BadAnswer);
    expect(asked).toHaveLength(1);

    const server = await scripted(({ query }) => ({
      body: {
        responses: query.getAll('resourceNames').map((id, at) => {
          if (at === 0) return { requestedResourceName: id, httpStatusCode: 404 };
          if (at === 1) return { requestedResourceName: id, status: { code: 5 } };
          const person = aPerson(id.slice(8), at === 2 ? { names: 7 } : {});
          return { requestedResourceName: id, person, httpStatusCode: 200 };
        }),
      },
    }));
    open.push(server);
    const ids = Array.from({ length: 205 }, (_, at) => `people/c${at}`);
    const found = await server.side.read([...ids, ...ids], SIGNAL);
    expect(server.asked.map(({ query }) => query.getAll('resourceNames').length)).toEqual([200, 5]);
    expect([...found.keys()]).toEqual(ids);
    expect(ids.slice(0, 4).map((id) => found.get(id)?.kind)).toEqual([
      'absent',
      'absent',
      'malformed',
      'present',
    ]);
  });
});

describe('at the sandbox', () => {
  it('lists, shows changes and deletions, and says when the token is dead', async () => {
    const { side, sandbox: there } = await sandbox();
    const kept = there.google.create({ contact: ann(), groups: ['Customers'] });
    const gone = there.google.create({ contact: ann({ notes: 'x' }) });
    const full = await readAll(side);
    expect(full.items).toHaveLength(2);

    there.google.update(kept, { jobTitle: 'Chief' });
    there.google.remove(gone);
    const delta = await readAll(side, full.cursor);
    expect(delta.items).toContainEqual({ kind: 'tombstone', id: gone });
    const changed = delta.items.find((item) => item.kind === 'revision');
    expect(changed).toMatchObject({ revision: { id: kept, contact: { jobTitle: 'Chief' } } });

    there.google.expireSyncTokens();
    await expect(readAll(side, delta.cursor)).rejects.toThrow(CursorExpired);
  });

  it('pages 1,000 at a time', async () => {
    const contacts = Array.from({ length: 1001 }, (_, at) => ({
      contact: ann({ emails: [{ value: `ann${at}@example.com` }] }),
    }));
    const { side, sandbox: there } = await sandbox({ contacts });
    const full = await readAll(side);
    expect(full).toMatchObject({ pages: 2 });
    expect(full.items).toHaveLength(1001);
    expect(there.requests()).toHaveLength(2);
  });

  it.each(['truncate-page', 'empty-list', 'html', 'half-json'] as const)(
    'refuses a list with the fault %s',
    async (kind) => {
      const { side, sandbox: there } = await sandbox();
      for (const notes of ['a', 'b', 'c', 'd']) there.google.create({ contact: ann({ notes }) });
      there.faults.add({ vendor: 'google', kind });
      await expect(readAll(side)).rejects.toThrow(/./);
    },
  );

  it('follows a contact to its new name, and leaves a joined profile out', async () => {
    const { side, sandbox: there } = await sandbox();
    const old = there.google.create({ contact: ann() });
    const { cursor } = await readAll(side);
    const id = there.google.rekey(old);
    there.google.linkProfile(id, 'Somebody Else', true);
    const { items } = await readAll(side, cursor);
    const found = items.flatMap((item) => (item.kind === 'revision' ? [item.revision] : []));
    expect(found).toMatchObject([{ id, contact: ann(), formerIds: [old] }]);
    expect(found[0]?.photo).toBeUndefined();
  });

  it('lists labels and the system groups of use', async () => {
    const { side, sandbox: there } = await sandbox();
    there.google.create({ contact: ann(), groups: ['Customers'] });
    const groups = await side.groups.list(SIGNAL);
    expect(groups).toContainEqual({
      id: 'contactGroups/myContacts',
      name: 'My Contacts',
      kind: 'label',
      count: 1,
    });
    expect(groups.map(({ name, count }) => `${name} ${count}`).toSorted()).toEqual([
      'Customers 1',
      'My Contacts 1',
      'Starred 0',
    ]);
  });

  it('fetches a picture without the sign-in, and none that is gone', async () => {
    const bytes = Uint8Array.from([0xff, 0xd8, 0xff, 1, 2, 3]);
    const { side, sandbox: there } = await sandbox();
    const id = there.google.create({ contact: ann(), photo: { bytes, type: 'image/jpeg' } });
    const finding = (await side.read([id], SIGNAL)).get(id);
    const ref = finding?.kind === 'present' ? (finding.revision.photo ?? '') : '';
    expect(new Uint8Array((await side.photoSource.fetch(ref, SIGNAL)) ?? [])).toEqual(bytes);
    there.google.setPhoto(id, undefined);
    expect(await side.photoSource.fetch(ref, SIGNAL)).toBeUndefined();
  });

  it('names the account', async () => {
    const { side } = await sandbox({ email: 'ann@example.com' });
    const { email, id } = await side.account(SIGNAL);
    expect(email).toBe('ann@example.com');
    expect(id).toMatch(/^\d+$/u);
  });
});
