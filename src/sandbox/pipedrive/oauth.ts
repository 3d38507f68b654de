import { randomHex, type SandboxAnswer, type SandboxRequest } from '../core.ts';
import { redirectTo } from '../oauth/redirect.ts';
import type { User } from './users.ts';
import type { World } from './world.ts';

/** The app that is registered with the sandbox's Pipedrive. */
export const PIPEDRIVE_CLIENT = {
  id: 'contactsync-sandbox-app',
  secret: 'sandbox-app-secret',
} as const;

const CODE_MS = 5 * 60_000;
const ACCESS_S = 3599;

interface Grant {
  readonly user: User;
  refreshToken: string;
  revoked: boolean;
}

interface Access {
  readonly grant: Grant;
  readonly until: number;
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
  const codes = new Map<string, { readonly until: number; readonly redirectUri: string }>();
  const accesses = new Map<string, Access>();
  const grants: Grant[] = [];
  const now = (): number => world.clock.now().getTime();
  const fresh = (prefix: string): string => `${prefix}${randomHex(world.random, 40)}`;

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
    const code = fresh('');
    codes.set(code, { until: now() + CODE_MS, redirectUri });
    return redirectTo(redirectUri, { code, state });
  };

  const answerTokens = (grant: Grant, origin: string): SandboxAnswer => {
    const accessToken = fresh('v1u:');
    accesses.set(accessToken, { grant, until: now() + ACCESS_S * 1000 });
    return {
      status: 200,
      body: {
        access_token: accessToken,
        token_type: 'Bearer',
        expires_in: ACCESS_S,
        refresh_token: grant.refreshToken,
        scope: world.behaviour.scope,
        api_domain: origin,
      },
    };
  };

  const exchange = (form: URLSearchParams, origin: string): SandboxAnswer => {
    const code = form.get('code') ?? '';
    const issued = codes.get(code);
    codes.delete(code);
    const [user] = world.users;
    if (
      issued === undefined ||
      issued.until < now() ||
      issued.redirectUri !== form.get('redirect_uri') ||
      user === undefined
    ) {
      return invalidGrant();
    }
    const grant: Grant = { user, refreshToken: fresh('1:1:'), revoked: false };
    grants.push(grant);
    return answerTokens(grant, origin);
  };

  const refresh = (form: URLSearchParams, origin: string): SandboxAnswer => {
    const grant = grants.find(
      (one) => one.refreshToken === form.get('refresh_token') && !one.revoked,
    );
    if (grant === undefined) return invalidGrant();
    if (world.behaviour.rotateRefreshTokens) grant.refreshToken = fresh('1:1:');
    return answerTokens(grant, origin);
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
    const wanted = new URLSearchParams(request.text()).get('token');
    for (const grant of grants) if (grant.refreshToken === wanted) grant.revoked = true;
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
      const access = accesses.get(accessToken);
      if (access === undefined || access.until < now() || access.grant.revoked) return undefined;
      return world.users.find(({ id }) => id === access.grant.user.id);
    },
    revokeGrants: () => {
      for (const grant of grants) grant.revoked = true;
    },
    expireAccessTokens: () => accesses.clear(),
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
