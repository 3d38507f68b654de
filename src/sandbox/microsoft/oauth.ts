import type { SandboxAnswer, SandboxRequest, SandboxSeed } from '../core.ts';
import { oauthAnswer } from '../oauth/refusal.ts';
import { createOAuthTokens } from '../oauth/tokens.ts';
import type { Grant } from '../oauth/tokens.ts';
import type { Behaviour } from './behaviour.ts';
import { createDeviceCodes } from './device-codes.ts';
import { createDeviceFlow } from './device-flow.ts';
import type { DeviceFlow } from './device-flow.ts';
import { accessDenied, unauthenticated } from './errors.ts';
import type { Mint } from './ids.ts';
import { EntraRefusal } from './oauth-refusals.ts';
import { coversAny } from './scopes.ts';
import { createSignInPage } from './sign-in-page.ts';
import type { SignInPage } from './sign-in-page.ts';
import { checkClient, createTokenEndpoint } from './token-endpoint.ts';

/** Documented: 90 days; each use brings a new one. */
const REFRESH_LIFE_MS = 90 * 24 * 60 * 60 * 1000;

export interface MicrosoftOAuthOptions {
  readonly email: string;
  readonly autoConsent: boolean;
  readonly behaviour: Behaviour;
  readonly mint: Mint;
}

/** The Microsoft identity platform, v2.0: https://learn.microsoft.com/entra/identity-platform */
export interface MicrosoftOAuth
  extends Pick<SignInPage, 'signInAs' | 'consent' | 'grantScopes'>, Pick<DeviceFlow, 'enterCode'> {
  handle(request: SandboxRequest): SandboxAnswer | undefined;
  /** @throws {GraphFailure} 401 without a live token, 403 without one of the scopes, if any are named */
  require(request: SandboxRequest, scopes: readonly string[]): Grant;
  revokeGrants(): void;
  expireAccessTokens(): void;
}

export function createMicrosoftOAuth(
  seed: SandboxSeed,
  { email, autoConsent, behaviour, mint }: MicrosoftOAuthOptions,
): MicrosoftOAuth {
  const tokens = createOAuthTokens(seed, {
    prefixes: { code: 'M.C5_', access: 'EwB4', refresh: 'M.R3_' },
    refreshLifeMs: REFRESH_LIFE_MS,
    renewedByUse: false,
  });
  const consent = autoConsent ? 'allow' : 'ask';
  const signIn = createSignInPage(tokens, behaviour, { email, consent });
  const devices = createDeviceFlow(createDeviceCodes(seed), signIn, behaviour);
  const token = createTokenEndpoint({ tokens, devices, behaviour, clock: seed.clock });

  const endpoints: Readonly<Record<string, (request: SandboxRequest) => SandboxAnswer>> = {
    'GET v2.0/authorize': signIn.authorize,
    'POST v2.0/authorize': signIn.authorize,
    'POST v2.0/token': forClient(token),
    'POST v2.0/devicecode': forClient(devices.begin),
    'GET deviceauth': devices.page,
    'POST deviceauth': devices.page,
  };

  /** The endpoint's answer, or its refusal as one. */
  function answer(endpoint: () => SandboxAnswer): SandboxAnswer {
    try {
      return endpoint();
    } catch (error) {
      if (!(error instanceof EntraRefusal)) throw error;
      const trace = {
        at: seed.clock.now(),
        requestId: mint.guid(),
        clientRequestId: mint.guid(),
      };
      return oauthAnswer(error.status, error.body(trace));
    }
  }

  return {
    signInAs: signIn.signInAs,
    consent: signIn.consent,
    grantScopes: signIn.grantScopes,
    enterCode: devices.enterCode,
    handle(request) {
      const [, action = ''] = /^\/[^/]+\/oauth2\/(.+)$/u.exec(request.path) ?? [];
      const endpoint = endpoints[`${request.method} ${action}`];
      return endpoint === undefined ? undefined : answer(() => endpoint(request));
    },
    require(request, scopes) {
      const [, bearer = ''] = /^Bearer (.+)$/iu.exec(request.headers['authorization'] ?? '') ?? [];
      const grant = tokens.accessGrant(bearer);
      if (grant === undefined) throw unauthenticated();
      if (scopes.length > 0 && !coversAny(grant.scopes, scopes)) throw accessDenied();
      return grant;
    },
    revokeGrants: () => tokens.revokeAll(),
    expireAccessTokens: () => tokens.expireAccess(),
  };
}

function forClient(
  endpoint: (request: SandboxRequest) => SandboxAnswer,
): (request: SandboxRequest) => SandboxAnswer {
  return (request) => {
    checkClient(new URLSearchParams(request.text()));
    return endpoint(request);
  };
}
