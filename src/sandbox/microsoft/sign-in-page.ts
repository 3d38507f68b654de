import type { SandboxAnswer, SandboxRequest } from '../core.ts';
import { consentPage, errorPage } from '../oauth/pages.ts';
import { redirectTo } from '../oauth/redirect.ts';
import type { Grant, OAuthTokens } from '../oauth/tokens.ts';
import { accountOf } from './accounts.ts';
import type { Behaviour } from './behaviour.ts';
import {
  EntraRefusal,
  adminConsentNeeded,
  declinedConsent,
  missingParameter,
  unknownApp,
} from './oauth-refusals.ts';
import { isOpenId, plainScope, scopesIn } from './scopes.ts';

/** The sandbox's only app: a public client for accounts of any kind. */
export const MICROSOFT_CLIENT = { id: '5a4db0c5-0000-4000-8000-5a4db0c50001' } as const;

const TITLE = 'Sign in with Microsoft (sandbox)';

export type Consent = 'allow' | 'refuse' | 'ask';

/** Who sits in front of the browser, and what they say. */
export interface SignInPage {
  /** `GET` and `POST /{tenant}/oauth2/v2.0/authorize` */
  readonly authorize: (request: SandboxRequest) => SandboxAnswer;
  consentTo(scopes: readonly string[], more: Pick<Grant, 'nonce'>): Grant;
  email(): string;
  answer(): Consent;
  /** Who signs in from now on. An address outside outlook, hotmail, live and msn is a work account. */
  signInAs(email: string): void;
  /** What the user answers; `ask` shows the page. */
  consent(answer: Consent): void;
  /** Only these scopes are granted from now on, whatever is asked; `undefined` grants all. */
  grantScopes(scopes: readonly string[] | undefined): void;
}

export function createSignInPage(
  tokens: OAuthTokens,
  behaviour: Behaviour,
  first: { readonly email: string; readonly consent: Consent },
): SignInPage {
  let { email, consent } = first;
  let granted: ReadonlySet<string> | undefined;

  function consentTo(scopes: readonly string[], { nonce }: Pick<Grant, 'nonce'>): Grant {
    const given = scopes.filter(
      (scope) => isOpenId(scope) || (granted?.has(plainScope(scope)) ?? true),
    );
    return { email, scopes: given, offline: given.includes('offline_access'), nonce };
  }

  function codeFor(sent: URLSearchParams): string {
    return tokens.issueCode({
      grant: consentTo(scopesIn(sent), { nonce: sent.get('nonce') ?? undefined }),
      redirectUri: sent.get('redirect_uri') ?? '',
      challenge: sent.get('code_challenge') ?? undefined,
    });
  }

  function authorize(request: SandboxRequest): SandboxAnswer {
    const sent = new URLSearchParams(
      request.method === 'POST' ? request.text() : request.query.toString(),
    );
    const problem = problemOf(sent) ?? tenantProblem(request.path, email);
    if (problem !== undefined) return errorPage(problem.status, problem.code, problem.message);
    const decision = consent === 'ask' ? sent.get('decision') : consent;
    if (decision === null) {
      return consentPage(sent, { title: TITLE, email, action: request.rawPath, tickable: false });
    }
    return redirectTo(sent.get('redirect_uri') ?? '', {
      ...outcomeOf(sent, decision),
      state: sent.get('state'),
    });
  }

  function outcomeOf(sent: URLSearchParams, decision: string): Readonly<Record<string, string>> {
    const refusal = refusalOf(decision);
    if (refusal === undefined) return { code: codeFor(sent) };
    return { error: refusal.code, error_description: refusal.message };
  }

  function refusalOf(decision: string): EntraRefusal | undefined {
    const work = accountOf(email).kind === 'work';
    if (work && behaviour.adminConsent === 'needed') return adminConsentNeeded();
    return decision === 'allow' ? undefined : declinedConsent();
  }

  return {
    authorize,
    consentTo,
    email: () => email,
    answer: () => consent,
    signInAs(address) {
      email = address;
    },
    consent(answer) {
      consent = answer;
    },
    grantScopes(scopes) {
      granted = scopes === undefined ? undefined : new Set(scopes.map(plainScope));
    },
  };
}

/** @returns the refusal when accounts of this kind cannot sign in at that tenant */
export function tenantProblem(path: string, email: string): EntraRefusal | undefined {
  const { kind, tenantId } = accountOf(email);
  const [, tenant = ''] = path.split('/');
  const own = kind === 'personal' ? 'consumers' : 'organizations';
  if (['common', own, tenantId].includes(tenant)) return undefined;
  return new EntraRefusal(
    'invalid_request',
    50020,
    `User account '${email}' does not exist in tenant '${tenant}' and cannot access the application.`,
  );
}

function problemOf(sent: URLSearchParams): EntraRefusal | undefined {
  const clientId = sent.get('client_id') ?? '';
  if (clientId !== MICROSOFT_CLIENT.id) return unknownApp(clientId);
  if (!isRegistered(sent.get('redirect_uri'))) {
    return new EntraRefusal(
      'invalid_request',
      50011,
      'The redirect URI specified in the request does not match the redirect URIs configured for the application.',
    );
  }
  if (sent.get('response_type') !== 'code') {
    return new EntraRefusal('unsupported_response_type', 70005, "Only 'code' is supported.");
  }
  if (scopesIn(sent).length === 0) return missingParameter('scope');
  if (sent.has('code_challenge') && sent.get('code_challenge_method') !== 'S256') {
    return new EntraRefusal('invalid_request', 501491, 'Only S256 is supported.');
  }
  return undefined;
}

/**
 * `http://localhost` and `http://127.0.0.1` are registered: the port is ignored, the path is not
 * (https://learn.microsoft.com/entra/identity-platform/reply-url#localhost-exceptions).
 */
function isRegistered(address: string | null): boolean {
  const url = address !== null && URL.canParse(address) ? new URL(address) : undefined;
  const loopback = url !== undefined && ['localhost', '127.0.0.1'].includes(url.hostname);
  return loopback && url.protocol === 'http:' && url.pathname === '/' && url.search === '';
}
