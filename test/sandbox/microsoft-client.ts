import { createHash } from 'node:crypto';
import { Client, HTTPMessageHandler } from '@microsoft/microsoft-graph-client';
import type { Context, Middleware } from '@microsoft/microsoft-graph-client';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/sandbox.ts';

export const SCOPES =
  'openid profile offline_access Contacts.ReadWrite User.Read MailboxSettings.ReadWrite';
export const REDIRECT = 'http://localhost:49152';
export const VERIFIER = 'a-verifier-of-at-least-forty-three-characters';
export const IMMUTABLE = { prefer: 'IdType="ImmutableId"' };

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** A sandbox, signed in to its Microsoft half. */
export interface Signed {
  readonly sandbox: Sandbox;
  readonly token: string;
  /** `path` is below `/v1.0`, or a whole address, as in a link. */
  graph(method: string, path: string, more?: More): Promise<Answer>;
  /** The vendor's own SDK. */
  readonly sdk: Client;
}

export interface More {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function signedIn(options: SandboxOptions = {}): Promise<Signed> {
  const sandbox = await startSandbox({ autoConsent: true, ...options });
  const { access_token: token = '' } = await signInto(sandbox);
  return {
    sandbox,
    token,
    graph: (method, path, more) => call(sandbox, token, { method, path, ...more }),
    sdk: sdkFor(sandbox, token),
  };
}

/** Through the consent page with PKCE, as a native app. */
export async function signInto(sandbox: Sandbox, scope = SCOPES): Promise<Record<string, string>> {
  const back = await authorize(sandbox, { scope });
  const { body } = await tokenCall(sandbox, {
    grant_type: 'authorization_code',
    code: back.get('code') ?? '',
    redirect_uri: REDIRECT,
    code_verifier: VERIFIER,
    scope,
  });
  return body as Record<string, string>;
}

export function authorizeAddress(
  sandbox: Sandbox,
  changed: Readonly<Record<string, string>> = {},
  tenant = 'common',
): string {
  const query = new URLSearchParams({
    client_id: clientId(sandbox),
    response_type: 'code',
    response_mode: 'query',
    redirect_uri: REDIRECT,
    scope: SCOPES,
    state: 'the-state',
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    code_challenge_method: 'S256',
    ...changed,
  });
  return `${sandbox.url}/${tenant}/oauth2/v2.0/authorize?${query.toString()}`;
}

/** Follows the consent page's redirect and gives what came back with it. */
export async function authorize(
  sandbox: Sandbox,
  changed: Readonly<Record<string, string>> = {},
): Promise<URLSearchParams> {
  const answer = await fetch(authorizeAddress(sandbox, changed), { redirect: 'manual' });
  await answer.text();
  return new URL(answer.headers.get('location') ?? 'about:blank').searchParams;
}

export async function tokenCall(
  sandbox: Sandbox,
  form: Readonly<Record<string, string>>,
  endpoint = 'token',
): Promise<Omit<Answer, 'headers'>> {
  const answer = await fetch(`${sandbox.url}/common/oauth2/v2.0/${endpoint}`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: clientId(sandbox), ...form }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

export function errorCode({ body }: Pick<Answer, 'body'>): unknown {
  return (body['error'] as { code: unknown } | undefined)?.code;
}

/** The rows of a list. */
export function rows({ body }: Pick<Answer, 'body'>): readonly Record<string, unknown>[] {
  return body['value'] as readonly Record<string, unknown>[];
}

function clientId({ env }: Sandbox): string {
  return env['CONTACTSYNC_MICROSOFT_CLIENT_ID'] ?? '';
}

async function call(
  sandbox: Sandbox,
  token: string,
  { method, path, body, headers }: More & { readonly method: string; readonly path: string },
): Promise<Answer> {
  const bytes = body instanceof Uint8Array;
  const answer = await fetch(path.startsWith('http') ? path : `${sandbox.url}/v1.0${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined || bytes ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: bytes ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const json = answer.headers.get('content-type')?.includes('json') === true && text !== '';
  return {
    status: answer.status,
    headers: answer.headers,
    body: json ? (JSON.parse(text) as Record<string, unknown>) : { text },
  };
}

/** Its own sign-in handler drops the token over http, so this one puts it in. */
class SignIn implements Middleware {
  private next: Middleware | undefined;
  private readonly token: string;

  constructor(token: string) {
    this.token = token;
  }

  async execute(context: Context): Promise<void> {
    const headers = new Headers(context.options?.headers);
    headers.set('authorization', `Bearer ${this.token}`);
    context.options = { ...context.options, headers };
    await this.next?.execute(context);
  }

  setNext(next: Middleware): void {
    this.next = next;
  }
}

function sdkFor(sandbox: Sandbox, token: string): Client {
  const signIn = new SignIn(token);
  signIn.setNext(new HTTPMessageHandler());
  return Client.initWithMiddleware({ middleware: signIn, baseUrl: `${sandbox.url}/` });
}
