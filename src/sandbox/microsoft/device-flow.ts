import type { SandboxAnswer, SandboxRequest } from '../core.ts';
import { consentPage, htmlPage } from '../oauth/pages.ts';
import { oauthAnswer } from '../oauth/refusal.ts';
import type { Grant } from '../oauth/tokens.ts';
import type { Behaviour } from './behaviour.ts';
import { DEVICE_CODE_LIFE_S } from './device-codes.ts';
import type { DeviceCodes, PendingDevice } from './device-codes.ts';
import { EntraRefusal, blockedByPolicy, missingParameter } from './oauth-refusals.ts';
import { accountOf } from './accounts.ts';
import { scopesIn } from './scopes.ts';
import type { SignInPage } from './sign-in-page.ts';

/** Sign-in for machines without a browser: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code */
export interface DeviceFlow {
  /** `POST /{tenant}/oauth2/v2.0/devicecode` @throws {EntraRefusal} */
  readonly begin: (request: SandboxRequest) => SandboxAnswer;
  /** `GET` and `POST /common/oauth2/deviceauth`, where the user types the code in. */
  readonly page: (request: SandboxRequest) => SandboxAnswer;
  /** What the app polls for. @throws {EntraRefusal} until the user has answered */
  take(deviceCode: string): Grant;
  /** The user answers the newest code that waits, or this one. Whether there was one. */
  enterCode(answer: 'allow' | 'refuse', userCode?: string): boolean;
}

export function createDeviceFlow(
  codes: DeviceCodes,
  signIn: SignInPage,
  behaviour: Behaviour,
): DeviceFlow {
  function begin(request: SandboxRequest): SandboxAnswer {
    const scopes = scopesIn(new URLSearchParams(request.text()));
    if (scopes.length === 0) throw missingParameter('scope');
    if (!behaviour.publicClient) throw notPublic();
    const { userCode, deviceCode } = codes.issue(scopes, behaviour.deviceInterval);
    const address = `${request.origin}/common/oauth2/deviceauth`;
    return oauthAnswer(200, {
      user_code: userCode,
      device_code: deviceCode,
      verification_uri: address,
      expires_in: DEVICE_CODE_LIFE_S,
      interval: behaviour.deviceInterval,
      message: `To sign in, use a web browser to open the page ${address} and enter the code ${userCode} to authenticate.`,
    });
  }

  function settle(device: PendingDevice, answer: string): void {
    const grant = signIn.consentTo(device.scopes, { nonce: undefined });
    codes.settle(device, answer === 'allow' ? { kind: 'allowed', grant } : { kind: 'declined' });
  }

  function page(request: SandboxRequest): SandboxAnswer {
    const sent = new URLSearchParams(request.text());
    const decision = sent.get('decision');
    if (decision === null) {
      return consentPage(new URLSearchParams(), {
        title: 'Enter the code (sandbox)',
        email: signIn.email(),
        action: '/common/oauth2/deviceauth',
        tickable: false,
        fields: '<p><label>Code <input name="otc"></label></p>',
      });
    }
    const device = codes.find((sent.get('otc') ?? '').trim().toUpperCase());
    if (device === undefined) return htmlPage(400, 'That code did not work (sandbox)', '');
    settle(device, decision);
    return htmlPage(200, 'You have answered (sandbox)', '<p>You can close this window.</p>');
  }

  return {
    begin,
    page,
    take(deviceCode) {
      const device = codes.polled(deviceCode);
      const answer = signIn.answer();
      if (device !== undefined && answer !== 'ask') settle(device, answer);
      const grant = codes.take(deviceCode);
      const blocked = behaviour.deviceCodeFlow === 'blocked';
      if (blocked && accountOf(grant.email).kind === 'work') throw blockedByPolicy();
      return grant;
    },
    enterCode(answer, userCode) {
      const device = codes.find(userCode);
      if (device !== undefined) settle(device, answer);
      return device !== undefined;
    },
  };
}

function notPublic(): EntraRefusal {
  return new EntraRefusal(
    'invalid_client',
    7000218,
    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    401,
  );
}
