import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { REDIRECT, SCOPES, consent, oauthClient } from './google-client.ts';
import type { OAuthClient } from './google-client.ts';

const DAY = 24 * 60 * 60 * 1000;

let sandbox: Sandbox;
let client: OAuthClient;

beforeEach(async () => {
  sandbox = await startSandbox({ autoConsent: true });
  client = oauthClient(sandbox);
});

afterEach(() => sandbox.close());

async function signIn(): Promise<Record<string, unknown>> {
  const { tokens } = await client.getToken((await consent(client)).get('code') ?? '');
  return { ...tokens };
}

async function tokenCall(form: Record<string, string>): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${sandbox.url}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: sandbox.env['CONTACTSYNC_GOOGLE_CLIENT_ID'] ?? '',
      client_secret: sandbox.env['CONTACTSYNC_GOOGLE_CLIENT_SECRET'] ?? '',
      ...form,
    }),
  });
  return { status: answer.status, body: await answer.json() };
}

async function userInfo(token: unknown): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${sandbox.url}/oauth2/v3/userinfo`, {
    headers: { authorization: `Bearer ${String(token)}` },
  });
  return { status: answer.status, body: await answer.json() };
}

describe('the consent page', () => {
  it('gives back the state, a code and the granted scopes', async () => {
    const back = await consent(client);
    expect(back.get('state')).toBe('the-state');
    expect(back.get('scope')).toBe(SCOPES.join(' '));
    expect(back.get('code')).toBeTruthy();
    expect(back.has('iss')).toBe(false);
  });

  it('says access_denied when the user refuses', async () => {
    sandbox.google.consent('refuse');
    const back = await consent(client);
    expect(Object.fromEntries(back)).toEqual({ error: 'access_denied', state: 'the-state' });
  });

  it('is a page with buttons when nobody consents beforehand', async () => {
    sandbox.google.consent('ask');
    const page = await fetch(client.generateAuthUrl({ scope: SCOPES, state: 'a"b' }));
    const html = await page.text();
    expect(html).toContain('ann@example.com');
    expect(html).toContain('a&quot;b');

    const form = new URLSearchParams(client.generateAuthUrl({ scope: SCOPES }).split('?')[1]);
    form.set('decision', 'allow');
    form.append('granted', SCOPES[0] ?? '');
    const answer = await fetch(`${sandbox.url}/o/oauth2/v2/auth`, {
      method: 'POST',
      body: form,
      redirect: 'manual',
    });
    const back = new URL(answer.headers.get('location') ?? '').searchParams;
    expect(back.get('scope')).toBe(SCOPES[0]);
  });

  it.each([
    ['a redirect that is not loopback', { redirect_uri: 'https://evil.example/' }, 400],
    ['an unknown client', { client_id: 'somebody-else' }, 401],
    ['another response type', { response_type: 'token' }, 400],
    ['PKCE without S256', { code_challenge: 'x', code_challenge_method: 'plain' as never }, 400],
  ])('never redirects for %s', async (_, options, status) => {
    const answer = await fetch(client.generateAuthUrl({ scope: SCOPES, ...options }), {
      redirect: 'manual',
    });
    expect(answer.status).toBe(status);
    await answer.text();
  });

  it('signs in whoever the user chooses', async () => {
    sandbox.google.signInAs('bob@example.com');
    const { access_token: token } = await signIn();
    expect((await userInfo(token)).body).toMatchObject({ email: 'bob@example.com' });
  });

  it('lets the user untick a scope', async () => {
    sandbox.google.tickScopes(SCOPES.slice(1));
    expect((await signIn())['scope']).toBe(SCOPES[1]);
  });
});

describe('the token endpoint', () => {
  it('gives tokens for a code, once', async () => {
    const code = (await consent(client)).get('code') ?? '';
    const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT };
    const first = await tokenCall(form);
    expect(first.body).toEqual({
      access_token: expect.stringMatching(/^ya29\./u),
      refresh_token: expect.stringMatching(/^1\/\//u),
      expires_in: 3599,
      scope: SCOPES.join(' '),
      token_type: 'Bearer',
    });
    expect(await tokenCall(form)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('wants the verifier of a challenge', async () => {
    const verifier = 'v'.repeat(43);
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const options = { code_challenge: challenge, code_challenge_method: 'S256' as never };
    const ask = async () => ({
      grant_type: 'authorization_code',
      code: (await consent(client, options)).get('code') ?? '',
      redirect_uri: REDIRECT,
    });
    expect((await tokenCall(await ask())).status).toBe(400);
    expect((await tokenCall({ ...(await ask()), code_verifier: 'wrong' })).status).toBe(400);
    expect((await tokenCall({ ...(await ask()), code_verifier: verifier })).status).toBe(200);
  });

  it('refuses another redirect address, another secret, and a code that is too old', async () => {
    const code = async () => (await consent(client)).get('code') ?? '';
    const form = { grant_type: 'authorization_code', redirect_uri: REDIRECT };
    expect(
      await tokenCall({ ...form, code: await code(), redirect_uri: 'http://127.0.0.1:8/' }),
    ).toMatchObject({ status: 400, body: { error: 'redirect_uri_mismatch' } });
    expect(await tokenCall({ ...form, code: await code(), client_secret: 'guess' })).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    });
    const old = await code();
    sandbox.advance(11 * 60 * 1000);
    expect((await tokenCall({ ...form, code: old })).status).toBe(400);
  });

  it('gives a second refresh token only after another explicit consent', async () => {
    expect((await signIn())['refresh_token']).toBeTruthy();
    expect((await signIn())['refresh_token']).toBeUndefined();
    const code = (await consent(client, { prompt: 'consent' })).get('code') ?? '';
    expect((await client.getToken(code)).tokens.refresh_token).toBeTruthy();
  });

  it('answers with an ID token when openid is asked for', async () => {
    const back = await consent(client, { scope: ['openid', 'email'], nonce: 'n' });
    const { tokens } = await client.getToken(back.get('code') ?? '');
    const claims: unknown = JSON.parse(
      Buffer.from((tokens.id_token ?? '').split('.')[1] ?? '', 'base64url').toString(),
    );
    expect(claims).toMatchObject({
      email: 'ann@example.com',
      iss: 'https://accounts.google.com',
      nonce: 'n',
    });
  });
});

describe('tokens', () => {
  it('expire after an hour and are refreshed', async () => {
    const { access_token: old, refresh_token: refresh } = await signIn();
    expect((await userInfo(old)).status).toBe(200);
    sandbox.advance(3_600_000);
    expect((await userInfo(old)).status).toBe(401);
    const answer = await tokenCall({ grant_type: 'refresh_token', refresh_token: String(refresh) });
    const { access_token: fresh } = answer.body as { access_token: string };
    expect(answer.body).not.toHaveProperty('refresh_token');
    expect((await userInfo(fresh)).status).toBe(200);
  });

  it('die with the consent, whoever revokes it', async () => {
    const { access_token: access, refresh_token: refresh } = await signIn();
    await client.revokeToken(String(refresh));
    expect((await userInfo(access)).status).toBe(401);
    const form = { grant_type: 'refresh_token', refresh_token: String(refresh) };
    expect(await tokenCall(form)).toEqual({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' },
    });
    await expect(client.revokeToken(String(refresh))).rejects.toMatchObject({ status: 400 });

    // The next consent is a first one again.
    expect((await signIn())['refresh_token']).toBeTruthy();
  });

  it('die after six months without use, and each use sets them anew', async () => {
    const form = {
      grant_type: 'refresh_token',
      refresh_token: String((await signIn())['refresh_token']),
    };
    for (const [days, status] of [
      [170, 200],
      [170, 200],
      [190, 400],
    ] as const) {
      sandbox.advance(days * DAY);
      expect((await tokenCall(form)).status).toBe(status);
    }
  });

  it('say so and die after seven days while the app is being tested', async () => {
    await sandbox.close();
    sandbox = await startSandbox({ autoConsent: true, testing: true });
    client = oauthClient(sandbox);
    const tokens = await signIn();
    expect(tokens['refresh_token_expires_in']).toBe(604_799);
    sandbox.advance(7 * DAY + 1000);
    const form = { grant_type: 'refresh_token', refresh_token: String(tokens['refresh_token']) };
    expect((await tokenCall(form)).status).toBe(400);
  });
});
