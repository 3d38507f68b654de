import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NotTheAddress } from '../../src/auth/errors.ts';
import { listenOnLoopback } from '../../src/auth/loopback-listener.ts';
import { googleServer, pipedriveServer } from '../../src/auth/servers.ts';
import { readRedirect, signIn, type SignInOptions } from '../../src/auth/sign-in.ts';
import { createHttp, type Http } from '../../src/http/client.ts';
import { ContactSyncError } from '../../src/sync/errors.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';

let sandbox: Sandbox;
let http: Http;
beforeEach(async () => {
  sandbox = await startSandbox({ autoConsent: true });
  http = createHttp({ userAgent: 'test' });
});
afterEach(async () => {
  http.close();
  await sandbox.close();
});

function begin(more: Partial<SignInOptions> = {}) {
  return signIn({
    server: googleServer({ base: sandbox.url, write: false }),
    client: {
      id: sandbox.env['CONTACTSYNC_GOOGLE_CLIENT_ID'] ?? '',
      secret: sandbox.env['CONTACTSYNC_GOOGLE_CLIENT_SECRET'] ?? '',
    },
    http,
    signal: new AbortController().signal,
    onAddress: (address) => void fetch(address).then((page) => page.text()),
    ...more,
  });
}

/** Where a sign-in waits, and what it said to the vendor. */
function waiting(more: Partial<SignInOptions> = {}) {
  return new Promise<{
    readonly redirect: URL;
    readonly state: string;
    readonly done: Promise<unknown>;
  }>((resolve) => {
    const done = begin({
      onAddress: (text) => {
        const asked = new URL(text).searchParams;
        const redirect = new URL(asked.get('redirect_uri') ?? '');
        setImmediate(() => resolve({ redirect, state: asked.get('state') ?? '', done }));
      },
      ...more,
    });
    done.catch(() => undefined);
  });
}

describe('what a vendor is asked for', () => {
  const asked = async (more: Partial<SignInOptions>): Promise<URLSearchParams> => {
    let address = '';
    const stop = new AbortController();
    const done = begin({
      ...more,
      signal: stop.signal,
      onAddress: (text) => {
        address = text;
        stop.abort(new Error('enough'));
      },
    });
    await expect(done).rejects.toThrow('enough');
    return new URL(address).searchParams;
  };
  const scopes = async (write: boolean): Promise<string | null> =>
    (await asked({ server: googleServer({ base: sandbox.url, write }) })).get('scope');

  it('is to read, and no more, as long as nothing is written there', async () => {
    expect(await scopes(false)).toMatch(/auth\/contacts\.readonly /u);
    expect(await scopes(true)).toMatch(/auth\/contacts /u);
    expect(await scopes(true)).not.toMatch(/readonly/u);
  });

  it('is bound to this sign-in by state, PKCE and a nonce, each of them new', async () => {
    const [one, two] = [await asked({}), await asked({})];
    for (const name of ['state', 'code_challenge', 'nonce']) {
      expect(one.get(name)?.length).toBeGreaterThanOrEqual(43);
      expect(one.get(name)).not.toBe(two.get(name));
    }
    expect(one.get('code_challenge_method')).toBe('S256');
  });

  it('is bound by state alone where the vendor has nothing else', async () => {
    const pipedrive = await asked({ server: pipedriveServer(sandbox.url) });
    expect(pipedrive.get('state')?.length).toBeGreaterThanOrEqual(43);
    expect(pipedrive.has('code_challenge')).toBe(false);
    expect(pipedrive.has('scope')).toBe(false);
  });

  it('holds nothing that is secret', async () => {
    expect((await asked({})).toString()).not.toContain(
      sandbox.env['CONTACTSYNC_GOOGLE_CLIENT_SECRET'],
    );
  });
});

describe('the listener', () => {
  it('shows a plain page without a token or a script, and closes', async () => {
    const { redirect, state, done } = await waiting();
    const asked = new URL(redirect);
    asked.search = new URLSearchParams({ state, error: 'access_denied' }).toString();
    const page = await fetch(asked);
    expect(await page.text()).toMatch(/^[^{}]*You can close this window\.<\/p>$/u);
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(page.headers.get('content-security-policy')).toBe("default-src 'none'");
    await expect(done).rejects.toMatchObject({ code: 'consent-refused' });
    await expect(fetch(asked)).rejects.toThrow();
  });

  it.each([
    ['another state', (url: URL) => url.searchParams.set('state', 'x')],
    ['no state', (url: URL) => url.searchParams.delete('state')],
    ['another path', (url: URL) => Object.assign(url, { pathname: '/other' })],
  ])('goes on waiting after a request with %s', async (_, tamper) => {
    const { redirect, state, done } = await waiting();
    const right = new URL(redirect);
    right.search = new URLSearchParams({ state, error: 'access_denied' }).toString();
    const wrong = new URL(right);
    tamper(wrong);
    expect((await fetch(wrong)).status).toBe(404);
    expect((await fetch(right, { method: 'POST' })).status).toBe(404);
    expect((await fetch(right)).status).toBe(200);
    await expect(done).rejects.toMatchObject({ code: 'consent-refused' });
  });

  it('is not to be reached from another machine', async () => {
    const listener = await listenOnLoopback(0);
    const outside = Object.values(networkInterfaces())
      .flat()
      .filter((one) => one !== undefined && !one.internal && one.family === 'IPv4');
    for (const { address = '' } of outside as { address?: string }[]) {
      const refused = new Promise((resolve) => {
        connect(listener.port, address)
          .once('error', resolve)
          .once('connect', () => resolve('open'));
      });
      expect(await refused).toMatchObject({ code: 'ECONNREFUSED' });
    }
    listener.close();
  });

  it('listens on both loopback addresses, since "localhost" may be either', async () => {
    const listener = await listenOnLoopback(0);
    const signal = new AbortController().signal;
    const done = listener.redirect((text) => {
      if (text === '/yes') return text;
      throw new NotTheAddress('no');
    }, signal);
    const hosts = networkInterfaces()['lo']?.some(({ family }) => family === 'IPv6')
      ? ['127.0.0.1', '[::1]']
      : ['127.0.0.1'];
    for (const host of hosts) {
      expect((await fetch(`http://${host}:${listener.port}/no`)).status).toBe(404);
    }
    await fetch(`http://${hosts.at(-1)}:${listener.port}/yes`);
    expect(await done).toBe('/yes');
    listener.close();
  });

  it('ends at once, also with a browser that keeps an idle connection', async () => {
    const { redirect, state, done } = await waiting();
    const idle = connect(Number(redirect.port), '127.0.0.1');
    await new Promise((resolve) => {
      idle.once('connect', resolve);
    });
    const gone = new Promise((resolve) => {
      idle.once('close', resolve);
    });
    redirect.search = new URLSearchParams({ state, error: 'access_denied' }).toString();
    await fetch(redirect);
    await expect(done).rejects.toMatchObject({ code: 'consent-refused' });
    await gone;
  });

  it('says so where its port is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as { port: number };
    await expect(begin({ port })).rejects.toMatchObject({ code: 'port-taken' });
    server.close();
  });

  it('waits only so long', async () => {
    await expect(begin({ onAddress: () => undefined, timeoutMs: 5 })).rejects.toMatchObject({
      code: 'sign-in-timed-out',
    });
  });
});

describe('an address that is pasted', () => {
  it('is asked for again until it is the right one', async () => {
    const problems: (string | undefined)[] = [];
    let address = '';
    const done = begin({
      onAddress: (text) => {
        address = text;
      },
      paste: async (problem) => {
        problems.push(problem);
        if (problems.length === 1) return 'https://example.com/?code=x';
        const back = await fetch(address, { redirect: 'manual' });
        return ` ${back.headers.get('location') ?? ''}\n`;
      },
    });
    expect(await done).toMatchObject({ accessToken: expect.stringMatching(/^ya29\./u) });
    expect(problems).toEqual([undefined, expect.stringMatching(/not the address/u)]);
  });

  const expected = {
    server: googleServer({ write: false }),
    client: { id: 'id', secret: 'secret' },
    state: 'the-state',
    redirectUri: 'http://127.0.0.1:4711/callback',
  };

  it.each([
    'http://127.0.0.1:4712/callback?state=the-state&code=c',
    'http://localhost:4711/callback?state=the-state&code=c',
    'https://127.0.0.1:4711/callback?state=the-state&code=c',
    'http://127.0.0.1:4711/callback/?state=the-state&code=c',
    'http://127.0.0.1:4711@example.com/callback?state=the-state&code=c',
    'http://127.0.0.1:4711/callback?state=the-state-and-more&code=c',
    'http://127.0.0.1:4711/callback#state=the-state&code=c',
  ])('%s is not it', (address) => {
    expect(() => readRedirect(address, expected)).toThrow(NotTheAddress);
  });

  it('whatever it is, is the right one or refused in our words', () => {
    const parts = fc.record({
      base: fc.constantFrom('http://127.0.0.1:4711/callback', 'http://127.0.0.1:4711', '', 'x:'),
      state: fc.oneof(fc.constant('the-state'), fc.string()),
      rest: fc.dictionary(
        fc.constantFrom('code', 'error', 'iss', 'state', 'response', 'scope', 'id_token'),
        fc.string({ unit: 'binary' }),
      ),
      tail: fc.string({ unit: 'binary' }),
    });
    const address = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.webUrl({ withQueryParameters: true, withFragments: true }),
      parts.map(({ base, state, rest, tail }) => {
        const query = new URLSearchParams({ state });
        for (const [name, value] of Object.entries(rest)) query.append(name, value);
        return `${base}?${query.toString()}${tail}`;
      }),
    );
    fc.assert(
      fc.property(address, (text) => {
        try {
          const read = readRedirect(text, expected);
          expect(read.get('state')).toBe('the-state');
        } catch (error) {
          expect(error).toBeInstanceOf(ContactSyncError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
