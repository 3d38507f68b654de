import type { SandboxAnswer, SandboxRequest, SandboxSeed } from '../core.ts';
import { createAuthorization } from './authorization.ts';
import type { Authorization } from './authorization.ts';
import { missingScope, unauthenticated } from './errors.ts';
import { subject } from './oauth-client.ts';
import { OAuthRefusal, oauthAnswer, refusing } from '../oauth/refusal.ts';
import { createOAuthTokens } from '../oauth/tokens.ts';
import type { Grant } from '../oauth/tokens.ts';
import { createTokenEndpoint } from './token-endpoint.ts';

export const CONTACTS_SCOPE = 'https://www.googleapis.com/auth/contacts';
export const READ_ONLY_SCOPE = 'https://www.googleapis.com/auth/contacts.readonly';
const DAY_MS = 24 * 60 * 60 * 1000;
/** While the app's publishing status is "Testing", used or not. */
const TESTING_LIFE_MS = 7 * DAY_MS;
/** Else so long without use: six months. */
const UNUSED_LIFE_MS = 182 * DAY_MS;
const EMAIL_SCOPES: readonly string[] = ['https://www.googleapis.com/auth/userinfo.email', 'email'];

export interface GoogleOAuthOptions {
  readonly email: string;
  readonly autoConsent: boolean;
  /** The app's publishing status is "Testing": refresh tokens die after 7 days, and say so. */
  readonly testing: boolean;
}

export interface GoogleOAuth extends Pick<Authorization, 'signInAs' | 'consent' | 'tickScopes'> {
  handle(request: SandboxRequest): SandboxAnswer | undefined;
  /** @throws {GoogleFailure} 401 without a live token, 403 without one of the scopes */
  require(request: SandboxRequest, scopes: readonly string[]): void;
  emailOf(request: SandboxRequest): string;
  revokeGrants(): void;
  expireAccessTokens(): void;
}

export function createGoogleOAuth(seed: SandboxSeed, options: GoogleOAuthOptions): GoogleOAuth {
  const { email, autoConsent, testing } = options;
  const tokens = createOAuthTokens(seed, {
    prefixes: { code: '4/0A', access: 'ya29.', refresh: '1//0' },
    refreshLifeMs: testing ? TESTING_LIFE_MS : UNUSED_LIFE_MS,
    renewedByUse: !testing,
  });
  const authorization = createAuthorization(tokens, {
    email,
    consent: autoConsent ? 'allow' : 'ask',
  });
  const { token, revoke } = createTokenEndpoint(tokens, { clock: seed.clock, testing });

  function userInfo(request: SandboxRequest): SandboxAnswer {
    const grant = grantOf(request);
    if (grant === undefined) throw new OAuthRefusal('invalid_request', 'Invalid Credentials', 401);
    const withEmail = grant.scopes.some((scope) => EMAIL_SCOPES.includes(scope));
    return oauthAnswer(200, {
      sub: subject(grant.email),
      ...(withEmail ? { email: grant.email, email_verified: true } : {}),
    });
  }

  function grantOf(request: SandboxRequest): Grant | undefined {
    const [, token = ''] = /^Bearer (.+)$/u.exec(request.headers['authorization'] ?? '') ?? [];
    return tokens.accessGrant(token);
  }

  const endpoints: Readonly<Record<string, (request: SandboxRequest) => SandboxAnswer>> = {
    'GET /o/oauth2/v2/auth': authorization.authorize,
    'POST /o/oauth2/v2/auth': authorization.authorize,
    'POST /token': token,
    'POST /revoke': revoke,
    'GET /oauth2/v3/userinfo': userInfo,
  };

  return {
    ...authorization,
    handle(request) {
      const endpoint = endpoints[`${request.method} ${request.path}`];
      return endpoint === undefined ? undefined : refusing(() => endpoint(request));
    },
    require(request, scopes) {
      const grant = grantOf(request);
      if (grant === undefined) throw unauthenticated();
      if (!grant.scopes.some((scope) => scopes.includes(scope))) throw missingScope();
    },
    emailOf: (request) => grantOf(request)?.email ?? authorization.email(),
    revokeGrants: () => tokens.revokeAll(),
    expireAccessTokens: () => tokens.expireAccess(),
  };
}
