import type { SandboxAnswer, SandboxClock, SandboxRequest } from '../core.ts';
import { isVerified, unsignedJwt } from '../oauth/proof.ts';
import { oauthAnswer } from '../oauth/refusal.ts';
import { ACCESS_TOKEN_LIFE_S } from '../oauth/tokens.ts';
import type { Grant, OAuthTokens, PendingCode } from '../oauth/tokens.ts';
import { accountOf } from './accounts.ts';
import type { Behaviour } from './behaviour.ts';
import type { DeviceFlow } from './device-flow.ts';
import { EntraRefusal, missingParameter, unknownApp } from './oauth-refusals.ts';
import { isOpenId, plainScope, scopesIn } from './scopes.ts';
import { MICROSOFT_CLIENT } from './sign-in-page.ts';

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

interface TokenHouse {
  readonly tokens: OAuthTokens;
  readonly devices: DeviceFlow;
  readonly behaviour: Behaviour;
  readonly clock: SandboxClock;
}

/** `POST /{tenant}/oauth2/v2.0/token` @throws {EntraRefusal} */
export function createTokenEndpoint(house: TokenHouse): (request: SandboxRequest) => SandboxAnswer {
  const { tokens, devices, behaviour, clock } = house;

  function answer(form: URLSearchParams, grant: Grant): SandboxAnswer {
    const shown = grant.scopes.filter((scope) => plainScope(scope) !== 'offline_access');
    const { objectId: uid, tenantId: utid } = accountOf(grant.email);
    const clientInfo = Buffer.from(JSON.stringify({ uid, utid })).toString('base64url');
    return oauthAnswer(200, {
      token_type: 'Bearer',
      scope: shown.join(' '),
      expires_in: ACCESS_TOKEN_LIFE_S,
      ext_expires_in: ACCESS_TOKEN_LIFE_S,
      access_token: tokens.issueAccess(grant),
      ...(grant.offline ? { refresh_token: tokens.issueRefresh(grant) } : {}),
      ...(grant.scopes.includes('openid') ? { id_token: idToken(grant, clock.now()) } : {}),
      ...(form.get('client_info') === '1' ? { client_info: clientInfo } : {}),
    });
  }

  function refreshed(form: URLSearchParams): Grant {
    const token = form.get('refresh_token') ?? '';
    if (token === '') throw missingParameter('refresh_token');
    const grant = tokens.refreshGrant(token);
    if (grant === undefined) throw deadGrant(tokens.isExpiredRefresh(token));
    refuseMore(grant, scopesIn(form));
    if (behaviour.refreshRotation === 'old-dies') tokens.dropRefresh(token);
    return grant;
  }

  return (request) => {
    const form = new URLSearchParams(request.text());
    const type = form.get('grant_type');
    if (type === 'authorization_code') {
      return answer(form, checkedCode(tokens.takeCode(form.get('code') ?? ''), form));
    }
    if (type === 'refresh_token') return answer(form, refreshed(form));
    if (type === DEVICE_CODE) return answer(form, devices.take(form.get('device_code') ?? ''));
    if (type === null) throw missingParameter('grant_type');
    throw new EntraRefusal(
      'unsupported_grant_type',
      70003,
      'The app requested an unsupported grant type.',
    );
  };
}

/** In the form; a public client has no secret, and must not send one. @throws {EntraRefusal} */
export function checkClient(form: URLSearchParams): void {
  const id = form.get('client_id');
  if (id === null) throw missingParameter('client_id');
  if (id !== MICROSOFT_CLIENT.id) throw unknownApp(id);
  if (!form.has('client_secret')) return;
  throw new EntraRefusal(
    'invalid_client',
    700025,
    "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
    401,
  );
}

function checkedCode(pending: PendingCode | undefined, form: URLSearchParams): Grant {
  if (pending === undefined) {
    throw new EntraRefusal(
      'invalid_grant',
      54005,
      'OAuth2 Authorization code was already redeemed or is not valid.',
    );
  }
  if (form.get('redirect_uri') !== pending.redirectUri) {
    throw new EntraRefusal(
      'invalid_grant',
      500112,
      'The reply address does not match the reply address provided when requesting Authorization code.',
    );
  }
  const verifier = form.get('code_verifier') ?? '';
  if (pending.challenge === undefined || isVerified(pending.challenge, verifier))
    return pending.grant;
  throw new EntraRefusal(
    'invalid_grant',
    501481,
    'The Code_Verifier does not match the code_challenge supplied in the authorization request.',
  );
}

/** A refresh may ask for less than was granted, never for more. @throws {EntraRefusal} */
function refuseMore({ scopes }: Grant, asked: readonly string[]): void {
  const granted = scopes.map(plainScope);
  const covered = asked.every((scope) => isOpenId(scope) || granted.includes(plainScope(scope)));
  if (covered) return;
  throw new EntraRefusal(
    'invalid_grant',
    65001,
    'The user or administrator has not consented to use the application. Send an interactive authorization request for this user and resource.',
  );
}

function deadGrant(expired: boolean): EntraRefusal {
  return expired
    ? new EntraRefusal('invalid_grant', 700082, 'The refresh token has expired due to inactivity.')
    : new EntraRefusal(
        'invalid_grant',
        50173,
        'The provided grant has expired due to it being revoked, a fresh auth token is needed.',
      );
}

function idToken(grant: Grant, now: Date): string {
  const { tenantId, objectId, displayName, email } = accountOf(grant.email);
  const issuedAt = Math.floor(now.getTime() / 1000);
  return unsignedJwt({
    ver: '2.0',
    iss: `https://login.microsoftonline.com/${tenantId}/v2.0`,
    aud: MICROSOFT_CLIENT.id,
    sub: `sub-${objectId}`,
    oid: objectId,
    tid: tenantId,
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + ACCESS_TOKEN_LIFE_S,
    ...(grant.scopes.includes('profile') ? { name: displayName, preferred_username: email } : {}),
    ...(grant.scopes.includes('email') ? { email } : {}),
    ...(grant.nonce === undefined ? {} : { nonce: grant.nonce }),
  });
}
