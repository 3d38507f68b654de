import type { OAuthServer } from './servers.ts';

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

/**
 * What the user unticked on the vendor's page, of what the sync cannot do without. Microsoft names
 * its scopes with or without their address, in any case, and the refresh token's not at all.
 */
export function missingScopes(
  server: Pick<OAuthServer, 'scopes'>,
  { scopes }: TokenSet,
): readonly string[] {
  if (scopes === undefined) return [];
  const granted = new Set(scopes.map(plainScope));
  return server.scopes.filter(
    (scope) => !OPTIONAL.has(scope) && !atLeast(plainScope(scope)).some((one) => granted.has(one)),
  );
}

const OPTIONAL: ReadonlySet<string> = new Set(['openid', 'offline_access', 'MailboxSettings.Read']);

function plainScope(scope: string): string {
  return scope.replace(/^https:\/\/graph\.microsoft\.com\//iu, '').toLowerCase();
}

/** The right to write holds the right to read: Google's `contacts`, Microsoft's `Contacts.ReadWrite`. */
function atLeast(scope: string): readonly string[] {
  return [scope, scope.replace(/\.readonly$/u, ''), `${scope}write`];
}
