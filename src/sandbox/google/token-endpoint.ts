import type { SandboxAnswer, SandboxClock, SandboxRequest } from '../core.ts';
import { GOOGLE_CLIENT, subject } from './oauth-client.ts';
import { isVerified, unsignedJwt } from '../oauth/proof.ts';
import { OAuthRefusal, oauthAnswer } from '../oauth/refusal.ts';
import { ACCESS_TOKEN_LIFE_S } from '../oauth/tokens.ts';
import type { Grant, OAuthTokens, PendingCode } from '../oauth/tokens.ts';

const ISSUER = 'https://accounts.google.com';
const TESTING_LIFE_S = 604_799;

export interface TokenEndpoint {
  /** `POST /token` @throws {OAuthRefusal} */
  readonly token: (request: SandboxRequest) => SandboxAnswer;
  /** `POST /revoke` @throws {OAuthRefusal} */
  readonly revoke: (request: SandboxRequest) => SandboxAnswer;
}

export function createTokenEndpoint(
  tokens: OAuthTokens,
  { clock, testing }: { readonly clock: SandboxClock; readonly testing: boolean },
): TokenEndpoint {
  function token(request: SandboxRequest): SandboxAnswer {
    const form = new URLSearchParams(request.text());
    checkClient(request, form);
    switch (form.get('grant_type')) {
      case 'authorization_code': {
        const pending = tokens.takeCode(form.get('code') ?? '');
        const grant = checkedCode(pending, form);
        return granted(grant, grant.offline ? tokens.issueRefresh(grant) : undefined);
      }
      case 'refresh_token': {
        const grant = tokens.refreshGrant(form.get('refresh_token') ?? '');
        if (grant !== undefined) return granted(grant, undefined);
        throw new OAuthRefusal('invalid_grant', 'Token has been expired or revoked.');
      }
      default:
        throw new OAuthRefusal('unsupported_grant_type', 'Invalid grant_type.');
    }
  }

  function granted(grant: Grant, refreshToken: string | undefined): SandboxAnswer {
    const openid = grant.scopes.includes('openid');
    return oauthAnswer(200, {
      access_token: tokens.issueAccess(grant),
      expires_in: ACCESS_TOKEN_LIFE_S,
      ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
      ...(testing ? { refresh_token_expires_in: TESTING_LIFE_S } : {}),
      scope: grant.scopes.join(' '),
      token_type: 'Bearer',
      ...(openid ? { id_token: idToken(grant, clock.now()) } : {}),
    });
  }

  function revoke(request: SandboxRequest): SandboxAnswer {
    const form = new URLSearchParams(request.text());
    const token = request.query.get('token') ?? form.get('token') ?? '';
    if (tokens.revoke(token)) return oauthAnswer(200, {});
    throw new OAuthRefusal('invalid_token', 'Token expired or revoked');
  }

  return { token, revoke };
}

/** In the body, or by HTTP Basic. */
function checkClient(request: SandboxRequest, form: URLSearchParams): void {
  const [, basic = ''] = /^Basic (.+)$/u.exec(request.headers['authorization'] ?? '') ?? [];
  const [id = '', secret = ''] =
    basic === ''
      ? [form.get('client_id') ?? '', form.get('client_secret') ?? '']
      : Buffer.from(basic, 'base64').toString().split(':').map(decodeURIComponent);
  if (id !== GOOGLE_CLIENT.id) {
    throw new OAuthRefusal('invalid_client', 'The OAuth client was not found.', 401);
  }
  if (secret === '') throw new OAuthRefusal('invalid_request', 'client_secret is missing.');
  if (secret !== GOOGLE_CLIENT.secret) {
    throw new OAuthRefusal('invalid_client', 'The provided client secret is invalid.', 401);
  }
}

function checkedCode(pending: PendingCode | undefined, form: URLSearchParams): Grant {
  if (pending === undefined) throw new OAuthRefusal('invalid_grant', 'Malformed auth code.');
  if (form.get('redirect_uri') !== pending.redirectUri) {
    throw new OAuthRefusal('redirect_uri_mismatch', 'Bad Request');
  }
  if (pending.challenge === undefined) return pending.grant;
  const verifier = form.get('code_verifier');
  if (verifier === null) throw new OAuthRefusal('invalid_grant', 'Missing code verifier.');
  if (!isVerified(pending.challenge, verifier)) {
    throw new OAuthRefusal('invalid_grant', 'Invalid code verifier.');
  }
  return pending.grant;
}

function idToken(grant: Grant, now: Date): string {
  const issuedAt = Math.floor(now.getTime() / 1000);
  return unsignedJwt({
    iss: ISSUER,
    aud: GOOGLE_CLIENT.id,
    azp: GOOGLE_CLIENT.id,
    sub: subject(grant.email),
    email: grant.email,
    email_verified: true,
    iat: issuedAt,
    exp: issuedAt + ACCESS_TOKEN_LIFE_S,
    ...(grant.nonce === undefined ? {} : { nonce: grant.nonce }),
  });
}
