import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { signInByDevice, type DeviceCode } from '../../src/auth/device-code.ts';
import { ConsentRefused, SignInFailed, SignInTimedOut } from '../../src/auth/errors.ts';
import { microsoftServer, type OAuthServer } from '../../src/auth/servers.ts';
import { signIn } from '../../src/auth/sign-in.ts';
import { createTokenEndpoint } from '../../src/auth/token-endpoint.ts';
import { missingScopes, type TokenSet } from '../../src/auth/tokens.ts';
import { createHttp, type Http } from '../../src/http/client.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';

let sandbox: Sandbox;
let http: Http;
let server: OAuthServer;
beforeEach(async () => {
  sandbox = await startSandbox({ contacts: [] });
  http = createHttp({ userAgent: 'contactsync-test' });
  server = microsoftServer({ base: sandbox.url, write: false, email: 'ann@outlook.com' });
});
afterEach(async () => {
  http.close();
  await sandbox.close();
});

const client = () => ({ id: sandbox.env['CONTACTSYNC_MICROSOFT_CLIENT_ID'] ?? '' });
const { signal } = new AbortController();

/** Time passes at once; `meanwhile` happens before each question whether somebody has signed in. */
async function byDevice(meanwhile: (code: DeviceCode | undefined, waits: number) => void) {
  const waits: number[] = [];
  let shown: DeviceCode | undefined;
  const signingIn = signInByDevice({
    server,
    client: client(),
    http,
    signal,
    onCode: (code) => {
      shown = code;
    },
    wait: async (ms) => {
      waits.push(ms);
      sandbox.advance(ms);
      meanwhile(shown, waits.length);
    },
  });
  return { tokens: await signingIn, waits, shown };
}

describe('a sign-in at Microsoft with a code', () => {
  it('waits until somebody has typed the code in', async () => {
    const { tokens, waits, shown } = await byDevice((code, at) => {
      if (at === 3) sandbox.microsoft.enterCode('allow', code?.code);
    });
    expect(tokens.refreshToken).toBeDefined();
    expect(waits).toEqual([5000, 5000, 5000]);
    expect(shown?.address).toContain(sandbox.url);
    expect(missingScopes(server, tokens)).toEqual([]);
  });

  it('says so when it was refused', async () => {
    const refused = byDevice((code) => void sandbox.microsoft.enterCode('refuse', code?.code));
    await expect(refused).rejects.toThrow(ConsentRefused);
  });

  it('ends when nobody comes', async () => {
    await expect(byDevice(() => undefined)).rejects.toThrow(SignInTimedOut);
  });

  it('goes on where one question gets no answer', async () => {
    const { tokens } = await byDevice((code, at) => {
      if (at === 1) {
        sandbox.faults.add({ vendor: 'microsoft', path: '/token$', times: 1, kind: 'cut-before' });
      }
      if (at === 2) sandbox.microsoft.enterCode('allow', code?.code);
    });
    expect(tokens.accessToken).toBeDefined();
  });

  it('says what is wrong with the registration', async () => {
    sandbox.microsoft.setOption('publicClient', false);
    const failed = byDevice(() => undefined);
    await expect(failed).rejects.toThrow(SignInFailed);
    await expect(failed).rejects.toThrow('Allow public client flows');
  });
});

describe('a sign-in at Microsoft in the browser', () => {
  it('comes back to localhost at any port, proves itself without a secret, and renews itself', async () => {
    sandbox.microsoft.consent('allow');
    let asked = new URL('http://127.0.0.1');
    const tokens = await signIn({
      server,
      client: client(),
      http,
      signal,
      onAddress: (address) => {
        asked = new URL(address);
        void fetch(address).then((answer) => answer.text());
      },
    });
    const question = Object.fromEntries(asked.searchParams);
    expect(question).toMatchObject({
      code_challenge_method: 'S256',
      login_hint: 'ann@outlook.com',
    });
    expect(question['redirect_uri']).toMatch(/^http:\/\/localhost:\d+$/u);
    const endpoint = createTokenEndpoint(server, client(), http);
    const renewed = await endpoint.refresh(tokens.refreshToken ?? '');
    expect(renewed.accessToken).not.toBe(tokens.accessToken);
    // There is no way to end it from here; to try does no harm.
    await endpoint.revoke(renewed.refreshToken ?? '');
  });

  /** Signs in, with something done to the address on its way to the browser. */
  function signedIn(tamper: (address: URL) => void): Promise<TokenSet> {
    sandbox.microsoft.consent('allow');
    return signIn({
      server,
      client: client(),
      http,
      signal,
      onAddress: (text) => {
        const address = new URL(text);
        tamper(address);
        void fetch(address).then((answer) => answer.text());
      },
    });
  }

  it('does not mind that this machine’s clock is ten minutes off, and nor does its renewal', async () => {
    sandbox.advance(10 * 60_000);
    const tokens = await signedIn(() => undefined);
    const endpoint = createTokenEndpoint(server, client(), http);
    const renewed = await endpoint.refresh(tokens.refreshToken ?? '');
    expect(renewed.accessToken).not.toBe(tokens.accessToken);
  });

  it('is bound to the sign-in that was begun here, by a nonce', async () => {
    const replayed = signedIn(({ searchParams }) => {
      expect(searchParams.get('nonce')).toMatch(/^[-\w]{40,}$/u);
      searchParams.set('nonce', 'of-another-sign-in');
    });
    await expect(replayed).rejects.toMatchObject({ code: 'bad-answer' });
  });

  it('is not believed without an id token', async () => {
    const without = signedIn(({ searchParams }) => {
      searchParams.set('scope', 'Contacts.Read User.Read offline_access');
    });
    await expect(without).rejects.toMatchObject({ code: 'bad-answer' });
  });

  it('is not believed when the id token is of another issuer than the tenant it names', async () => {
    server = { ...server, issuer: 'https://login.example.com/{tenantid}/v2.0' };
    await expect(signedIn(() => undefined)).rejects.toMatchObject({ code: 'bad-answer' });
  });

  it('says in Microsoft’s own number why it cannot be renewed', async () => {
    const endpoint = createTokenEndpoint(server, client(), http);
    await expect(endpoint.refresh('nonsense')).rejects.toThrow(/AADSTS\d+/u);
  });
});

describe('scopes', () => {
  const asked = microsoftServer({ write: true });
  const granted = (scopes: readonly string[]): TokenSet => ({ accessToken: 'x', scopes });

  it.each([
    ['by their address', ['https://graph.microsoft.com/Contacts.ReadWrite', 'User.Read']],
    ['in another case', ['contacts.readwrite', 'user.read', 'profile']],
  ])('are recognised %s; categories are optional', (_how, scopes) => {
    expect(missingScopes(asked, granted(scopes))).toEqual([]);
  });

  it('that were not granted are missing', () => {
    expect(missingScopes(asked, granted(['Contacts.Read', 'User.Read']))).toEqual([
      'Contacts.ReadWrite',
    ]);
  });

  it('are no more than to read for one-way', () => {
    expect(microsoftServer({ write: false }).scopes).toEqual([
      'openid',
      'Contacts.Read',
      'MailboxSettings.Read',
      'User.Read',
      'offline_access',
    ]);
  });
});
