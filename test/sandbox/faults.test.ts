import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createFaults, shortened } from '../../src/sandbox/faults.ts';
import type { Fault } from '../../src/sandbox/faults.ts';
import { named, signedIn } from './google-client.ts';
import type { Signed } from './google-client.ts';

const READ = {
  vendor: 'google',
  method: 'GET',
  path: '/v1/people/me/connections',
  write: false,
} as const;
const WRITE = {
  vendor: 'pipedrive',
  method: 'POST',
  path: '/api/v2/persons',
  write: true,
} as const;

describe('which requests a fault befalls', () => {
  it.each<[string, Partial<Fault>, boolean, boolean]>([
    ['all without a target', {}, true, true],
    ['one vendor’s', { vendor: 'google' }, true, false],
    ['one method’s', { method: 'POST' }, false, true],
    ['those of a path', { path: '^/v1/people' }, true, false],
    ['writes', { write: true }, false, true],
    ['reads', { write: false }, true, false],
  ])('%s', (_, target, read, write) => {
    const faults = createFaults();
    faults.add({ kind: 'cut-before', ...target } as Fault);
    expect(faults.take(READ)).toHaveLength(read ? 1 : 0);
    expect(faults.take(WRITE)).toHaveLength(write ? 1 : 0);
    expect(faults.reached()).toBe(Number(read) + Number(write));
  });

  it('the nth only, or so many times', () => {
    const faults = createFaults();
    faults.add({ kind: 'html', nth: 2 });
    faults.add({ kind: 'empty-list', times: 2 });
    const kinds = [1, 2, 3].map(() => faults.take(READ).map(({ kind }) => kind));
    expect(kinds).toEqual([['empty-list'], ['html', 'empty-list'], []]);
    expect(faults.list()).toMatchObject([{ reached: 1 }, { reached: 2 }]);
    faults.clear();
    expect(faults.reached()).toBe(0);
  });
});

describe('a shortened list', () => {
  it('has nothing that leads to more, at any vendor', () => {
    const google = { connections: [1, 2, 3, 4], nextPageToken: 'x', totalItems: 9 };
    expect(shortened({ status: 200, body: google }, 'half').body).toEqual({
      connections: [1, 2],
      totalItems: 9,
    });
    const pipedrive = { success: true, data: [1, 2], additional_data: { next_cursor: 'x' } };
    expect(shortened({ status: 200, body: pipedrive }, 'none').body).toEqual({
      success: true,
      data: [],
      additional_data: { next_cursor: null },
    });
  });
});

describe('a fault over the wire', () => {
  let signed: Signed;

  beforeEach(async () => {
    signed = await signedIn({ contacts: [named('Ana'), named('Bo')] });
    signed.sandbox.clearRequests();
  });

  afterEach(() => signed.sandbox.close());

  const headers = () => ({ authorization: `Bearer ${signed.token}` });
  const list = (signal?: AbortSignal) =>
    fetch(`${signed.sandbox.url}/v1/people/me/connections?personFields=names`, {
      headers: headers(),
      ...(signal === undefined ? {} : { signal }),
    });
  const create = () =>
    fetch(`${signed.sandbox.url}/v1/people:createContact`, {
      method: 'POST',
      headers: headers(),
      body: '{}',
    });
  const count = () => signed.sandbox.google.people().length;

  it('cuts the connection before or after the write takes effect', async () => {
    signed.sandbox.faults.add({ kind: 'cut-before', write: true, times: 1 });
    await expect(create()).rejects.toThrow('fetch failed');
    expect(count()).toBe(2);
    signed.sandbox.faults.add({ kind: 'cut-after', write: true, times: 1 });
    await expect(create()).rejects.toThrow('fetch failed');
    expect(count()).toBe(3);
    expect(signed.sandbox.requests()).toMatchObject([
      { status: 0, write: true },
      { status: 0, write: true },
    ]);
  });

  it.each([
    ['hang-before' as const, 2],
    ['hang-after' as const, 3],
  ])('never answers: %s', async (kind, people) => {
    signed.sandbox.faults.add({ kind });
    const abort = new AbortController();
    const hung = fetch(`${signed.sandbox.url}/v1/people:createContact`, {
      method: 'POST',
      headers: headers(),
      body: '{}',
      signal: abort.signal,
    });
    const ended = expect(hung).rejects.toThrow('aborted');
    while (signed.sandbox.requests().length === 0) await new Promise((done) => setTimeout(done, 5));
    expect(signed.sandbox.faults.reached()).toBe(1);
    expect(count()).toBe(people);
    abort.abort();
    await ended;
  });

  it('answers another status, with headers', async () => {
    const body = { error: { code: 429 } };
    signed.sandbox.faults.add({
      kind: 'status',
      status: 429,
      body,
      headers: { 'retry-after': '7' },
    });
    const answer = await list();
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('7');
    expect(await answer.json()).toEqual(body);
  });

  it.each([
    ['without Retry-After', {}, null],
    ['with seconds', { retryAfterS: 7 }, '7'],
    ['with a moment', { retryAfterS: 7, form: 'date' as const }, 'a moment'],
  ])('answers 429 %s', async (_, told, expected) => {
    signed.sandbox.advance(60_000);
    signed.sandbox.faults.add({ kind: 'too-many', ...told });
    const answer = await list();
    expect(answer.status).toBe(429);
    const header = answer.headers.get('retry-after');
    if (expected !== 'a moment') return expect(header).toBe(expected);
    const waits = Date.parse(header ?? '') - Date.parse(answer.headers.get('date') ?? '');
    expect([7000, 8000]).toContain(waits);
  });

  it('answers HTML', async () => {
    signed.sandbox.faults.add({ kind: 'html' });
    const answer = await list();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html']);
    expect(await answer.text()).toContain('<h1>');
  });

  it('sends half a JSON, cut short or complete by its length', async () => {
    signed.sandbox.faults.add({ kind: 'half-json', times: 1 });
    await expect(list().then((answer) => answer.text())).rejects.toThrow('terminated');
    signed.sandbox.faults.add({ kind: 'half-json', length: 'right' });
    const answer = await list();
    expect(answer.headers.get('content-type')).toContain('json');
    const text = await answer.text();
    expect(text).toMatch(/^\{/u);
    expect(() => JSON.parse(text) as unknown).toThrow();
  });

  it('truncates or empties a list', async () => {
    signed.sandbox.faults.add({ kind: 'truncate-page', times: 1 });
    expect(await (await list()).json()).toMatchObject({ connections: [{}], totalItems: 2 });
    signed.sandbox.faults.add({ kind: 'empty-list' });
    expect(await (await list()).json()).toMatchObject({ connections: [] });
  });

  it('delays, and other faults still come', async () => {
    signed.sandbox.faults.add({ kind: 'latency', ms: 1 });
    signed.sandbox.faults.add({ kind: 'html' });
    expect((await list()).headers.get('content-type')).toBe('text/html');
    expect(signed.sandbox.faults.reached()).toBe(2);
  });
});
