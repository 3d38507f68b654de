import { BadControl } from '../core.ts';
import type { SandboxAnswer, SandboxRequest } from '../core.ts';
import { consentPage, errorPage } from '../oauth/pages.ts';
import { isLoopback, redirectTo } from '../oauth/redirect.ts';
import { GOOGLE_CLIENT } from './oauth-client.ts';
import { OAuthRefusal } from '../oauth/refusal.ts';
import type { Grant, OAuthTokens } from '../oauth/tokens.ts';

const CONSENT_FORM = {
  title: 'Sign in with Google (sandbox)',
  action: '/o/oauth2/v2/auth',
  tickable: true,
};

const CONSENTS = ['allow', 'refuse', 'ask'] as const;
export type Consent = (typeof CONSENTS)[number];

/** The consent page, and who sits in front of it. */
export interface Authorization {
  /** `GET` and `POST /o/oauth2/v2/auth` */
  readonly authorize: (request: SandboxRequest) => SandboxAnswer;
  email(): string;
  /** Who signs in from now on. */
  signInAs(email: string): void;
  /** What the user answers on the consent page; `ask` shows it. */
  consent(answer: Consent): void;
  /** The user ticks only these scopes from now on; `undefined` ticks all. */
  tickScopes(scopes: readonly string[] | undefined): void;
}

export function createAuthorization(
  tokens: OAuthTokens,
  first: { readonly email: string; readonly consent: Consent },
): Authorization {
  let { email, consent } = first;
  let ticked: readonly string[] | undefined;

  function authorize(request: SandboxRequest): SandboxAnswer {
    const sent = new URLSearchParams(
      request.method === 'POST' ? request.text() : request.query.toString(),
    );
    const problem = authorizationProblem(sent);
    if (problem !== undefined) return errorPage(problem.status, problem.code, problem.message);
    const decision = consent === 'ask' ? sent.get('decision') : consent;
    if (decision === null) return consentPage(sent, { ...CONSENT_FORM, email });
    const outcome = decision === 'allow' ? allow(sent) : { error: 'access_denied' };
    return redirectTo(sent.get('redirect_uri') ?? '', { state: sent.get('state'), ...outcome });
  }

  function allow(sent: URLSearchParams): { readonly code: string; readonly scope: string } {
    const asked = (sent.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
    const chosen = ticked ?? (sent.has('decision') ? sent.getAll('granted') : asked);
    const first = !tokens.consented(email);
    const grant: Grant = {
      email,
      scopes: asked.filter((scope) => scope === 'openid' || chosen.includes(scope)),
      offline: sent.get('access_type') === 'offline' && (first || asksAgain(sent)),
      nonce: sent.get('nonce') ?? undefined,
    };
    const code = tokens.issueCode({
      grant,
      redirectUri: sent.get('redirect_uri') ?? '',
      challenge: sent.get('code_challenge') ?? undefined,
    });
    return { code, scope: grant.scopes.join(' ') };
  }

  return {
    authorize,
    email: () => email,
    signInAs(address) {
      email = address;
    },
    consent(answer) {
      if (!CONSENTS.includes(answer)) throw new BadControl(`Consent is ${CONSENTS.join(', ')}.`);
      consent = answer;
    },
    tickScopes(scopes) {
      ticked = scopes;
    },
  };
}

function authorizationProblem(sent: URLSearchParams): OAuthRefusal | undefined {
  if (sent.get('client_id') !== GOOGLE_CLIENT.id) {
    return new OAuthRefusal('invalid_client', 'The OAuth client was not found.', 401);
  }
  if (!isLoopback(sent.get('redirect_uri'))) {
    return new OAuthRefusal('redirect_uri_mismatch', 'The redirect URI is not allowed.');
  }
  if (sent.get('response_type') !== 'code') {
    return new OAuthRefusal('unsupported_response_type', 'Only "code" is supported.');
  }
  if ((sent.get('scope') ?? '') === '') {
    return new OAuthRefusal('invalid_request', 'Missing required parameter: scope');
  }
  if (sent.has('code_challenge') && sent.get('code_challenge_method') !== 'S256') {
    return new OAuthRefusal('invalid_request', 'Only S256 is supported.');
  }
  return undefined;
}

function asksAgain(sent: URLSearchParams): boolean {
  return (sent.get('prompt') ?? '').split(' ').includes('consent');
}
