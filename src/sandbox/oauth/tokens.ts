import { randomHex } from '../core.ts';
import type { SandboxSeed } from '../core.ts';

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

interface Issued<T> {
  readonly of: T;
  readonly until: number;
}

export function createOAuthTokens(seed: SandboxSeed, style: TokenStyle): OAuthTokens {
  const { prefixes, refreshLifeMs } = style;
  const codes = new Map<string, Issued<PendingCode>>();
  const access = new Map<string, Issued<Grant>>();
  const refresh = new Map<string, Issued<Grant>>();

  function issue<T>(tokens: Map<string, Issued<T>>, prefix: string, of: T, lifeMs: number): string {
    const token = prefix + randomHex(seed.random, 48);
    tokens.set(token, { of, until: seed.clock.now().getTime() + lifeMs });
    return token;
  }

  function live<T>(tokens: Map<string, Issued<T>>, token: string): T | undefined {
    const issued = tokens.get(token);
    const alive = issued !== undefined && seed.clock.now().getTime() <= issued.until;
    return alive ? issued.of : undefined;
  }

  function forget(grant: Grant): void {
    for (const tokens of [access, refresh]) {
      for (const [token, { of }] of tokens) if (of === grant) tokens.delete(token);
    }
  }

  return {
    issueCode: (pending) => issue(codes, prefixes.code, pending, CODE_LIFE_MS),
    takeCode(code) {
      const pending = live(codes, code);
      codes.delete(code);
      return pending;
    },
    issueRefresh: (grant) => issue(refresh, prefixes.refresh, grant, refreshLifeMs),
    issueAccess: (grant) => issue(access, prefixes.access, grant, ACCESS_TOKEN_LIFE_S * 1000),
    refreshGrant: (token) => live(refresh, token),
    isExpiredRefresh: (token) => refresh.has(token) && live(refresh, token) === undefined,
    accessGrant: (token) => live(access, token),
    dropRefresh: (token) => void refresh.delete(token),
    consented: (email) => [...refresh.values()].some(({ of }) => of.email === email),
    revoke(token) {
      const grant = live(refresh, token) ?? live(access, token);
      if (grant !== undefined) forget(grant);
      return grant !== undefined;
    },
    revokeAll() {
      access.clear();
      refresh.clear();
    },
    expireAccess() {
      access.clear();
    },
  };
}
