import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/sandbox.ts';
import {
  REDIRECT,
  SCOPES,
  VERIFIER,
  authorize,
  authorizeAddress,
  signInto,
  tokenCall,
} from './microsoft-client.ts';

const DAY = 24 * 60 * 60 * 1000;
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const PERSONAL_TENANT = '9188040d-6c67-4c5b-b112-36a304b66dad';

let sandbox: Sandbox;

beforeEach(() => start({}));
afterEach(() => sandbox.close());

async function start(options: SandboxOptions): Promise<void> {
  sandbox = await startSandbox({ autoConsent: true, ...options });
}

async function restart(options: SandboxOptions): Promise<void> {
  await sandbox.close();
  await start(options);
}

function claimsOf(token = ''): Record<string, unknown> {
  const [, claims = ''] = token.split('.');
  return JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>;
}

async function me(token: unknown, path = '/me') {
  const answer = await fetch(`${sandbox.url}/v1.0${path}`, {
    headers: { authorization: `Bearer ${String(token)}` },
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

const refresh = (token: unknown, more: Record<string, string> = {}) =>
  tokenCall(sandbox, { grant_type: 'refresh_token', refresh_token: String(token), ...more });

describe('the sign-in page', () => {
  it('gives back the state and a code', async () => {
    const back = await authorize(sandbox);
    expect([...back.keys()].toSorted()).toEqual(['code', 'state']);
    expect(back.get('state')).toBe('the-state');
  });

  it('says access_denied when the user declines', async () => {
    sandbox.microsoft.consent('refuse');
    expect(Object.fromEntries(await authorize(sandbox))).toEqual({
      error: 'access_denied',
      error_description: expect.stringContaining('AADSTS65004'),
      state: 'the-state',
    });
  });

  it('is a page with buttons when nobody consents beforehand', async () => {
    sandbox.microsoft.consent('ask');
    const page = await fetch(authorizeAddress(sandbox, { state: 'a"b' }));
    const html = await page.text();
    expect(html).toContain('ann@outlook.com');
    expect(html).toContain('a&quot;b');
    expect(html).toContain('Contacts.ReadWrite');
    expect(html).not.toContain('checkbox');

    const [address = '', query] = authorizeAddress(sandbox).split('?');
    const form = new URLSearchParams(query);
    form.set('decision', 'allow');
    const answer = await fetch(address, { method: 'POST', body: form, redirect: 'manual' });
    expect(new URL(answer.headers.get('location') ?? '').searchParams.has('code')).toBe(true);
  });

  it.each([
    'http://localhost',
    'http://localhost:1',
    'http://localhost:65535/',
    'http://127.0.0.1:4711',
  ])('redirects to %s: any port of this machine', async (redirect) => {
    expect((await authorize(sandbox, { redirect_uri: redirect })).has('code')).toBe(true);
  });

  it.each([
    ['https://evil.example/', 'AADSTS50011'],
    ['http://localhost:1/another/path', 'AADSTS50011'],
    ['https://localhost', 'AADSTS50011'],
  ])('never redirects to %s', async (redirect, code) => {
    const answer = await fetch(authorizeAddress(sandbox, { redirect_uri: redirect }), {
      redirect: 'manual',
    });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain(code);
  });

  it.each([
    ['an unknown app', { client_id: 'somebody-else' }, 'AADSTS700016'],
    ['another response type', { response_type: 'token' }, 'AADSTS70005'],
    ['no scope', { scope: '' }, 'AADSTS900144'],
    ['PKCE without S256', { code_challenge_method: 'plain' }, 'AADSTS501491'],
  ])('refuses %s', async (_, changed, code) => {
    const answer = await fetch(authorizeAddress(sandbox, changed), { redirect: 'manual' });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain(code);
  });

  it.each([
    ['ann@outlook.com', 'common', true],
    ['ann@outlook.com', 'consumers', true],
    ['ann@outlook.com', 'organizations', false],
    ['ann@contoso.example', 'common', true],
    ['ann@contoso.example', 'organizations', true],
    ['ann@contoso.example', 'consumers', false],
  ])('lets %s in at %s: %p', async (email, tenant, allowed) => {
    sandbox.microsoft.signInAs(email);
    const answer = await fetch(authorizeAddress(sandbox, {}, tenant), { redirect: 'manual' });
    await answer.text();
    expect(answer.status).toBe(allowed ? 302 : 400);
  });

  it('may want an administrator’s consent, of work accounts only', async () => {
    sandbox.microsoft.setOption('adminConsent', 'needed');
    expect((await authorize(sandbox)).has('code')).toBe(true);
    sandbox.microsoft.signInAs('ann@contoso.example');
    const back = await authorize(sandbox);
    expect(back.get('error')).toBe('access_denied');
    expect(back.get('error_description')).toContain('AADSTS90094');
  });
});

describe('the token endpoint', () => {
  it('gives tokens for a code, once', async () => {
    const form = {
      grant_type: 'authorization_code',
      code: (await authorize(sandbox)).get('code') ?? '',
      redirect_uri: REDIRECT,
      code_verifier: VERIFIER,
      client_info: '1',
    };
    const { status, body } = await tokenCall(sandbox, form);
    expect([status, body]).toEqual([
      200,
      {
        token_type: 'Bearer',
        scope: 'openid profile Contacts.ReadWrite User.Read MailboxSettings.ReadWrite',
        expires_in: 3599,
        ext_expires_in: 3599,
        access_token: expect.any(String),
        refresh_token: expect.any(String),
        id_token: expect.any(String),
        client_info: expect.any(String),
      },
    ]);
    expect(await tokenCall(sandbox, form)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_codes: [54005] },
    });
  });

  it('says what is wrong as the identity platform does', async () => {
    const { body } = await tokenCall(sandbox, { grant_type: 'authorization_code', code: 'guess' });
    expect(body).toEqual({
      error: 'invalid_grant',
      error_description: expect.stringMatching(
        /^AADSTS54005: .+ Trace ID: .+ Correlation ID: .+ Timestamp: /u,
      ),
      error_codes: [54005],
      timestamp: expect.stringMatching(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}Z$/u),
      trace_id: expect.any(String),
      correlation_id: expect.any(String),
      error_uri: 'https://login.microsoftonline.com/error?code=54005',
    });
  });

  it.each([
    ['the wrong verifier', { code_verifier: 'wrong' }, 400, 501481],
    ['no verifier', { code_verifier: '' }, 400, 501481],
    ['another redirect address', { redirect_uri: 'http://localhost:8' }, 400, 500112],
    ['another app', { client_id: 'somebody-else' }, 400, 700016],
    ['a secret, which a public client has not', { client_secret: 's' }, 401, 700025],
    ['another grant type', { grant_type: 'password' }, 400, 70003],
  ])('refuses %s', async (_, changed, status, number) => {
    const answer = await tokenCall(sandbox, {
      grant_type: 'authorization_code',
      code: (await authorize(sandbox)).get('code') ?? '',
      redirect_uri: REDIRECT,
      code_verifier: VERIFIER,
      ...changed,
    });
    expect(answer).toMatchObject({ status, body: { error_codes: [number] } });
  });

  it('refuses a code that is too old, and a form without a grant type', async () => {
    const code = (await authorize(sandbox)).get('code') ?? '';
    sandbox.advance(11 * 60 * 1000);
    const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT };
    expect((await tokenCall(sandbox, { ...form, code_verifier: VERIFIER })).status).toBe(400);
    expect((await tokenCall(sandbox, {})).body['error_codes']).toEqual([900144]);
  });

  it('gives no refresh token without offline_access, and no ID token without openid', async () => {
    const tokens = await signInto(sandbox, 'Contacts.Read');
    expect(tokens).not.toHaveProperty('refresh_token');
    expect(tokens).not.toHaveProperty('id_token');
  });

  it('may grant fewer scopes than were asked for', async () => {
    sandbox.microsoft.grantScopes(['https://graph.microsoft.com/Contacts.Read', 'User.Read']);
    const tokens = await signInto(
      sandbox,
      'offline_access User.Read Contacts.Read Contacts.ReadWrite',
    );
    expect(tokens['scope']).toBe('User.Read Contacts.Read');
    expect((await me(tokens['access_token'], '/me/contacts')).status).toBe(200);
    const answer = await fetch(`${sandbox.url}/v1.0/me/contacts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokens['access_token']}` },
      body: '{"givenName":"A"}',
    });
    expect(answer.status).toBe(403);
  });

  it('answers scopes in the form in which they were asked for', async () => {
    const scope = 'https://graph.microsoft.com/Contacts.ReadWrite';
    const tokens = await signInto(sandbox, scope);
    expect(tokens['scope']).toBe(scope);
    expect((await me(tokens['access_token'], '/me/contacts')).status).toBe(200);
  });
});

describe('who signed in', () => {
  it('is a personal account by default', async () => {
    const tokens = await signInto(sandbox);
    expect((await me(tokens['access_token'])).body).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{16}$/u),
      mail: 'ann@outlook.com',
      userPrincipalName: 'ann@outlook.com',
      displayName: 'Ann Example',
    });
    expect(claimsOf(tokens['id_token'])).toMatchObject({
      tid: PERSONAL_TENANT,
      iss: `https://login.microsoftonline.com/${PERSONAL_TENANT}/v2.0`,
      aud: sandbox.env['CONTACTSYNC_MICROSOFT_CLIENT_ID'],
      preferred_username: 'ann@outlook.com',
      ver: '2.0',
    });
  });

  it('is a work account where the address is of another domain', async () => {
    await restart({ microsoftEmail: 'ann@contoso.example' });
    const tokens = await signInto(sandbox);
    const { body } = await me(tokens['access_token'], '/me?$select=id,mail');
    expect(body).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/u),
      mail: 'ann@contoso.example',
    });
    expect(body).not.toHaveProperty('displayName');
    expect(claimsOf(tokens['id_token'])['tid']).not.toBe(PERSONAL_TENANT);
  });

  it('is whoever the user chooses', async () => {
    sandbox.microsoft.signInAs('bob@hotmail.com');
    const { access_token: token } = await signInto(sandbox, `${SCOPES} email`);
    expect((await me(token)).body['mail']).toBe('bob@hotmail.com');
  });
});

describe('tokens', () => {
  it('expire after an hour and are refreshed; each refresh brings a new refresh token', async () => {
    const first = await signInto(sandbox);
    sandbox.advance(3_600_000);
    expect(await me(first['access_token'])).toMatchObject({
      status: 401,
      body: { error: { code: 'InvalidAuthenticationToken' } },
    });
    const { status, body } = await refresh(first['refresh_token']);
    expect(status).toBe(200);
    expect((await me(body['access_token'])).status).toBe(200);
    expect(body['refresh_token']).not.toBe(first['refresh_token']);
    // "The old one is not revoked at once" (documented).
    expect((await refresh(first['refresh_token'])).status).toBe(200);
    expect((await refresh(body['refresh_token'])).status).toBe(200);
  });

  it('may be refreshed with each refresh token once only', async () => {
    sandbox.microsoft.setOption('refreshRotation', 'old-dies');
    const first = await signInto(sandbox);
    const { body } = await refresh(first['refresh_token']);
    expect((await refresh(first['refresh_token'])).status).toBe(400);
    expect((await refresh(body['refresh_token'])).status).toBe(200);
  });

  it('are refreshed for 90 days from each use', async () => {
    const first = await signInto(sandbox);
    sandbox.advance(80 * DAY);
    const { body } = await refresh(first['refresh_token']);
    sandbox.advance(80 * DAY);
    expect((await refresh(body['refresh_token'])).status).toBe(200);
    expect(await refresh(first['refresh_token'])).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_codes: [700082] },
    });
  });

  it('die with the consent', async () => {
    const first = await signInto(sandbox);
    sandbox.microsoft.revokeGrants();
    expect((await me(first['access_token'])).status).toBe(401);
    expect(await refresh(first['refresh_token'])).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_codes: [50173] },
    });
    expect((await signInto(sandbox))['access_token']).toEqual(expect.any(String));
  });

  it('can be made to expire', async () => {
    const first = await signInto(sandbox);
    sandbox.microsoft.expireAccessTokens();
    expect((await me(first['access_token'])).status).toBe(401);
    expect((await refresh(first['refresh_token'])).status).toBe(200);
  });

  it('are not refreshed for more than was granted', async () => {
    const first = await signInto(sandbox, 'offline_access Contacts.Read');
    const more = { scope: 'offline_access Contacts.ReadWrite' };
    expect((await refresh(first['refresh_token'], more)).body['error_codes']).toEqual([65001]);
    const same = { scope: 'offline_access contacts.read' };
    expect((await refresh(first['refresh_token'], same)).status).toBe(200);
    expect((await tokenCall(sandbox, { grant_type: 'refresh_token' })).status).toBe(400);
  });
});

describe('the device code flow', () => {
  interface Begun {
    readonly user_code: string;
    readonly device_code: string;
    readonly verification_uri: string;
  }
  const begin = async () =>
    (await tokenCall(sandbox, { scope: SCOPES }, 'devicecode')).body as unknown as Begun;
  const poll = async (device_code: string) => {
    const { status, body } = await tokenCall(sandbox, { grant_type: DEVICE, device_code });
    return status === 200 ? 'tokens' : body['error'];
  };

  beforeEach(() => sandbox.microsoft.consent('ask'));

  it('gives two codes and says where to type one in', async () => {
    const { status, body } = await tokenCall(sandbox, { scope: SCOPES }, 'devicecode');
    expect([status, body]).toEqual([
      200,
      {
        user_code: expect.stringMatching(/^[A-Z0-9]{9}$/u),
        device_code: expect.any(String),
        verification_uri: `${sandbox.url}/common/oauth2/deviceauth`,
        expires_in: 900,
        interval: 5,
        message: expect.stringContaining(String(body['user_code'])),
      },
    ]);
  });

  it('waits until the user has typed the code in on the page', async () => {
    const { user_code: code, device_code: device, verification_uri: page } = await begin();
    expect(await poll(device)).toBe('authorization_pending');
    expect(await (await fetch(page)).text()).toContain('name="otc"');
    const type = (otc: string) =>
      fetch(page, { method: 'POST', body: new URLSearchParams({ otc, decision: 'allow' }) });
    expect((await type('WRONG')).status).toBe(400);
    expect((await type(code.toLowerCase())).status).toBe(200);
    sandbox.advance(5000);
    expect(await poll(device)).toBe('tokens');
    sandbox.advance(5000);
    expect(await poll(device)).toBe('bad_verification_code');
  });

  it('asks a client that polls too often to slow down, by five seconds each time', async () => {
    const { device_code: device } = await begin();
    expect(await poll(device)).toBe('authorization_pending');
    sandbox.advance(1000);
    expect(await poll(device)).toBe('slow_down');
    sandbox.advance(6000);
    expect(await poll(device)).toBe('slow_down');
    sandbox.advance(15_000);
    expect(await poll(device)).toBe('authorization_pending');
    sandbox.microsoft.enterCode('allow');
    sandbox.advance(15_000);
    expect(await poll(device)).toBe('tokens');
  });

  it('ends when the user declines', async () => {
    const { user_code: code, device_code: device } = await begin();
    expect(sandbox.microsoft.enterCode('refuse', code)).toBe(true);
    expect(await poll(device)).toBe('authorization_declined');
    expect(sandbox.microsoft.enterCode('allow')).toBe(false);
  });

  it('ends after fifteen minutes', async () => {
    const { device_code: device } = await begin();
    sandbox.advance(15 * 60_000);
    expect(await poll(device)).toBe('expired_token');
    expect(await poll('guess')).toBe('bad_verification_code');
  });

  it('needs nobody when consent is given beforehand', async () => {
    sandbox.microsoft.consent('allow');
    expect(await poll((await begin()).device_code)).toBe('tokens');
    sandbox.microsoft.consent('refuse');
    expect(await poll((await begin()).device_code)).toBe('authorization_declined');
  });

  it('may be blocked by an organization', async () => {
    sandbox.microsoft.setOption('deviceCodeFlow', 'blocked');
    sandbox.microsoft.consent('allow');
    expect(await poll((await begin()).device_code)).toBe('tokens');
    sandbox.microsoft.signInAs('ann@contoso.example');
    expect(await poll((await begin()).device_code)).toBe('invalid_grant');
  });

  it('needs a public client, and a scope', async () => {
    expect((await tokenCall(sandbox, {}, 'devicecode')).body['error_codes']).toEqual([900144]);
    sandbox.microsoft.setOption('publicClient', false);
    expect(await tokenCall(sandbox, { scope: SCOPES }, 'devicecode')).toMatchObject({
      status: 401,
      body: { error_codes: [7000218] },
    });
  });

  it('polls as often as the sandbox says', async () => {
    sandbox.microsoft.setOption('deviceInterval', 0);
    const { device_code: device } = await begin();
    expect([await poll(device), await poll(device)]).toEqual(
      Array(2).fill('authorization_pending'),
    );
  });
});
