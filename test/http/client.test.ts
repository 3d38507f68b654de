import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Limits } from '../../src/http/api.ts';
import { createHttp, type Http } from '../../src/http/client.ts';
import { redact } from '../../src/http/redact.ts';
import { retryAfter } from '../../src/http/retry.ts';
import { createScheduler } from '../../src/http/scheduler.ts';

/* One client for every vendor, against a server that does what each test says. Nobody waits: time is injected. */

type Answer = (request: IncomingMessage, response: ServerResponse, nth: number) => void;

const LIMITS: Limits = { concurrency: 4, budgets: [] };
const open: { server?: Server; http?: Http } = {};
afterEach(() => {
  open.http?.close();
  open.server?.closeAllConnections();
  open.server?.close();
});

async function serve(answer: Answer, limits = LIMITS) {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    answer(request, response, seen.length);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const slept: number[] = [];
  let at = Date.parse('2026-11-22T08:00:00Z');
  const timer = {
    now: () => at,
    sleep: async (ms: number) => {
      slept.push(ms);
      at += ms;
    },
  };
  const http = createHttp({ userAgent: 'test', timer, random: () => 0 });
  Object.assign(open, { server, http });
  const renewed: number[] = [];
  const credentials = {
    headers: async () => ({ authorization: `Bearer token-${renewed.length}` }),
    renew: async () => renewed.push(1) > 0,
  };
  const api = http.api({ name: 'test', base, limits, credentials });
  return { api, seen, slept, base, http, timer };
}

const json: Answer = (_, response) => {
  response.end('{"ok":true}');
};

describe('a call', () => {
  it('is signed, encoded, and counted', async () => {
    const { api, seen } = await serve(json);
    const answer = await api.send({
      method: 'GET',
      path: '/a',
      query: { b: ['1', '2'], c: 'x y', d: undefined },
    });
    expect(answer.json()).toEqual({ ok: true });
    expect(seen[0]?.url).toBe('/a?b=1&b=2&c=x+y');
    expect(seen[0]?.headers.authorization).toBe('Bearer token-0');
    expect(api.requests()).toBe(1);
  });

  it('counts from when it is sent: what nobody could sign is no request', async () => {
    const { base, http } = await serve(json);
    const credentials = {
      headers: () => Promise.reject(new Error('no key')),
      renew: async () => false,
    };
    const api = http.api({ name: 'test', base, limits: LIMITS, credentials });
    await expect(api.send({ method: 'GET', path: '/' })).rejects.toThrow('no key');
    expect(api.requests()).toBe(0);
  });

  it('may be one of many that hang from one signal: Node does not call that a leak', async () => {
    const { api } = await serve(json);
    const { signal } = new AbortController();
    await api.send({ method: 'GET', path: '/a', signal });
    // Where Node keeps it: under Jest its own question takes a signal for a stranger.
    const limit = Object.getOwnPropertySymbols(signal).find(({ description }) =>
      description?.endsWith('maxEventTargetListeners'),
    );
    expect(Reflect.get(signal, limit ?? '')).toBe(0);
  });

  it('is unzipped', async () => {
    const { api } = await serve((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"zipped":1}'));
    });
    expect((await api.send({ method: 'GET', path: '/' })).json()).toEqual({ zipped: 1 });
  });

  it('says so when the answer is no JSON', async () => {
    const { api } = await serve((_, response) => void response.end('<html>'));
    const answer = await api.send({ method: 'GET', path: '/' });
    expect(() => answer.json()).toThrow(expect.objectContaining({ kind: 'malformed' }));
  });

  it.each([502, 503, 504])('is repeated on %i when it may be', async (status) => {
    const { api, seen } = await serve(
      (_, response, nth) => void response.writeHead(nth < 3 ? status : 200).end('{}'),
    );
    expect((await api.send({ method: 'GET', path: '/' })).status).toBe(200);
    expect(seen).toHaveLength(3);
  });

  it('is never repeated when it might double something: it is lost', async () => {
    const { api, seen } = await serve((request) => request.socket.destroy());
    await expect(api.send({ method: 'POST', path: '/', json: {} })).rejects.toMatchObject({
      kind: 'lost',
    });
    expect(seen).toHaveLength(1);
  });

  it('has not happened where nothing listens', async () => {
    const { http } = await serve(json);
    const api = http.api({ name: 'nowhere', base: 'http://127.0.0.1:9', limits: LIMITS });
    await expect(api.send({ method: 'POST', path: '/' })).rejects.toMatchObject({
      kind: 'unreachable',
    });
  });

  it('waits a 429 out, also one that writes', async () => {
    const { api, seen, slept } = await serve((_, response, nth) => {
      response.writeHead(nth === 1 ? 429 : 200, { 'retry-after': '1.5' }).end('{}');
    });
    expect((await api.send({ method: 'POST', path: '/', json: {} })).status).toBe(200);
    expect(slept).toEqual([1500]);
    expect(seen).toHaveLength(2);
  });

  it('gives up at once where the vendor’s limits say that nothing more goes today', async () => {
    const limits: Limits = { ...LIMITS, afterTooMany: () => ({ kind: 'spent' }) };
    const { api } = await serve((_, response) => void response.writeHead(429).end(), limits);
    await expect(api.send({ method: 'GET', path: '/' })).rejects.toMatchObject({ kind: 'spent' });
  });

  it('renews the sign-in once after a 401, and repeats', async () => {
    const { api, seen } = await serve((request, response) => {
      response.writeHead(request.headers.authorization === 'Bearer token-1' ? 200 : 401).end('{}');
    });
    expect((await api.send({ method: 'POST', path: '/', json: {} })).status).toBe(200);
    expect(seen).toHaveLength(2);
  });

  it('is cut off where an answer is too large', async () => {
    const { api } = await serve((_, response) => void response.end('x'.repeat(2000)));
    const call = { method: 'GET', path: '/', maxBytes: 1000 } as const;
    await expect(api.send(call)).rejects.toMatchObject({ kind: 'too-large' });
  });

  it.each(['https://example.com/next', 'http://example.com/'])(
    'takes no token to %s',
    async (address) => {
      const { api, seen } = await serve(json);
      await expect(api.send({ method: 'GET', path: address })).rejects.toMatchObject({
        kind: 'refused',
      });
      expect(seen).toEqual([]);
    },
  );

  it('follows redirects without a sign-in only', async () => {
    const { api, seen } = await serve((request, response) => {
      if (request.url === '/from') response.writeHead(302, { location: '/to' }).end();
      else response.end('{}');
    });
    expect((await api.send({ method: 'GET', path: '/from' })).status).toBe(302);
    expect((await api.send({ method: 'GET', path: '/from', anonymous: true })).status).toBe(200);
    expect(seen.at(-1)?.headers.authorization).toBeUndefined();
  });

  it('ends with the reason it was aborted for', async () => {
    const { api } = await serve(() => undefined);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(api.send({ method: 'GET', path: '/', signal })).rejects.toThrow('enough');
  });

  it('tells the vendor’s time', async () => {
    const { api } = await serve((_, response) => {
      response.writeHead(200, { date: 'Mon, 23 Nov 2026 10:00:00 GMT' }).end('{}');
    });
    await api.send({ method: 'GET', path: '/' });
    expect(api.now().toISOString()).toBe('2026-11-23T10:00:00.000Z');
  });
});

function clockwork() {
  let at = 0;
  return {
    now: () => at,
    sleep: async (ms: number) => {
      at += ms;
    },
  };
}

describe('the scheduler', () => {
  it('never lets more through than a window holds', async () => {
    const timer = clockwork();
    const limits: Limits = {
      concurrency: 100,
      budgets: [{ name: 'burst', units: 20, windowMs: 2000 }],
    };
    const scheduler = createScheduler(limits, timer, true);
    const times: number[] = [];
    for (let at = 0; at < 100; at += 1) {
      const over = await scheduler.admit({});
      times.push(timer.now());
      over();
    }
    for (const [at, time] of times.entries()) {
      const within = times.slice(at).filter((other) => other < time + 2000);
      expect(within.length).toBeLessThanOrEqual(20);
    }
  });

  it('lets nobody wait for hours: a budget of a day is spent', async () => {
    const limits: Limits = {
      concurrency: 1,
      budgets: [{ name: 'tokens', units: 10, windowMs: 86_400_000 }],
    };
    const scheduler = createScheduler(limits, clockwork(), true);
    (await scheduler.admit({ tokens: 10 }))();
    await expect(scheduler.admit({ tokens: 1 })).rejects.toMatchObject({ kind: 'spent' });
  });

  it('believes what the vendor says is left', async () => {
    const timer = clockwork();
    const limits: Limits = {
      concurrency: 1,
      budgets: [{ name: 'burst', units: 20, windowMs: 2000 }],
    };
    const scheduler = createScheduler(limits, timer, true);
    scheduler.learn([{ budget: 'burst', units: 20, remaining: 0 }]);
    await scheduler.admit({});
    expect(timer.now()).toBeGreaterThan(1900);
  });
});

describe('budgets', () => {
  const burst = { name: 'burst', units: 2, windowMs: 60_000 };

  it('are shared by the APIs of one pool, and by no others', async () => {
    const { base, http, slept } = await serve(json);
    const limits: Limits = { concurrency: 4, budgets: [burst] };
    const send = async (pool?: string): Promise<void> => {
      const api = http.api({ name: 'test', base, limits, ...(pool === undefined ? {} : { pool }) });
      await api.send({ method: 'GET', path: '/' });
    };
    for (const pool of [undefined, undefined, undefined, 'ann', 'ann', 'bob']) await send(pool);
    expect(slept).toEqual([]);
    await send('ann');
    expect(slept).toHaveLength(1);
  });

  it('that only some calls use up cost the others nothing', async () => {
    const timer = clockwork();
    const limits: Limits = { concurrency: 1, budgets: [{ ...burst, unnamed: 0 }] };
    const scheduler = createScheduler(limits, timer, true);
    for (let at = 0; at < 5; at += 1) (await scheduler.admit({}))();
    for (let at = 0; at < 2; at += 1) (await scheduler.admit({ burst: 1 }))();
    expect(timer.now()).toBe(0);
    await scheduler.admit({ burst: 1 });
    expect(timer.now()).toBeGreaterThanOrEqual(60_000);
  });

  it('that turn out smaller than published are kept from then on', async () => {
    const quota = (answered: readonly number[], now: number): boolean =>
      answered.filter((at) => at > now - 60_000).length < 3;
    const answered: number[] = [];
    const refused: number[] = [];
    const limits: Limits = {
      concurrency: 1,
      budgets: [{ name: 'reads', units: 10, windowMs: 60_000 }],
      afterTooMany: () => ({ kind: 'wait', ms: 60_000, budget: 'reads' }),
    };
    const clock = { now: (): number => 0 };
    const { api, timer } = await serve((_, response) => {
      const now = clock.now();
      const times = quota(answered, now) ? answered : refused;
      times.push(now);
      response.writeHead(times === answered ? 200 : 429).end('{}');
    }, limits);
    clock.now = timer.now;
    for (let at = 0; at < 12; at += 1) await api.send({ method: 'GET', path: '/' });
    expect(answered).toHaveLength(12);
    expect(refused).toHaveLength(1);
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-11-22T08:00:00Z');
  it.each([
    ['7', 7000],
    ['0.5', 500],
    ['Sun, 22 Nov 2026 08:00:10 GMT', 10_000],
    ['soon', undefined],
    [undefined, undefined],
  ])('%s is %s ms', (header, ms) => {
    expect(retryAfter(header, now)).toBe(ms);
  });
});

describe('redaction', () => {
  it.each([
    ['authorization: Bearer ya29.abcdefghij', 'ya29.abcdefghij'],
    ['x-api-token: 0123456789abcdef', '0123456789abcdef'],
    ['{"refresh_token":"1//0gabc"}', '1//0gabc'],
    ['http://127.0.0.1/callback?state=s&code=4/0Asecret', '4/0Asecret'],
    ['client_secret=GOCSPX-abc&x=1', 'GOCSPX-abc'],
  ])('leaves no secret in %s', (text, secret) => {
    expect(redact(text)).not.toContain(secret);
  });

  it('leaves everything else alone, and takes out what it is told to', () => {
    expect(redact('GET /v1/people 200 12 ms')).toBe('GET /v1/people 200 12 ms');
    expect(redact('it is hunter2', ['hunter2'])).toBe('it is [redacted]');
  });
});
