import type { Credentials } from '../http/api.ts';
import { SignInNeeded } from '../sync/errors.ts';
import type { Side } from '../plan/model.ts';
import { SignInFailed } from './errors.ts';
import type { TokenEndpoint, TokenSet } from './tokens.ts';

/** A token that ends so soon is renewed before it is used. */
const RENEW_BEFORE_MS = 60_000;

export interface TokenStore {
  load(): TokenSet;
  save(tokens: TokenSet): void;
}

export interface TokenCredentialsOptions {
  readonly side: Side;
  /** For messages: `Google`. */
  readonly name: string;
  readonly endpoint: TokenEndpoint;
  readonly store: TokenStore;
  readonly now?: () => number;
}

/**
 * Signs requests with an access token, and renews it in time, once, whoever asks. A rotated
 * refresh token is saved before the new access token is used: it is the only one left.
 */
export function createTokenCredentials(options: TokenCredentialsOptions): Credentials {
  const { endpoint, store, side, name, now = Date.now } = options;
  let renewing: Promise<TokenSet> | undefined;
  /** What is stored is encrypted: it is not opened for each of thousands of requests. */
  let current: TokenSet | undefined;

  const renew = async (stale: TokenSet): Promise<TokenSet> => {
    // Another process may have renewed it meanwhile: its token is as good as ours would be.
    const stored = store.load();
    if (stored.accessToken !== stale.accessToken && !endsSoon(stored)) return (current = stored);
    if (stored.refreshToken === undefined) throw signInNeeded();
    const fresh = await endpoint.refresh(stored.refreshToken).catch((error: unknown) => {
      throw error instanceof SignInFailed ? signInNeeded(error) : error;
    });
    const tokens = { ...stored, ...fresh };
    store.save(tokens);
    return (current = tokens);
  };
  const renewOnce = (stale: TokenSet): Promise<TokenSet> => {
    renewing ??= renew(stale).finally(() => {
      renewing = undefined;
    });
    return renewing;
  };
  const endsSoon = ({ expiresAt }: TokenSet): boolean =>
    expiresAt !== undefined && expiresAt - now() < RENEW_BEFORE_MS;
  const signInNeeded = (cause?: unknown): SignInNeeded =>
    new SignInNeeded(side, `The sign-in to ${name} has ended or was revoked.`, { cause });

  return {
    headers: async () => {
      const known = (current ??= store.load());
      const { accessToken } = endsSoon(known) ? await renewOnce(known) : known;
      return { authorization: `Bearer ${accessToken}` };
    },
    renew: async () => {
      await renewOnce(current ?? store.load());
      return true;
    },
  };
}

/** Pipedrive's personal token: it does not end, and cannot be renewed. */
export function createApiTokenCredentials(load: () => string): Credentials {
  let token: string | undefined;
  return {
    headers: async () => ({ 'x-api-token': (token ??= load()) }),
    renew: async () => false,
  };
}
