import * as oauth from 'oauth4webapi';
import type { Api } from '../http/api.ts';
import type { Http } from '../http/client.ts';
import { httpFailureIn } from '../http/fetch-face.ts';
import { BadAnswer, Unreachable } from '../sync/errors.ts';
import { GrantEnded, SignInFailed } from './errors.ts';
import { issuing } from './issuer.ts';
import type { OAuthClient, OAuthServer } from './servers.ts';
import type { TokenEndpoint, TokenSet } from './tokens.ts';

/** Sign-ins are rare: whatever the vendor allows, one at a time is enough. */
export const LIMITS = { concurrency: 1, budgets: [] };

export function createTokenEndpoint(
  server: OAuthServer,
  client: OAuthClient,
  http: Http,
  now: () => number = Date.now,
): TokenEndpoint {
  const { origin } = new URL(server.tokenEndpoint);
  const api = http.api({ name: `${server.name} sign-in`, base: origin, limits: LIMITS });
  const as: oauth.AuthorizationServer = {
    issuer: server.issuer,
    authorization_endpoint: server.authorizationEndpoint,
    token_endpoint: server.tokenEndpoint,
    ...(server.revocationEndpoint !== undefined && {
      revocation_endpoint: server.revocationEndpoint,
    }),
  };
  const self = clientOf(client);
  const auth = clientAuth(server, client);
  const options = transport(api, server);
  const tokensOf = async (answer: Promise<oauth.TokenEndpointResponse>): Promise<TokenSet> =>
    toTokenSet(await answer, server, now());
  return {
    exchange: (callback, redirectUri, { verifier = oauth.nopkce, nonce }) =>
      inOurWords(server, async () => {
        const answer = await oauth.authorizationCodeGrantRequest(
          as,
          self,
          auth,
          callback,
          redirectUri,
          verifier,
          options,
        );
        const expected = nonce === undefined ? {} : { expectedNonce: nonce, requireIdToken: true };
        const issuer = await issuing(as, answer);
        return tokensOf(oauth.processAuthorizationCodeResponse(issuer, self, answer, expected));
      }),
    refresh: (refreshToken) =>
      inOurWords(server, async () => {
        const answer = await oauth.refreshTokenGrantRequest(as, self, auth, refreshToken, options);
        const issuer = await issuing(as, answer);
        const read = oauth.processRefreshTokenResponse(issuer, self, answer);
        return tokensOf(read.catch((error: unknown) => Promise.reject(endedOr(error, server))));
      }),
    revoke: async (token) => {
      await oauth.revocationRequest(as, self, auth, token, options).catch(() => undefined);
    },
  };
}

/** Who answered is proved by the connection and the nonce: a clock that is wrong here says nothing against them. */
const CLOCK_TOLERANCE_S = 12 * 60 * 60;

export function clientOf({ id }: OAuthClient): oauth.Client {
  return { client_id: id, [oauth.clockTolerance]: CLOCK_TOLERANCE_S };
}

export function clientAuth({ clientAuth: how }: OAuthServer, { secret = '' }: OAuthClient) {
  switch (how) {
    case 'basic':
      return oauth.ClientSecretBasic(secret);
    case 'post':
      return oauth.ClientSecretPost(secret);
    case 'none':
      return oauth.None();
  }
}

/** Our own transport; plain http is refused there unless it is this machine. */
export function transport(api: Api, server: OAuthServer): oauth.TokenEndpointRequestOptions {
  const plain = new URL(server.tokenEndpoint).protocol === 'http:';
  const send = api.fetch as (url: string, options: unknown) => Promise<Response>;
  return { [oauth.customFetch]: send, ...(plain ? { [oauth.allowInsecureRequests]: true } : {}) };
}

/** @throws {GrantEnded, SignInFailed, Unreachable, BadAnswer} */
export async function inOurWords<T>(server: OAuthServer, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw inOurWord(server, error);
  }
}

function inOurWord(server: OAuthServer, error: unknown): unknown {
  if (error instanceof GrantEnded) return error;
  const options = { cause: error };
  if (httpFailureIn(error) !== undefined || isPassing(error)) {
    return new Unreachable(`${server.name}’s sign-in cannot be reached.`, options);
  }
  // A page of somebody in between, for example: it says nothing about the sign-in.
  if (!isRefusal(error)) {
    return new BadAnswer(`${server.name}’s sign-in answered something odd.`, options);
  }
  return new SignInFailed(`${server.name} refused the sign-in${saidBy(error)}.`, options);
}

function isPassing(error: unknown): boolean {
  if (error instanceof oauth.ResponseBodyError && error.error === 'temporarily_unavailable')
    return true;
  return statusOf(error) >= 500;
}

/** Microsoft's own number says more than the standard's word. */
function reason({ error, error_description: description }: oauth.ResponseBodyError): string {
  const number = /^AADSTS\d+/u.exec(description ?? '')?.[0];
  return number === undefined ? error : `${number}: ${AADSTS[number] ?? error}`;
}

/** https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
const AADSTS: Readonly<Record<string, string>> = {
  AADSTS50020: 'this account does not belong to the organization',
  AADSTS50034: 'there is no such account',
  AADSTS50076: 'a second factor is needed; sign in again',
  AADSTS50079: 'a second factor has to be set up first',
  AADSTS50105: 'your administrator has not given you this app',
  AADSTS50173: 'the sign-in was ended, by a new password for example',
  AADSTS53003: 'your organization’s rules do not allow it from here',
  AADSTS65001: 'the access was not granted',
  AADSTS70008: 'the sign-in took too long, or was not used for too long',
  AADSTS70016: 'nobody has signed in yet',
  AADSTS700016: 'Microsoft does not know this client id',
  AADSTS700082: 'the sign-in was not used for too long',
  AADSTS7000218: '"Allow public client flows" is off in the app’s registration',
  AADSTS90094: 'an administrator of your organization has to allow it',
};

/** Says that the app is unknown, not that the user's sign-in has ended: signing in again would not help. */
const ABOUT_THE_APP = new Set(['invalid_client', 'deleted_client', 'unauthorized_client']);

/** Pipedrive documents no codes: any 400 or 401 to a refresh means that the sign-in has ended. */
function endedOr(error: unknown, { name }: OAuthServer): unknown {
  const aboutTheApp = error instanceof oauth.ResponseBodyError && ABOUT_THE_APP.has(error.error);
  if (!isRefusal(error) || aboutTheApp) return error;
  return new GrantEnded(`${name} does not take the stored sign-in any more${saidBy(error)}.`, {
    cause: error,
  });
}

function isRefusal(error: unknown): boolean {
  const status = statusOf(error);
  return error instanceof oauth.ResponseBodyError || status === 400 || status === 401;
}

function saidBy(error: unknown): string {
  return error instanceof oauth.ResponseBodyError ? ` (${reason(error)})` : '';
}

/** Of the answer that an error is about; 0 where there is none. */
function statusOf(error: unknown): number {
  if (error instanceof oauth.ResponseBodyError) return error.status;
  if (error instanceof oauth.WWWAuthenticateChallengeError) return error.status;
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  return cause instanceof Response ? cause.status : 0;
}

const DAY_MS = 86_400_000;

export function toTokenSet(
  answer: oauth.TokenEndpointResponse,
  { idleDays }: OAuthServer,
  now: number,
): TokenSet {
  const { refresh_token: refreshToken, expires_in: expiresIn, scope } = answer;
  const domain: unknown = answer['api_domain'];
  const refreshExpiresIn: unknown = answer['refresh_token_expires_in'];
  return {
    accessToken: answer.access_token,
    ...(refreshToken === undefined ? {} : { refreshToken }),
    ...(expiresIn === undefined ? {} : { expiresAt: now + expiresIn * 1000 }),
    ...(typeof refreshExpiresIn === 'number'
      ? { refreshExpiresAt: now + refreshExpiresIn * 1000 }
      : {}),
    ...(idleDays === undefined ? {} : { idleEndsAt: now + idleDays * DAY_MS }),
    ...(scope === undefined ? {} : { scopes: scope.split(/[\s,]+/u) }),
    ...(typeof domain === 'string' ? { apiDomain: domain } : {}),
  };
}
