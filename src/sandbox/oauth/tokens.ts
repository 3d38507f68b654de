import type { SandboxSeed } from '../core.ts';
import { createTokens } from '../tokens.ts';
import type { TokenKind } from '../tokens.ts';

export const ACCESS_TOKEN_LIFE_S = 3599;
const CODE_LIFE_MS = 10 * 60 * 1000;

/** A user's consent: what every token of it stands for. */
export interface Grant {
  readonly email: string;
  readonly scopes: readonly string[];
  readonly offline: boolean;
  readonly nonce: string | undefined;
}

export interface TokenStyle {
  /** What each kind of token begins with. */
  readonly prefixes: { readonly code: string; readonly access: string; readonly refresh: string };
  readonly refreshLifeMs: number;
  /** Whether a refresh token's life begins anew with each use. */
  readonly renewedByUse: boolean;
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
  /** Whether it was a refresh token, and has outlived itself. */
  isExpiredRefresh(token: string): boolean;
  accessGrant(token: string): Grant | undefined;
  dropRefresh(token: string): void;
  /** Whether this user's consent still has a refresh token. */
  consented(email: string): boolean;
  /** Revokes the consent behind an access or refresh token, and so all its tokens. */
  revoke(token: string): boolean;
  revokeAll(): void;
  expireAccess(): void;
}

export function createOAuthTokens(seed: SandboxSeed, style: TokenStyle): OAuthTokens {
  const { prefixes, refreshLifeMs, renewedByUse } = style;
  const [codes, access, refresh] = [
    createTokens<PendingCode>(seed, kindOf(prefixes.code, CODE_LIFE_MS)),
    createTokens<Grant>(seed, kindOf(prefixes.access, ACCESS_TOKEN_LIFE_S * 1000)),
    createTokens<Grant>(seed, kindOf(prefixes.refresh, refreshLifeMs)),
  ];

  return {
    issueCode: (pending) => codes.issue(pending),
    takeCode: (code) => codes.take(code),
    issueRefresh: (grant) => refresh.issue(grant),
    issueAccess: (grant) => access.issue(grant),
    refreshGrant(token) {
      if (renewedByUse) refresh.renew(token);
      return refresh.find(token);
    },
    isExpiredRefresh: (token) => refresh.isExpired(token),
    accessGrant: (token) => access.find(token),
    dropRefresh: (token) => void refresh.take(token),
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

function kindOf(prefix: string, lifeMs: number): TokenKind {
  return { prefix, digits: 48, lifeMs };
}
