import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { MicrosoftSandbox } from '../../src/sandbox/microsoft/index.ts';
import { named } from './google-client.ts';
import { errorCode, signedIn } from './microsoft-client.ts';
import type { Answer, Signed } from './microsoft-client.ts';
import { PIXEL_JPEG } from './microsoft-pictures.ts';

let signed: Signed;
let outlook: MicrosoftSandbox;

beforeEach(async () => {
  signed = await signedIn({ contacts: [named('Ana'), named('Bo')] });
  outlook = signed.sandbox.microsoft;
  signed.sandbox.clearRequests();
});

afterEach(() => signed.sandbox.close());

interface Item {
  readonly id: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Record<string, unknown>;
}

const JSON_BODY = { 'Content-Type': 'application/json' };
const get = (id: string, url = '/me/contacts') => ({ id, method: 'GET', url });
const make = (id: string, givenName = id) => ({
  id,
  method: 'POST',
  url: '/me/contacts',
  headers: JSON_BODY,
  body: { givenName },
});
const send = (...requests: readonly object[]) =>
  signed.graph('POST', '/$batch', { body: { requests } });

function items({ status, body }: Answer): ReadonlyMap<string, Item> {
  expect(status).toBe(200);
  return new Map((body['responses'] as readonly Item[]).map((item) => [item.id, item]));
}

const names = () => outlook.people('contacts').map(({ givenName }) => givenName);

describe('a batch', () => {
  it('has a status and an answer for each request, in any order', async () => {
    const answer = await send(get('1'), make('2', 'Cleo'), get('3', '/me/contacts/AAMkNobody='));
    const found = items(answer);
    expect([...found.keys()]).toEqual(['3', '2', '1']);
    expect(found.get('1')).toMatchObject({
      status: 200,
      headers: { 'Content-Type': expect.stringContaining('application/json') },
      body: { value: [{}, {}] },
    });
    expect(found.get('2')).toMatchObject({ status: 201, body: { givenName: 'Cleo' } });
    expect(found.get('3')).toMatchObject({
      status: 404,
      body: { error: { code: 'ErrorItemNotFound' } },
    });
    expect(names()).toEqual(['Ana', 'Bo', 'Cleo']);
  });

  it('has headers for each request', async () => {
    const [ana] = outlook.people('contacts');
    const prefer = { Prefer: 'IdType="ImmutableId"' };
    const one = get('1', `/me/contacts/${ana?.id}`);
    const found = items(await send({ ...one, headers: prefer }, { ...one, id: '2' }));
    expect(found.get('1')?.body['id']).toBe(ana?.id);
    expect(found.get('2')?.body['id']).not.toBe(ana?.id);
  });

  it('carries pictures as base64, both ways', async () => {
    const [ana] = outlook.people('contacts');
    const url = `/me/contacts/${ana?.id}/photo/$value`;
    const put = {
      id: '1',
      method: 'PUT',
      url,
      headers: { 'Content-Type': 'image/jpeg' },
      body: PIXEL_JPEG.toString('base64'),
    };
    const found = items(await send(put, { ...get('2', url), dependsOn: ['1'] }));
    expect(found.get('1')?.status).toBe(200);
    expect(found.get('2')).toMatchObject({
      headers: { 'Content-Type': 'image/jpeg' },
      body: PIXEL_JPEG.toString('base64'),
    });
  });

  it('leaves out what depends on a failure', async () => {
    const bad = { ...make('1'), body: { shoeSize: 43 } };
    const found = items(
      await send(bad, { ...make('2'), dependsOn: ['1'] }, { ...make('3'), dependsOn: ['2'] }),
    );
    expect([...found.values()].map(({ status }) => status)).toEqual([424, 424, 400]);
    expect(names()).toEqual(['Ana', 'Bo']);
    const chain = items(await send(make('a'), { ...make('b'), dependsOn: ['a'] }));
    expect([...chain.values()].map(({ status }) => status)).toEqual([201, 201]);
  });

  it.each([
    ['more than twenty', Array.from({ length: 21 }, (_, at) => get(String(at)))],
    ['none', []],
    ['two of one id', [get('a'), get('A')]],
    ['a body without its type', [{ ...make('1'), headers: {} }]],
    ['a batch inside', [{ ...make('1'), url: '/$batch' }]],
    ['no method', [{ id: '1', url: '/me' }]],
    ['a tangle of dependencies', [get('1'), get('2'), { ...get('3'), dependsOn: ['1'] }]],
    ['a parent that is not there', [get('1'), { ...get('2'), dependsOn: ['9'] }]],
  ])('with %s is refused as a whole', async (_, requests) => {
    const answer = await send(...requests);
    expect([answer.status, errorCode(answer)]).toEqual([400, 'BadRequest']);
  });

  it('takes twenty', async () => {
    const twenty = Array.from({ length: 20 }, (_, at) => make(String(at)));
    expect(items(await send(...twenty)).size).toBe(20);
    expect(names()).toHaveLength(22);
  });

  it('wants a sign-in', async () => {
    const answer = await signed.graph('POST', '/$batch', {
      headers: { authorization: 'Bearer nobody' },
      body: { requests: [get('1')] },
    });
    expect([answer.status, errorCode(answer)]).toEqual([401, 'InvalidAuthenticationToken']);
  });

  it('is one entry of the log, with what was inside', async () => {
    await send(get('1'), make('2'));
    await send(get('1'));
    expect(signed.sandbox.requests()).toMatchObject([
      {
        vendor: 'microsoft',
        path: '/v1.0/$batch',
        status: 200,
        write: true,
        items: [
          { method: 'GET', path: '/v1.0/me/contacts', status: 200 },
          { method: 'POST', path: '/v1.0/me/contacts', status: 201 },
        ],
      },
      { path: '/v1.0/$batch', write: false },
    ]);
  });
});

describe('a fault inside a batch', () => {
  const post = { vendor: 'microsoft', method: 'POST', path: '/me/contacts$' } as const;

  it('answers one request with another status, and its own Retry-After', async () => {
    const headers = { 'retry-after': '2.128' };
    signed.sandbox.faults.add({ ...post, kind: 'status', status: 429, headers, nth: 2 });
    const found = items(await send(make('1'), make('2'), make('3')));
    expect([...found.values()].map(({ status }) => status)).toEqual([201, 429, 201]);
    expect(found.get('2')?.headers['Retry-After']).toBe('2.128');
    expect(names()).toEqual(['Ana', 'Bo', '1', '3']);
  });

  it.each([
    ['cut-before', ['Ana', 'Bo', '1']],
    ['cut-after', ['Ana', 'Bo', '1', '2']],
  ] as const)('takes the connection with it: %s', async (kind, left) => {
    signed.sandbox.faults.add({ ...post, kind, nth: 2 });
    await expect(send(make('1'), make('2'), make('3'))).rejects.toThrow('fetch failed');
    expect(names()).toEqual(left);
    expect(signed.sandbox.requests()).toMatchObject([{ status: 0, write: true }]);
  });

  it('cuts an answer short, or gives a page or a list with less', async () => {
    const path = '/me/contacts$';
    signed.sandbox.faults.add({ kind: 'half-json', path, nth: 1 });
    signed.sandbox.faults.add({ kind: 'html', path, nth: 2 });
    signed.sandbox.faults.add({ kind: 'truncate-page', path, nth: 3 });
    signed.sandbox.faults.add({ kind: 'latency', ms: 1, path });
    const found = items(await send(get('1'), get('2'), get('3')));
    expect(found.get('1')?.body).toEqual(expect.stringMatching(/^\{"@odata/u));
    expect(found.get('2')?.body).toEqual(expect.stringContaining('<h1>'));
    expect(found.get('3')?.body['value']).toHaveLength(1);
    expect(signed.sandbox.faults.reached()).toBe(6);
  });

  it('shortens a list and leaves no way on', async () => {
    signed.sandbox.faults.add({ kind: 'truncate-page' });
    const answer = await signed.graph('GET', '/me/contacts?$top=1');
    expect(answer.body).not.toHaveProperty('@odata.nextLink');
  });

  it('can befall the batch itself, after all of it took effect', async () => {
    signed.sandbox.faults.add({ kind: 'cut-after', path: 'batch$' });
    await expect(send(make('1'), make('2'))).rejects.toThrow('fetch failed');
    expect(names()).toEqual(['Ana', 'Bo', '1', '2']);
  });
});

describe('throttling', () => {
  const LATE = { kind: 'latency', ms: 400, vendor: 'microsoft' } as const;
  const five = () =>
    Promise.all(Array.from({ length: 5 }, () => signed.graph('GET', '/me/contacts')));

  it('takes four requests at a time, and turns the fifth away', async () => {
    outlook.setOption('enforceLimits', true);
    signed.sandbox.faults.add(LATE);
    const answers = await five();
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(1);
    expect(refused[0]?.headers.get('retry-after')).toBe('2');
    expect(refused[0]?.body['error']).toMatchObject({
      code: 'ApplicationThrottled',
      message: 'Application is over its MailboxConcurrency limit.',
      innerError: { 'request-id': expect.any(String), date: expect.any(String) },
    });
    // All of them are done: the next ones are welcome.
    expect((await five()).filter(({ status }) => status === 200)).toHaveLength(4);
  });

  it('turns the requests of a fifth batch away, not the batch', async () => {
    outlook.setOption('enforceLimits', true);
    signed.sandbox.faults.add({ ...LATE, path: 'batch$' });
    const batches = await Promise.all(Array.from({ length: 5 }, () => send(get('1'), get('2'))));
    const statuses = batches.flatMap((batch) =>
      [...items(batch).values()].map(({ status }) => status),
    );
    expect(statuses.filter((status) => status === 429)).toHaveLength(2);
  });

  it('only counts while limits are not enforced', async () => {
    signed.sandbox.faults.add(LATE);
    expect((await five()).map(({ status }) => status)).toEqual(Array(5).fill(200));
    expect(outlook.peakConcurrency()).toBe(5);
  });

  it('forgets a request whose client went away', async () => {
    outlook.setOption('enforceLimits', true);
    signed.sandbox.faults.add({ kind: 'hang-before', times: 4 });
    const abort = new AbortController();
    const hung = Array.from({ length: 4 }, () =>
      fetch(`${signed.sandbox.url}/v1.0/me/contacts`, { signal: abort.signal }).catch(
        () => 'ended',
      ),
    );
    while (signed.sandbox.requests().length < 4) await new Promise((done) => setTimeout(done, 5));
    expect((await signed.graph('GET', '/me/contacts')).status).toBe(429);
    abort.abort();
    await Promise.all(hung);
    while ((await signed.graph('GET', '/me/contacts')).status === 429) {
      await new Promise((done) => setTimeout(done, 5));
    }
    expect((await five()).length).toBe(5);
  });

  it('takes so many requests in ten minutes, those in batches each', async () => {
    outlook.setOption('enforceLimits', true);
    outlook.setBudget(4);
    const found = items(await send(get('1'), get('2'), get('3')));
    expect([...found.values()].map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await signed.graph('GET', '/me/contacts')).status).toBe(200);
    const refused = await signed.graph('GET', '/me/contacts');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(500);
    signed.sandbox.advance(10 * 60_000 + 1000);
    expect((await signed.graph('GET', '/me/contacts')).status).toBe(200);
  });

  it.each([
    ['seconds', 'TooManyRequests', /^\d+$/u],
    ['decimal', 'ApplicationThrottled', /^\d+\.\d{3}$/u],
    ['missing', 'ApplicationThrottled', /^none$/u],
  ] as const)('says when to come back: %s', async (retryAfter, throttleCode, form) => {
    outlook.setOption('enforceLimits', true);
    outlook.setOption('retryAfter', retryAfter);
    outlook.setOption('throttleCode', throttleCode);
    outlook.setBudget(0);
    const refused = await signed.graph('GET', '/me/contacts');
    expect(errorCode(refused)).toBe(throttleCode);
    expect(refused.headers.get('retry-after') ?? 'none').toMatch(form);
    const item = items(await send(get('1'))).get('1');
    expect(item?.status).toBe(429);
    expect(item?.headers['Retry-After'] ?? 'none').toMatch(form);
  });

  it('may refuse the requests of a batch beyond the fourth', async () => {
    outlook.setOption('enforceLimits', true);
    const six = Array.from({ length: 6 }, (_, at) => make(String(at)));
    expect([...items(await send(...six)).values()].map(({ status }) => status)).toEqual(
      Array(6).fill(201),
    );
    outlook.setOption('batchSurplus', 'refused');
    const found = [...items(await send(...six)).values()].map(({ status }) => status);
    expect(found).toEqual([429, 429, 201, 201, 201, 201]);
  });
});
