import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { signIn } from '../../src/auth/sign-in.ts';
import type { OAuthServer } from '../../src/auth/servers.ts';
import { createTokenEndpoint } from '../../src/auth/token-endpoint.ts';
import { missingScopes, type TokenSet } from '../../src/auth/tokens.ts';
import { createHttp, type Http } from '../../src/http/client.ts';
import { startOpenIdServer, type OpenIdServer } from './openid-server.ts';

let openid: OpenIdServer;
let http: Http;
beforeAll(async () => {
  // It says what one should configure before going live with it.
  for (const level of ['info', 'warn'] as const) {
    jest.spyOn(console, level).mockImplementation(() => undefined);
  }
  openid = await startOpenIdServer();
  http = createHttp({ userAgent: 'test' });
});
afterAll(async () => {
  http.close();
  await openid.close();
});

/** Signs in; `tamper` changes the address on its way to the browser. */
function signedIn(
  server: OAuthServer = openid.server,
  tamper: (address: URL) => void = () => undefined,
  client = openid.client,
): Promise<TokenSet> {
  const stop = new AbortController();
  return signIn({
    server,
    client,
    http,
    signal: stop.signal,
    onAddress: (text) => {
      const address = new URL(text);
      tamper(address);
      openid.visit(address.href).then(
        (page) => page.status >= 400 && page.status !== 404 && stop.abort(new Error('no way back')),
        () => stop.abort(new Error('no way back')),
      );
    },
  });
}

describe('a certified OpenID server', () => {
  it('gives tokens for what was asked, after PKCE, state and nonce', async () => {
    const tokens = await signedIn();
    expect(tokens.refreshToken).toBeDefined();
    expect(tokens.expiresAt).toBeGreaterThan(Date.now());
    expect(missingScopes(openid.server, tokens)).toEqual([]);
  });

  it('renews them; the refresh token that was rotated out is taken no more', async () => {
    const { refreshToken = '' } = await signedIn();
    const endpoint = createTokenEndpoint(openid.server, openid.client, http);
    const fresh = await endpoint.refresh(refreshToken);
    expect(fresh.refreshToken).not.toBe(refreshToken);
    expect((await endpoint.refresh(fresh.refreshToken ?? '')).accessToken).toBeDefined();
    await expect(endpoint.refresh(refreshToken)).rejects.toMatchObject({ code: 'grant-ended' });
  });

  it('takes a sign-in back', async () => {
    const { refreshToken = '' } = await signedIn();
    const endpoint = createTokenEndpoint(openid.server, openid.client, http);
    await endpoint.revoke(refreshToken);
    await expect(endpoint.refresh(refreshToken)).rejects.toMatchObject({ code: 'grant-ended' });
  });

  it('refuses to go on without PKCE', async () => {
    await expect(signedIn({ ...openid.server, pkce: false })).rejects.toMatchObject({
      code: 'sign-in-failed',
    });
  });

  it('refuses another redirect address than the registered one', async () => {
    const astray = (address: URL): void =>
      address.searchParams.set('redirect_uri', 'http://127.0.0.1:1/elsewhere');
    await expect(signedIn(openid.server, astray)).rejects.toThrow('no way back');
  });

  it('is not believed with somebody else’s nonce', async () => {
    const replayed = (address: URL): void =>
      address.searchParams.set('nonce', 'of-another-sign-in');
    await expect(signedIn(openid.server, replayed)).rejects.toMatchObject({ code: 'bad-answer' });
  });

  it('is not believed with another challenge than ours', async () => {
    const swapped = (address: URL): void =>
      address.searchParams.set('code_challenge', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM');
    await expect(signedIn(openid.server, swapped)).rejects.toMatchObject({
      code: 'sign-in-failed',
    });
  });

  it('tells that the app is not the registered one', async () => {
    const wrong = { ...openid.client, secret: 'another' };
    await expect(signedIn(openid.server, undefined, wrong)).rejects.toMatchObject({
      code: 'sign-in-failed',
      message: 'OpenID refused the sign-in (invalid_client).',
    });
    const { refreshToken = '' } = await signedIn();
    const endpoint = createTokenEndpoint(openid.server, wrong, http);
    await expect(endpoint.refresh(refreshToken)).rejects.toMatchObject({ code: 'sign-in-failed' });
  });
});
