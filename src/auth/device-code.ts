import { setTimeout as sleep } from 'node:timers/promises';
import * as oauth from 'oauth4webapi';
import type { Http } from '../http/client.ts';
import { Unreachable } from '../sync/errors.ts';
import { ConsentRefused, SignInFailed, SignInTimedOut } from './errors.ts';
import type { OAuthClient, OAuthServer } from './servers.ts';
import { issuing } from './issuer.ts';
import {
  clientAuth,
  clientOf,
  inOurWords,
  LIMITS,
  toTokenSet,
  transport,
} from './token-endpoint.ts';
import type { TokenSet } from './tokens.ts';

export interface DeviceSignInOptions {
  readonly server: OAuthServer;
  readonly client: OAuthClient;
  readonly http: Http;
  /** What the user types in, and where, on any machine with a browser. */
  readonly onCode: (code: DeviceCode) => void;
  readonly signal: AbortSignal;
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface DeviceCode {
  readonly code: string;
  readonly address: string;
}

/** RFC 8628 has this many seconds, where the vendor does not say. */
const DEFAULT_INTERVAL_S = 5;
/** Whatever the vendor says, it is asked neither without a pause nor for longer than this. */
const LEAST_INTERVAL_S = 1;
const LONGEST_S = 3600;
/** "Increase by 5 seconds for this and all subsequent requests": RFC 8628, 3.5. */
const SLOWER_BY_S = 5;

/**
 * For machines without a browser: the user signs in on another one, with a code.
 * @throws {ConsentRefused, SignInTimedOut, SignInFailed, Unreachable}, or the signal's reason
 */
export async function signInByDevice(options: DeviceSignInOptions): Promise<TokenSet> {
  const { server, onCode, signal, wait = realWait } = options;
  const endpoint = deviceEndpoint(options);
  const device = await endpoint.start();
  onCode({ code: device.user_code, address: device.verification_uri });
  let interval = within(LEAST_INTERVAL_S, device.interval ?? DEFAULT_INTERVAL_S);
  for (let left = within(0, device.expires_in); left > 0; left -= interval) {
    await wait(interval * 1000, signal);
    const answer = await endpoint.poll(device.device_code);
    if (answer.kind === 'signed-in') return answer.tokens;
    if (answer.kind === 'slower') interval += SLOWER_BY_S;
  }
  throw tooLate(server);
}

function within(least: number, seconds: number): number {
  return Math.min(Math.max(seconds, least), LONGEST_S);
}

type Poll =
  | { readonly kind: 'signed-in'; readonly tokens: TokenSet }
  | { readonly kind: 'not-yet' }
  | { readonly kind: 'slower' };

function deviceEndpoint({ server, client, http, signal }: DeviceSignInOptions) {
  const { origin } = new URL(server.tokenEndpoint);
  const api = http.api({ name: `${server.name} sign-in`, base: origin, limits: LIMITS });
  const as: oauth.AuthorizationServer = {
    issuer: server.issuer,
    token_endpoint: server.tokenEndpoint,
    ...(server.deviceEndpoint !== undefined && {
      device_authorization_endpoint: server.deviceEndpoint,
    }),
  };
  const self = clientOf(client);
  const auth = clientAuth(server, client);
  const calls = { ...transport(api, server), signal };
  const start = (): Promise<oauth.DeviceAuthorizationResponse> =>
    inOurWords(server, async () => {
      const scopes = new URLSearchParams({ scope: server.scopes.join(' ') });
      const answer = await oauth.deviceAuthorizationRequest(as, self, auth, scopes, calls);
      return oauth.processDeviceAuthorizationResponse(as, self, answer);
    });
  const poll = async (deviceCode: string): Promise<Poll> => {
    try {
      const tokens = await inOurWords(server, async () => {
        const answer = await oauth.deviceCodeGrantRequest(as, self, auth, deviceCode, calls);
        const issuer = await issuing(as, answer);
        const read = await oauth.processDeviceCodeResponse(issuer, self, answer);
        return toTokenSet(read, server, Date.now());
      });
      return { kind: 'signed-in', tokens };
    } catch (error) {
      signal.throwIfAborted();
      // A poll that gets no answer is repeated like one that comes too early (RFC 8628, 3.5).
      if (error instanceof Unreachable) return { kind: 'not-yet' };
      return pollRefused(server, error);
    }
  };
  return { start, poll };
}

function pollRefused(server: OAuthServer, error: unknown): Poll {
  const cause: unknown = error instanceof SignInFailed ? error.cause : undefined;
  switch (cause instanceof oauth.ResponseBodyError ? cause.error : undefined) {
    case 'authorization_pending':
      return { kind: 'not-yet' };
    case 'slow_down':
      return { kind: 'slower' };
    // The standard's word, and Microsoft's.
    case 'access_denied':
    case 'authorization_declined':
      throw new ConsentRefused(`The access to ${server.name} was refused.`, { cause });
    case 'expired_token':
      throw tooLate(server, cause);
    default:
      throw error;
  }
}

function tooLate({ name }: OAuthServer, cause?: unknown): SignInTimedOut {
  return new SignInTimedOut(`Nobody signed in to ${name} with the code in time.`, { cause });
}

async function realWait(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
