import type { SandboxSeed } from '../core.ts';
import { createTokens } from '../tokens.ts';

export const ACCESS_TOKEN_LIFE_S = 3599;
const CODE_LIFE_MS = 10 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;
/** While the app's publishing status is "Testing", used or not. */
const TESTING_LIFE_MS = 7 * DAY_MS;
/** Else so long without use: six months. */
const UNUSED_LIFE_MS = 182 * DAY_MS;

/** A user's consent: what every token of it stands for. */
export interface Grant {
  readonly email: string;
  readonly scopes: readonly string[];
  readonly offline: boolean;
  readonly nonce: string | undefined;
}

/** What the authorization endpoint keeps for the token endpoint. */
export interface PendingCode {
  readonly grant: Grant;
  readonly redirectUri: string;
  /** PKCE, S256. */
  readonly challenge: string | undefined;
}

export interface OAuthTokens {
  issueCode(pending: PendingCode): string;
  /** A code works once, for ten minutes. */
  takeCode(code: string): PendingCode | undefined;
  issueRefresh(grant: Grant): string;
  issueAccess(grant: Grant): string;
  /** A use of the refresh token. */
  refreshGrant(token: string): Grant | undefined;
  accessGrant(token: string): Grant | undefined;
  /** Whether this user's consent still has a refresh token. */
  consented(email: string): boolean;
  /** Revokes the consent behind an access or refresh token, and so all its tokens. */
  revoke(token: string): boolean;
  revokeAll(): void;
  expireAccess(): void;
}

export function createOAuthTokens(seed: SandboxSeed, testing: boolean): OAuthTokens {
  const kind = { digits: 48 };
  const codes = createTokens<PendingCode>(seed, { ...kind, prefix: '4/0A', lifeMs: CODE_LIFE_MS });
  const access = createTokens<Grant>(seed, {
    ...kind,
    prefix: 'ya29.',
    lifeMs: ACCESS_TOKEN_LIFE_S * 1000,
  });
  const refresh = createTokens<Grant>(seed, {
    ...kind,
    prefix: '1//0',
    lifeMs: testing ? TESTING_LIFE_MS : UNUSED_LIFE_MS,
  });

  return {
    issueCode: (pending) => codes.issue(pending),
    takeCode: (code) => codes.take(code),
    issueRefresh: (grant) => refresh.issue(grant),
    issueAccess: (grant) => access.issue(grant),
    refreshGrant(token) {
      if (!testing) refresh.renew(token);
      return refresh.find(token);
    },
    accessGrant: (token) => access.find(token),
    consented: (email) => refresh.all().some((grant) => grant.email === email),
    revoke(token) {
      const grant = refresh.find(token) ?? access.find(token);
      if (grant === undefined) return false;
      access.end(grant);
      refresh.end(grant);
      return true;
    },
    revokeAll() {
      access.end();
      refresh.end();
    },
    expireAccess: () => access.end(),
  };
}
