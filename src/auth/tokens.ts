import * as oauth from 'oauth4webapi';
import type { Api } from '../http/api.ts';
import type { Http } from '../http/client.ts';
import { httpFailureIn } from '../http/fetch-face.ts';
import { BadAnswer, Unreachable } from '../sync/errors.ts';
import { GrantEnded, SignInFailed } from './errors.ts';
import type { OAuthClient, OAuthServer } from './servers.ts';

/** What a sign-in yields. */
export interface TokenSet {
  readonly accessToken: string;
  readonly refreshToken?: string;
  /** Milliseconds since 1970, this machine's clock. */
  readonly expiresAt?: number;
  /** When the refresh token itself ends: Google's projects in testing. */
  readonly refreshExpiresAt?: number;
  /** When it ends unless it is used before. */
  readonly idleEndsAt?: number;
  readonly scopes?: readonly string[];
  /** Where Pipedrive wants its calls sent. */
  readonly apiDomain?: string;
}

export interface TokenEndpoint {
  /** @throws {SignInFailed, Unreachable, BadAnswer} */
  exchange(callback: URLSearchParams, redirectUri: string, proofs: Proofs): Promise<TokenSet>;
  /** @throws {GrantEnded, SignInFailed, Unreachable, BadAnswer} */
  refresh(refreshToken: string): Promise<TokenSet>;
  /** Best effort: a vendor that does not answer is not asked again. */
  revoke(token: string): Promise<void>;
}

/** What binds the answer to the sign-in that was begun here. */
export interface Proofs {
  /** PKCE. */
  readonly verifier?: string | undefined;
  /** OpenID. */
  readonly nonce?: string | undefined;
}

/** Sign-ins are rare: whatever the vendor allows, one at a time is enough. */
const LIMITS = { concurrency: 1, budgets: [] };

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
    revocation_endpoint: server.revocationEndpoint,
  };
  const self: oauth.Client = { client_id: client.id };
  const auth =
    server.clientAuth === 'basic'
      ? oauth.ClientSecretBasic(client.secret)
      : oauth.ClientSecretPost(client.secret);
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
        return tokensOf(oauth.processAuthorizationCodeResponse(as, self, answer, expected));
      }),
    refresh: (refreshToken) =>
      inOurWords(server, async () => {
        const answer = await oauth.refreshTokenGrantRequest(as, self, auth, refreshToken, options);
        const read = oauth.processRefreshTokenResponse(as, self, answer);
        return tokensOf(read.catch((error: unknown) => Promise.reject(endedOr(error, server))));
      }),
    revoke: async (token) => {
      await oauth.revocationRequest(as, self, auth, token, options).catch(() => undefined);
    },
  };
}

/** Our own transport; plain http is refused there unless it is this machine. */
function transport(api: Api, server: OAuthServer): oauth.TokenEndpointRequestOptions {
  const plain = new URL(server.tokenEndpoint).protocol === 'http:';
  const send = api.fetch as (url: string, options: unknown) => Promise<Response>;
  return { [oauth.customFetch]: send, ...(plain ? { [oauth.allowInsecureRequests]: true } : {}) };
}

async function inOurWords<T>(server: OAuthServer, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw inOurWord(server, error);
  }
}

function inOurWord(server: OAuthServer, error: unknown): unknown {
  if (error instanceof GrantEnded) return error;
  const options = { cause: error };
  if (httpFailureIn(error) !== undefined || statusOf(error) >= 500) {
    return new Unreachable(`${server.name}’s sign-in cannot be reached.`, options);
  }
  // A page of somebody in between, for example: it says nothing about the sign-in.
  if (!isRefusal(error)) {
    return new BadAnswer(`${server.name}’s sign-in answered something odd.`, options);
  }
  return new SignInFailed(`${server.name} refused the sign-in${saidBy(error)}.`, options);
}

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
  return error instanceof oauth.ResponseBodyError ? ` (${error.error})` : '';
}

/** Of the answer that an error is about; 0 where there is none. */
function statusOf(error: unknown): number {
  if (error instanceof oauth.ResponseBodyError) return error.status;
  if (error instanceof oauth.WWWAuthenticateChallengeError) return error.status;
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  return cause instanceof Response ? cause.status : 0;
}

const DAY_MS = 86_400_000;

function toTokenSet(
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

/** The stored tokens after a renewal, of which only what was answered is new. */
export function renewed(stored: TokenSet, fresh: TokenSet): TokenSet {
  const ends = [stored.refreshExpiresAt, fresh.refreshExpiresAt].filter((at) => at !== undefined);
  // A renewal moves no end that was announced.
  return {
    ...stored,
    ...fresh,
    ...(ends.length === 0 ? {} : { refreshExpiresAt: Math.min(...ends) }),
  };
}

/** When a sign-in ends as far as anybody knows, in milliseconds since 1970. */
export function endOf({
  refreshToken,
  refreshExpiresAt,
  idleEndsAt,
}: TokenSet): number | undefined {
  if (refreshToken === undefined) return undefined;
  const ends = [refreshExpiresAt, idleEndsAt].filter((at) => at !== undefined);
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/** What the user unticked on the vendor's page, of what the sync cannot do without. */
export function missingScopes(
  server: Pick<OAuthServer, 'scopes'>,
  { scopes }: TokenSet,
): readonly string[] {
  if (scopes === undefined) return [];
  return server.scopes.filter((scope) => !widerThan(scope).some((one) => scopes.includes(one)));
}

/** The right to write holds the right to read: `contacts` for Google, `Contacts.ReadWrite` for Microsoft. */
function widerThan(scope: string): readonly string[] {
  return [scope, scope.replace(/\.readonly$/u, ''), `${scope}Write`];
}
