import type { SandboxAnswer, SandboxRequest } from '../core.ts';
import { redirectTo } from '../oauth/redirect.ts';
import { createTokens } from '../tokens.ts';
import type { User } from './users.ts';
import { userOf, type World } from './world.ts';

/** The app that is registered with the sandbox's Pipedrive. */
export const PIPEDRIVE_CLIENT = {
  id: 'contactsync-sandbox-app',
  secret: 'sandbox-app-secret',
} as const;

const CODE_MS = 5 * 60_000;
const ACCESS_S = 3599;
/** "A refresh token expires after 60 days without use" (documented). */
const REFRESH_MS = 60 * 24 * 60 * 60_000;

/** A user's consent: what every token of it stands for. */
interface Grant {
  readonly userId: number;
}

export interface PipedriveOAuth {
  handle(request: SandboxRequest): SandboxAnswer | undefined;
  /** Whose access token this is, if it is still good. */
  userOf(accessToken: string): User | undefined;
  revokeGrants(): void;
  expireAccessTokens(): void;
}

/** Authorization code for a confidential client, without PKCE: https://pipedrive.readme.io/docs/marketplace-oauth-authorization */
export function createOAuth(world: World): PipedriveOAuth {
  const digits = 40;
  const codes = createTokens<string>(world, { prefix: '', digits, lifeMs: CODE_MS });
  const accesses = createTokens<Grant>(world, {
    prefix: 'v1u:',
    digits,
    lifeMs: ACCESS_S * 1000,
  });
  const refreshes = createTokens<Grant>(world, { prefix: '1:1:', digits, lifeMs: REFRESH_MS });

  const authorize = ({ query }: SandboxRequest): SandboxAnswer => {
    const redirectUri = query.get('redirect_uri') ?? '';
    if (query.get('client_id') !== PIPEDRIVE_CLIENT.id) return page(400, 'Unknown app.');
    const { redirectUri: registered, autoConsent } = world.behaviour;
    if (!URL.canParse(redirectUri) || (registered !== null && registered !== redirectUri)) {
      return page(400, 'The redirect address is not the registered one.');
    }
    const state = query.get('state') ?? '';
    const decision = query.get('decision') ?? (autoConsent ? 'allow' : undefined);
    if (decision === undefined) return consentPage(query);
    if (decision !== 'allow') return redirectTo(redirectUri, { error: 'user_denied', state });
    return redirectTo(redirectUri, { code: codes.issue(redirectUri), state });
  };

  const answerTokens = (grant: Grant, refreshToken: string, origin: string): SandboxAnswer => ({
    status: 200,
    body: {
      access_token: accesses.issue(grant),
      token_type: 'Bearer',
      expires_in: ACCESS_S,
      refresh_token: refreshToken,
      scope: world.behaviour.scope,
      api_domain: origin,
    },
  });

  const exchange = (form: URLSearchParams, origin: string): SandboxAnswer => {
    const redirectUri = codes.take(form.get('code') ?? '');
    const [user] = world.users;
    if (redirectUri === undefined || redirectUri !== form.get('redirect_uri'))
      return invalidGrant();
    if (user === undefined) return invalidGrant();
    const grant: Grant = { userId: user.id };
    return answerTokens(grant, refreshes.issue(grant), origin);
  };

  const refresh = (form: URLSearchParams, origin: string): SandboxAnswer => {
    const used = form.get('refresh_token') ?? '';
    const grant = refreshes.find(used);
    if (grant === undefined) return invalidGrant();
    if (!world.behaviour.rotateRefreshTokens) {
      refreshes.renew(used);
      return answerTokens(grant, used, origin);
    }
    refreshes.end(grant);
    return answerTokens(grant, refreshes.issue(grant), origin);
  };

  const token = (request: SandboxRequest): SandboxAnswer => {
    if (!isClient(request))
      return { status: 401, body: { success: false, error: 'invalid_client' } };
    const form = new URLSearchParams(request.text());
    const kind = form.get('grant_type');
    if (kind === 'authorization_code') return exchange(form, request.origin);
    if (kind === 'refresh_token') return refresh(form, request.origin);
    return { status: 400, body: { success: false, error: 'unsupported_grant_type' } };
  };

  const revoke = (request: SandboxRequest): SandboxAnswer => {
    const grant = refreshes.find(new URLSearchParams(request.text()).get('token') ?? '');
    if (grant !== undefined) {
      refreshes.end(grant);
      accesses.end(grant);
    }
    return { status: 200, body: {} };
  };

  return {
    handle: (request) => {
      const { method, path } = request;
      if (method === 'GET' && path === '/oauth/authorize') return authorize(request);
      if (method === 'POST' && path === '/oauth/token') return token(request);
      if (method === 'POST' && path === '/oauth/revoke') return revoke(request);
      return undefined;
    },
    userOf: (accessToken) => {
      const grant = accesses.find(accessToken);
      return grant === undefined ? undefined : userOf(world, grant.userId);
    },
    revokeGrants: () => {
      refreshes.end();
      accesses.end();
    },
    expireAccessTokens: () => accesses.end(),
  };
}

function invalidGrant(): SandboxAnswer {
  return {
    status: 400,
    body: { success: false, error: 'invalid_grant', message: 'The grant is invalid or expired.' },
  };
}

function isClient({ headers }: SandboxRequest): boolean {
  const sent = (headers['authorization'] ?? '').replace(/^Basic /u, '');
  const [id = '', secret = ''] = Buffer.from(sent, 'base64')
    .toString('utf8')
    .split(':')
    .map(decodeURIComponent);
  return id === PIPEDRIVE_CLIENT.id && secret === PIPEDRIVE_CLIENT.secret;
}

function page(status: number, sentence: string): SandboxAnswer {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: `<!doctype html><p>${sentence}</p>`,
  };
}

function consentPage(query: URLSearchParams): SandboxAnswer {
  const link = (decision: string): string => {
    const next = new URLSearchParams(query);
    next.set('decision', decision);
    return `/oauth/authorize?${next.toString().replaceAll('&', '&amp;')}`;
  };
  return page(
    200,
    `contactsync wants to see and change your Pipedrive contacts (sandbox).</p><p><a href="${link('allow')}">Allow</a> <a href="${link('refuse')}">Refuse</a>`,
  );
}
