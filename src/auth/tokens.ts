import * as oauth from 'oauth4webapi';
import type { Api } from '../http/api.ts';
import type { Http } from '../http/client.ts';
import { httpFailureIn } from '../http/fetch-face.ts';
import { Unreachable } from '../sync/errors.ts';
import { SignInFailed } from './errors.ts';
import type { OAuthClient, OAuthServer } from './servers.ts';

/** What a sign-in yields. */
export interface TokenSet {
  readonly accessToken: string;
  readonly refreshToken?: string;
  /** Milliseconds since 1970, this machine's clock. */
  readonly expiresAt?: number;
  /** When the refresh token itself ends: Google's projects in testing. */
  readonly refreshExpiresAt?: number;
  readonly scopes?: readonly string[];
  /** Where Pipedrive wants its calls sent. */
  readonly apiDomain?: string;
}

export interface TokenEndpoint {
  exchange(
    callback: URLSearchParams,
    redirectUri: string,
    verifier: string | undefined,
  ): Promise<TokenSet>;
  refresh(refreshToken: string): Promise<TokenSet>;
  /** Best effort: a vendor that does not answer is not asked again. */
  revoke(token: string): Promise<void>;
}

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
  const self: oauth.Client = { client_id: client.id };
  const auth = clientAuth(server, client);
  const options = transport(api, server);
  const answered = (
    ask: () => Promise<Response>,
    read: (response: Response) => Promise<oauth.TokenEndpointResponse>,
  ) => inOurWords(server, async () => toTokenSet(await read(await ask()), now()));
  return {
    exchange: (callback, redirectUri, verifier) =>
      answered(
        () =>
          oauth.authorizationCodeGrantRequest(
            as,
            self,
            auth,
            callback,
            redirectUri,
            verifier ?? oauth.nopkce,
            options,
          ),
        (response) => oauth.processAuthorizationCodeResponse(as, self, response),
      ),
    refresh: (refreshToken) =>
      answered(
        () => oauth.refreshTokenGrantRequest(as, self, auth, refreshToken, options),
        (response) => oauth.processRefreshTokenResponse(as, self, response),
      ),
    revoke: async (token) => {
      await oauth.revocationRequest(as, self, auth, token, options).catch(() => undefined);
    },
  };
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

/** @throws {SignInFailed, Unreachable} */
export async function inOurWords<T>(server: OAuthServer, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (httpFailureIn(error) !== undefined || serverTrouble(error)) {
      throw new Unreachable(`${server.name}’s sign-in cannot be reached.`, { cause: error });
    }
    const said = error instanceof oauth.ResponseBodyError ? ` (${reason(error)})` : '';
    throw new SignInFailed(`${server.name} refused the sign-in${said}.`, { cause: error });
  }
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

function serverTrouble(error: unknown): boolean {
  if (error instanceof oauth.ResponseBodyError && error.error === 'temporarily_unavailable')
    return true;
  const status = error instanceof oauth.ResponseBodyError ? error.status : responseStatus(error);
  return status >= 500;
}

function responseStatus(error: unknown): number {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  return cause instanceof Response ? cause.status : 0;
}

export function toTokenSet(answer: oauth.TokenEndpointResponse, now: number): TokenSet {
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
    ...(scope === undefined ? {} : { scopes: scope.split(/[\s,]+/u) }),
    ...(typeof domain === 'string' ? { apiDomain: domain } : {}),
  };
}

/**
 * What the user unticked on the vendor's page, of what the sync cannot do without. Microsoft names
 * its scopes with or without their address, in any case, and the refresh token's not at all.
 */
export function missingScopes(server: OAuthServer, tokens: TokenSet): readonly string[] {
  const { scopes } = tokens;
  if (scopes === undefined) return [];
  const granted = new Set(scopes.map(plainScope));
  return server.scopes.filter((scope) => !OPTIONAL.has(scope) && !granted.has(plainScope(scope)));
}

const OPTIONAL: ReadonlySet<string> = new Set(['offline_access', 'MailboxSettings.Read']);

function plainScope(scope: string): string {
  return scope.replace(/^https:\/\/graph\.microsoft\.com\//iu, '').toLowerCase();
}
