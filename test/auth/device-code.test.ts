import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { signInByDevice } from '../../src/auth/device-code.ts';
import { SignInTimedOut } from '../../src/auth/errors.ts';
import { microsoftServer } from '../../src/auth/servers.ts';
import type { TokenSet } from '../../src/auth/tokens.ts';
import { grantAt } from '../../src/cli/sign-ins.ts';
import { createHttp, type Http } from '../../src/http/client.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { ContactSyncError } from '../../src/sync/errors.ts';
import { aDesk, type Desk } from '../cli/support.ts';

/* What a vendor may answer to a sign-in with a code. */

interface Said {
  readonly status: number;
  readonly body: string;
}

let server: Server;
let http: Http;
let device: Said;
let token: Said;
beforeEach(async () => {
  server = createServer((request, response) => {
    request.resume().on('end', () => {
      const { status, body } = request.url?.endsWith('/devicecode') === true ? device : token;
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const clock = { at: 0 };
  const sleep = async (ms: number): Promise<void> => {
    clock.at += ms;
  };
  http = createHttp({ userAgent: 'test', timer: { now: () => clock.at, sleep } });
});
afterEach(() => {
  http.close();
  server.closeAllConnections();
  server.close();
});

const base = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const said = (status: number, body: unknown): Said => ({
  status,
  body: JSON.stringify(body) ?? '',
});
const CODE = {
  device_code: 'd',
  user_code: 'ABC-DEF',
  verification_uri: 'https://microsoft.com/devicelogin',
  expires_in: 900,
  interval: 5,
};
const TOKENS = { token_type: 'Bearer', access_token: 'a', refresh_token: 'r', expires_in: 3600 };
const PENDING = { error: 'authorization_pending' };

/** More rounds than anybody waits. */
const MOST_WAITS = 3600;
const waits: number[] = [];

function signedIn(): Promise<TokenSet> {
  waits.length = 0;
  return signInByDevice({
    server: microsoftServer({ base: base(), write: false }),
    client: { id: 'id' },
    http,
    onCode: () => undefined,
    signal: new AbortController().signal,
    wait: async (ms) => {
      waits.push(ms);
      if (waits.length > MOST_WAITS) throw new Error('it waits for ever');
    },
  });
}

/** Tokens, or an error of ours. */
async function inOurWords(): Promise<void> {
  const tokens = await signedIn().catch((error: unknown) => {
    if (error instanceof ContactSyncError) return undefined;
    throw error;
  });
  if (tokens !== undefined) expect(typeof tokens.accessToken).toBe('string');
}

/** The object with one of its values in another shape. */
const bent = (whole: object): fc.Arbitrary<object> =>
  fc
    .tuple(fc.constantFrom(...Object.keys(whole)), fc.oneof(fc.jsonValue(), fc.double()))
    .map(([key, value]) => ({ ...whole, [key]: value }));

describe('a vendor that gives a code', () => {
  it('is understood where it keeps to the rules', async () => {
    device = said(200, CODE);
    token = said(200, TOKENS);
    expect(await signedIn()).toMatchObject({ accessToken: 'a', refreshToken: 'r' });
    expect(waits).toEqual([5000]);
  });

  it('may answer anything at all to the first question', async () => {
    const body = fc.oneof(fc.json(), fc.string({ unit: 'binary' }), bent(CODE).map(asText));
    const status = fc.constantFrom(200, 201, 204, 302, 400, 401, 403, 404, 429, 500);
    token = said(400, { error: 'expired_token' });
    await fc.assert(
      fc.asyncProperty(status, body, async (code, answer) => {
        device = { status: code, body: answer };
        await inOurWords();
      }),
      { numRuns: 200 },
    );
  });

  it('may answer anything at all to the others', async () => {
    const refusal = fc.constantFrom(
      'slow_down',
      'authorization_pending',
      'authorization_declined',
      'bad_verification_code',
      'constructor',
    );
    const body = fc.oneof(
      fc.json(),
      fc.string({ unit: 'binary' }),
      bent(TOKENS).map(asText),
      refusal.map((error) => asText({ error })),
    );
    const status = fc.constantFrom(200, 201, 204, 302, 400, 401, 403, 404, 500);
    device = said(200, { ...CODE, expires_in: 20 });
    await fc.assert(
      fc.asyncProperty(status, body, async (code, answer) => {
        token = { status: code, body: answer };
        await inOurWords();
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['hurries', { interval: 0.000_01 }, 1000],
    ['has all the time in the world', { interval: 1e12, expires_in: 1e300 }, 3_600_000],
  ])('is not asked for ever where it %s', async (_, odd, pace) => {
    device = said(200, { ...CODE, ...odd });
    token = said(400, PENDING);
    await expect(signedIn()).rejects.toThrow(SignInTimedOut);
    expect(new Set(waits)).toEqual(new Set([pace]));
  });
});

describe('on the screen', () => {
  let sandbox: Sandbox;
  let desk: Desk;
  beforeEach(async () => {
    sandbox = await startSandbox({ contacts: [] });
    desk = await aDesk(sandbox);
  });
  afterEach(async () => {
    await desk.leave();
    await sandbox.close();
  });

  it('a code and its address steer no terminal', async () => {
    const poison = '\u001b]0;owned\u0007\u202e';
    const poisoned = { user_code: `${poison}ABC`, verification_uri: `${poison}https://x.example` };
    device = said(200, { ...CODE, ...poisoned, interval: 1 });
    token = said(400, { error: 'access_denied' });
    const session = desk.open({ env: { CONTACTSYNC_MICROSOFT_AUTH_URL: base() } });
    const granted = grantAt('microsoft', session, 'ann@outlook.com', { noBrowser: true });
    await expect(granted).rejects.toMatchObject({ code: 'consent-refused' });
    const text = session.io.messages.join('\n');
    expect(text).toContain('ABC');
    // oxlint-disable-next-line no-control-regex -- what must not be there is looked for
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u202e]/u);
  });
});

function asText(value: unknown): string {
  return JSON.stringify(value) ?? '';
}
