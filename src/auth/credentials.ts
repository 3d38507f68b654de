import type { Credentials } from '../http/api.ts';
import { SignInNeeded } from '../sync/errors.ts';
import type { Side } from '../plan/model.ts';
import { GrantEnded } from './errors.ts';
import type { OAuthServer } from './servers.ts';
import { endOf, missingScopes, renewed, type TokenEndpoint, type TokenSet } from './tokens.ts';

/** A token that ends so soon is renewed before it is used. */
const RENEW_BEFORE_MS = 60_000;

export interface TokenStore {
  load(): TokenSet;
  save(tokens: TokenSet): void;
  /** Alone among everybody who shares the store, other processes included. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}

export interface TokenCredentialsOptions {
  readonly side: Side;
  readonly server: Pick<OAuthServer, 'name' | 'scopes'>;
  readonly endpoint: Pick<TokenEndpoint, 'refresh'>;
  readonly store: TokenStore;
  readonly now?: () => number;
}

/**
 * Signs requests with an access token, and renews it in time, once, whoever asks. A rotated
 * refresh token is saved before the new access token is used: it is the only one left.
 * @throws {SignInNeeded} when the sign-in has ended, or does not allow what `server.scopes` asks for
 */
export function createTokenCredentials(options: TokenCredentialsOptions): Credentials {
  const { store, now = Date.now } = options;
  let renewing: Promise<TokenSet> | undefined;
  /** What is stored is encrypted: it is not opened for each of thousands of requests. */
  let current: TokenSet | undefined;

  const renewOnce = (isStale: (tokens: TokenSet) => boolean): Promise<TokenSet> => {
    renewing ??= store
      .exclusively(async () => {
        // Another process may have renewed it meanwhile: its token is as good as ours would be.
        const stored = store.load();
        current = isStale(stored) ? await renew(stored, options) : stored;
        return current;
      })
      .finally(() => {
        renewing = undefined;
      });
    return renewing;
  };
  const endsSoon = ({ expiresAt }: TokenSet): boolean =>
    expiresAt !== undefined && expiresAt - now() < RENEW_BEFORE_MS;

  return {
    headers: async () => {
      const known = current ?? store.load();
      checkScopes(known, options);
      current = known;
      return signed(endsSoon(known) ? await renewOnce(endsSoon) : known);
    },
    renew: async (refused) => {
      const { authorization } = refused;
      await renewOnce((tokens) => signed(tokens).authorization === authorization);
      return true;
    },
  };
}

function signed({ accessToken }: TokenSet): { readonly authorization: string } {
  return { authorization: `Bearer ${accessToken}` };
}

async function renew(stored: TokenSet, options: TokenCredentialsOptions): Promise<TokenSet> {
  const { endpoint, store, side, server, now = Date.now } = options;
  if (stored.refreshToken === undefined) {
    throw new SignInNeeded(side, `The sign-in to ${server.name} has ended.`);
  }
  const fresh = await endpoint.refresh(stored.refreshToken).catch((error: unknown) => {
    if (!(error instanceof GrantEnded)) throw error;
    const expired = (endOf(stored) ?? Infinity) <= now();
    const how = expired ? 'has expired' : 'has ended or was revoked';
    throw new SignInNeeded(side, `The sign-in to ${server.name} ${how}.`, { cause: error });
  });
  const tokens = renewed(stored, fresh);
  store.save(tokens);
  return tokens;
}

function checkScopes(stored: TokenSet, { side, server }: TokenCredentialsOptions): void {
  const missing = missingScopes(server, stored);
  if (missing.length === 0) return;
  throw new SignInNeeded(
    side,
    `${server.name} was not asked for everything that this account needs now.`,
  );
}

/** Pipedrive's personal token: it does not end, and cannot be renewed. */
export function createApiTokenCredentials(load: () => string): Credentials {
  let token: string | undefined;
  return {
    headers: async () => ({ 'x-api-token': (token ??= load()) }),
    renew: async () => false,
  };
}
