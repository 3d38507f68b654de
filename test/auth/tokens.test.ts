import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { googleServer, pipedriveServer } from '../../src/auth/servers.ts';
import { createTokenEndpoint } from '../../src/auth/token-endpoint.ts';
import { createHttp, type Http } from '../../src/http/client.ts';

/* What a vendor may answer at its token endpoint, in our words. */

let server: Server;
let http: Http;
let answer: { status: number; body: string; headers?: Record<string, string> };
const bodies: string[] = [];
beforeEach(async () => {
  bodies.length = 0;
  server = createServer((request, response) => {
    request.setEncoding('utf8').on('data', (text: string) => bodies.push(text));
    request.on('end', () => {
      const type = answer.body.startsWith('{') ? 'application/json' : 'text/html';
      response.writeHead(answer.status, { 'content-type': type, ...answer.headers });
      response.end(answer.body);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const timer = { now: () => NOW, sleep: async () => undefined };
  http = createHttp({ userAgent: 'test', timer });
});
afterEach(() => {
  http.close();
  server.closeAllConnections();
  server.close();
});

const NOW = Date.parse('2026-11-25T08:00:00Z');
const base = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const client = { id: 'id', secret: 'secret' };
const google = () =>
  createTokenEndpoint(googleServer({ base: base(), write: false }), client, http, () => NOW);
const pipedrive = () => createTokenEndpoint(pipedriveServer(base()), client, http, () => NOW);
const json = (status: number, body: object, headers = {}): void => {
  answer = { status, body: JSON.stringify(body), headers };
};

describe('a refresh is answered', () => {
  it('with tokens, their end, and what they allow', async () => {
    const said = { access_token: 'a', token_type: 'Bearer', expires_in: 3600 };
    json(200, { ...said, scope: 'x y', refresh_token: 'r', refresh_token_expires_in: 604_799 });
    expect(await google().refresh('old')).toEqual({
      accessToken: 'a',
      refreshToken: 'r',
      expiresAt: NOW + 3_600_000,
      refreshExpiresAt: NOW + 604_799_000,
      idleEndsAt: NOW + 180 * 86_400_000,
      scopes: ['x', 'y'],
    });
  });

  it('by Pipedrive, with where to send calls, and good for 60 days', async () => {
    json(200, {
      access_token: 'a',
      token_type: 'Bearer',
      api_domain: 'https://acme.pipedrive.com',
    });
    expect(await pipedrive().refresh('old')).toEqual({
      accessToken: 'a',
      apiDomain: 'https://acme.pipedrive.com',
      idleEndsAt: NOW + 60 * 86_400_000,
    });
  });

  it.each([
    ['invalid_grant', 400, { error: 'invalid_grant' }],
    ['Pipedrive’s own words', 400, { success: false, error: 'invalid_grant' }],
    ['no known word at all', 400, { success: false, message: 'refresh_token is invalid' }],
    ['401', 401, { success: false }],
  ])('by a refusal (%s): the sign-in has ended', async (_, status, body) => {
    json(status, body);
    await expect(pipedrive().refresh('old')).rejects.toMatchObject({ code: 'grant-ended' });
  });

  it('by a challenge: the sign-in has ended', async () => {
    json(401, {}, { 'www-authenticate': 'Bearer error="invalid_token"' });
    await expect(google().refresh('old')).rejects.toMatchObject({ code: 'grant-ended' });
  });

  it.each(['invalid_client', 'deleted_client', 'unauthorized_client'])(
    'by %s: the app is wrong, and signing in again would not help',
    async (error) => {
      json(401, { error });
      await expect(google().refresh('old')).rejects.toMatchObject({
        code: 'sign-in-failed',
        message: `Google refused the sign-in (${error}).`,
      });
    },
  );

  it.each([500, 502, 503])('by %i: nothing is known', async (status) => {
    json(status, { error: 'server_error' });
    await expect(google().refresh('old')).rejects.toMatchObject({ code: 'unreachable' });
  });

  it.each([
    ['a page of somebody in between', 200, '<html>Sign in to the Wi-Fi</html>'],
    ['a refusal of somebody in between', 403, '<html>Blocked</html>'],
    ['half a JSON', 200, '{"access_token":"a","tok'],
    ['tokens of another kind', 200, '{"access_token":"a","token_type":"mac"}'],
  ])('by %s: nothing is known', async (_, status, body) => {
    answer = { status, body };
    await expect(google().refresh('old')).rejects.toMatchObject({ code: 'bad-answer' });
  });

  it('by a redirect, which is not followed with the secret in hand', async () => {
    answer = { status: 307, body: '', headers: { location: 'https://example.com/token' } };
    await expect(google().refresh('old')).rejects.toMatchObject({ code: 'bad-answer' });
    expect(bodies).toHaveLength(1);
  });
});

describe('an error about a sign-in', () => {
  it('holds neither the secret nor the refresh token in what is shown', async () => {
    json(400, { error: 'invalid_grant', error_description: 'secret-refresh is unknown' });
    const error = await google()
      .refresh('secret-refresh')
      .catch((thrown: unknown) => thrown as Error);
    expect(bodies.join('')).toContain('secret-refresh');
    expect((error as Error).message).not.toContain('secret-refresh');
    expect((error as Error).stack).not.toContain('secret-refresh');
  });
});
