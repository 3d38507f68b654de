import * as oauth from 'oauth4webapi';
import type { Http } from '../http/client.ts';
import { ConsentRefused, NotTheAddress, SignInFailed, SignInTimedOut } from './errors.ts';
import { listenOnLoopback } from './loopback-listener.ts';
import type { OAuthClient, OAuthServer } from './servers.ts';
import { createTokenEndpoint } from './token-endpoint.ts';
import type { Proofs, TokenSet } from './tokens.ts';

const DEFAULT_REDIRECT = { host: '127.0.0.1', path: '/callback' };
const TIMEOUT_MS = 5 * 60_000;

export interface SignInOptions {
  readonly server: OAuthServer;
  readonly client: OAuthClient;
  readonly http: Http;
  /** The port that is registered with the vendor; any free one when left out. */
  readonly port?: number;
  /** The address at which the user signs in: to be shown, and opened where a browser is. */
  readonly onAddress: (address: string) => void;
  /**
   * Where no browser can reach this machine, the user pastes the address that the last page failed
   * to load. Called again with the reason when what was pasted is not it.
   */
  readonly paste?: (problem: string | undefined, signal: AbortSignal) => Promise<string>;
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
}

/**
 * Authorization code on a loopback redirect (RFC 8252), with state, and with PKCE and a nonce where
 * the vendor has them.
 * @throws {ConsentRefused, SignInTimedOut, SignInFailed, PortTaken, Unreachable, BadAnswer}, or the signal's reason
 */
export async function signIn(options: SignInOptions): Promise<TokenSet> {
  const { server, client, http } = options;
  const state = oauth.generateRandomState();
  const proofs: Proofs = {
    verifier: server.pkce ? oauth.generateRandomCodeVerifier() : undefined,
    nonce: server.openId === true ? oauth.generateRandomNonce() : undefined,
  };
  const listener = await listenOnLoopback(options.port ?? 0);
  const { host, path } = server.redirect ?? DEFAULT_REDIRECT;
  const redirectUri = `http://${host}:${listener.port}${path}`;
  const expected: Expected = { server, client, state, redirectUri };
  const timeout = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
  const over = new AbortController();
  const signal = AbortSignal.any([options.signal, timeout, over.signal]);
  try {
    options.onAddress(await authorizationAddress(expected, proofs));
    const arrivals = [listener.redirect((path) => readPath(path, expected), signal)];
    if (options.paste !== undefined) arrivals.push(pasted(options.paste, expected, signal));
    const callback = await Promise.race(arrivals).catch((error: unknown) => {
      throw timeout.aborted && !options.signal.aborted
        ? new SignInTimedOut('Nobody came back from the sign-in page in time.')
        : error;
    });
    return await createTokenEndpoint(server, client, http).exchange(callback, redirectUri, proofs);
  } finally {
    over.abort();
    listener.close();
  }
}

/** The one sign-in that is under way. */
export interface Expected {
  readonly server: OAuthServer;
  readonly client: OAuthClient;
  readonly state: string;
  readonly redirectUri: string;
}

async function authorizationAddress(
  { server, client, state, redirectUri }: Expected,
  { verifier, nonce }: Proofs,
): Promise<string> {
  const address = new URL(server.authorizationEndpoint);
  const parameters = {
    response_type: 'code',
    client_id: client.id,
    redirect_uri: redirectUri,
    state,
    ...(nonce === undefined ? {} : { nonce }),
    ...(server.scopes.length === 0 ? {} : { scope: server.scopes.join(' ') }),
    ...(verifier === undefined
      ? {}
      : {
          code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
        }),
    ...server.extraParameters,
  };
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  return address.href;
}

/** Of a request to the listener. @throws as {@link readRedirect} */
function readPath(path: string, expected: Expected): URLSearchParams {
  const { redirectUri } = expected;
  return readRedirect(
    URL.canParse(path, redirectUri) ? new URL(path, redirectUri).href : '',
    expected,
  );
}

/** What the redirect address brings back. @throws {ConsentRefused, NotTheAddress, SignInFailed} */
export function readRedirect(address: string, expected: Expected): URLSearchParams {
  const wrong = (): NotTheAddress =>
    new NotTheAddress('That is not the address that the sign-in ended at.');
  if (!URL.canParse(address.trim())) throw wrong();
  const url = new URL(address.trim());
  const target = new URL(expected.redirectUri);
  if (url.origin !== target.origin || url.pathname !== target.pathname) throw wrong();
  if (url.searchParams.get('state') !== expected.state) throw wrong();
  const as = { issuer: expected.server.issuer };
  try {
    return oauth.validateAuthResponse(as, { client_id: expected.client.id }, url, expected.state);
  } catch (error) {
    throw refusal(error, expected.server);
  }
}

const REFUSED = new Set(['access_denied', 'user_denied']);

function refusal(error: unknown, { name }: OAuthServer): Error {
  if (error instanceof oauth.AuthorizationResponseError && REFUSED.has(error.error)) {
    return new ConsentRefused(`The access to ${name} was refused.`, { cause: error });
  }
  return new SignInFailed(`${name} did not complete the sign-in.`, { cause: error });
}

async function pasted(
  paste: NonNullable<SignInOptions['paste']>,
  expected: Expected,
  signal: AbortSignal,
): Promise<URLSearchParams> {
  let problem: string | undefined;
  for (;;) {
    const text = await paste(problem, signal);
    try {
      return readRedirect(text, expected);
    } catch (error) {
      if (!(error instanceof NotTheAddress)) throw error;
      problem = error.message;
    }
  }
}
