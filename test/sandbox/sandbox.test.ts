import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { named, signedIn } from './google-client.ts';
import type { Signed } from './google-client.ts';

let signed: Signed;

beforeEach(async () => {
  signed = await signedIn({ contacts: [named('Ana', 'Diaz')] });
});

afterEach(() => signed.sandbox.close());

async function control(path: string, body?: unknown) {
  const answer = await fetch(
    `${signed.sandbox.url}/control/${path}`,
    body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) },
  );
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

const names = () =>
  signed.sandbox.google.people().map((person) => person.names?.[0]?.displayName ?? '');

describe('a sandbox', () => {
  it('points contactsync at itself, on loopback only', () => {
    const { env, url } = signed.sandbox;
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/u);
    expect(Object.keys(env)).toEqual([
      'CONTACTSYNC_GOOGLE_URL',
      'CONTACTSYNC_GOOGLE_AUTH_URL',
      'CONTACTSYNC_GOOGLE_CLIENT_ID',
      'CONTACTSYNC_GOOGLE_CLIENT_SECRET',
      'CONTACTSYNC_MICROSOFT_URL',
      'CONTACTSYNC_MICROSOFT_AUTH_URL',
      'CONTACTSYNC_MICROSOFT_CLIENT_ID',
      'CONTACTSYNC_PIPEDRIVE_URL',
      'CONTACTSYNC_PIPEDRIVE_AUTH_URL',
      'CONTACTSYNC_PIPEDRIVE_CLIENT_ID',
      'CONTACTSYNC_PIPEDRIVE_CLIENT_SECRET',
      'CONTACTSYNC_PIPEDRIVE_TOKEN',
    ]);
  });

  it('is the same for the same seed, and another for another', async () => {
    const others = await Promise.all(
      [1, 1, 2].map((seed) => startSandbox({ seed, contacts: [named('Ana')] })),
    );
    const ids = others.map(({ google }) => google.people()[0]?.resourceName);
    await Promise.all(others.map((each) => each.close()));
    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).not.toBe(ids[2]);
  });

  it('keeps a log of requests, without secrets', async () => {
    signed.sandbox.clearRequests();
    await fetch(`${signed.sandbox.url}/v1/people:createContact?access_token=secret&alt=json`, {
      method: 'POST',
    });
    await fetch(`${signed.sandbox.url}/photos/contacts/1/default`);
    expect(signed.sandbox.requests()).toEqual([
      {
        vendor: 'google',
        method: 'POST',
        path: '/v1/people:createContact',
        query: 'alt=json',
        status: 401,
        write: true,
      },
      {
        vendor: 'google',
        method: 'GET',
        path: '/photos/contacts/1/default',
        status: 200,
        write: false,
      },
    ]);
    expect((await control('requests')).body['requests']).toHaveLength(2);
  });

  it('tells its own time', async () => {
    signed.sandbox.advance(1000 * 60 * 60 * 24 * 365);
    const answer = await fetch(`${signed.sandbox.url}/photos/contacts/1/default`);
    const ahead = new Date(answer.headers.get('date') ?? '').getTime() - Date.now();
    expect(ahead).toBeGreaterThan(1000 * 60 * 60 * 24 * 364);
  });

  it('answers 404 where nobody lives', async () => {
    expect((await fetch(`${signed.sandbox.url}/favicon.ico`)).status).toBe(404);
  });

  it('takes a message of any kind for the vendors to refuse', async () => {
    const answer = await fetch(`${signed.sandbox.url}/v1/people:createContact`, {
      method: 'POST',
      headers: { authorization: `Bearer ${signed.token}` },
      body: '{half',
    });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('Invalid JSON payload received');
  });
});

describe('the control address', () => {
  it('does what the user of Google Contacts does', async () => {
    const hand = (action: string, ...args: readonly unknown[]) =>
      control(`google/${action}`, { args });
    const { body } = await hand('create', { contact: { name: { given: 'Bo' } } });
    const id = String(body['answer']);
    await hand('update', id, { name: { given: 'Bob' } });
    expect(names()).toEqual(['Ana Diaz', 'Bob']);
    await hand('edit', id, { nicknames: [{ value: 'B' }] });
    await hand('createGroup', 'Press');
    await hand('label', id, 'Press', true);
    await hand('renameGroup', 'Press', 'Media');
    await hand('setPhoto', id, { bytes: { base64: '/9j/4AAQ' }, type: 'image/jpeg' });
    await hand('linkProfile', id, 'bobby');
    const people = (await hand('people')).body['answer'] as readonly object[];
    expect(people[1]).toMatchObject({
      nicknames: [{ value: 'B' }],
      names: [{ givenName: 'Bob' }, { givenName: 'bobby' }],
      memberships: [{}, {}, { domainMembership: {} }],
    });
    expect(JSON.stringify(people[1])).not.toContain('"default"');
    await hand('setPhoto', id);
    await hand('deleteGroup', 'Media');
    await hand('remove', id);
    expect(names()).toEqual(['Ana Diaz']);
  });

  it('switches faults on, and says how often they were reached', async () => {
    await control('faults', [{ kind: 'html', vendor: 'google' }]);
    await fetch(`${signed.sandbox.url}/photos/contacts/1/default`);
    expect((await control('faults')).body).toEqual({
      faults: [{ kind: 'html', vendor: 'google', reached: 1 }],
      reached: 1,
    });
    await control('faults', []);
    expect((await control('faults')).body).toEqual({ faults: [], reached: 0 });
  });

  it('moves the clock and starts everything again', async () => {
    await control('clock', { advanceMs: 1 });
    signed.sandbox.google.create(named('Bo'));
    await control('reset', {});
    expect(names()).toEqual(['Ana Diaz']);
    expect(signed.sandbox.requests()).toEqual([]);
  });

  it.each([
    ['google/fly', {}],
    ['google/remove', { args: ['people/c1'] }],
    ['google/remove', {}],
    ['google/create', { args: [null] }],
    ['google/hide', { args: ['long'] }],
    ['google/consent', { args: ['maybe'] }],
    ['pipedrive/setOption', { args: ['listLag', 'long'] }],
    ['nobody/create', {}],
    ['nothing', {}],
    ['faults', {}],
    ['faults', [{ kind: 'fire' }]],
    ['clock', {}],
  ])('refuses %s with %j and says why', async (path, body) => {
    const answer = await control(path, body);
    expect(answer.status).toBe(400);
    expect(answer.body['error']).toEqual(expect.any(String));
  });

  it.each(['google', 'microsoft', 'pipedrive'])(
    'has a manual with every action at %s',
    async (vendor) => {
      const { body } = await control(`${vendor}/nonsense`, {});
      const [, list = ''] = /but: (.+)\.$/u.exec(String(body['error'])) ?? [];
      const manual = readFileSync(new URL('../../docs/sandbox.md', import.meta.url), 'utf8');
      const missing = list.split(', ').filter((name) => !manual.includes(`\`${name}(`));
      expect(missing).toEqual([]);
      expect(list).toContain('create');
    },
  );

  it('refuses web pages', async () => {
    const answer = await fetch(`${signed.sandbox.url}/control/reset`, {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
    });
    expect(answer.status).toBe(400);
  });
});
