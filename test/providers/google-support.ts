import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttp } from '../../src/http/client.ts';
import { createGoogleSide, type GoogleSide } from '../../src/providers/google/index.ts';
import { googleLimits } from '../../src/providers/google/limits.ts';
import type { Told, Outcome, Write } from '../../src/sync/ports.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';
import { looked } from '../support/looked.ts';

export const SIGNAL = new AbortController().signal;

const SCOPES = [
  'https://www.googleapis.com/auth/contacts',
  'https://www.googleapis.com/auth/userinfo.email',
];

export interface AtSandbox {
  readonly side: GoogleSide;
  readonly sandbox: Sandbox;
  close(): Promise<void>;
}

/** A side that is signed in at a sandbox. */
export async function atSandbox(options: SandboxOptions = {}): Promise<AtSandbox> {
  const sandbox = await startSandbox({ contacts: [], autoConsent: true, ...options });
  const authorization = `Bearer ${await accessToken(sandbox)}`;
  const { side, close } = sideAt(sandbox.url, { authorization });
  sandbox.clearRequests();
  const closeAll = async () => {
    close();
    await sandbox.close();
  };
  return { side, sandbox, close: closeAll };
}

/** Time passes at once where somebody waits. */
export function sideAt(base: string, headers: Readonly<Record<string, string>> = {}) {
  let waited = 0;
  const timer = {
    now: () => Date.now() + waited,
    sleep: async (ms: number) => {
      waited += ms;
    },
  };
  const http = createHttp({
    userAgent: 'contactsync-test',
    paced: false,
    timer,
  });
  const api = http.api({
    name: 'google',
    base,
    limits: googleLimits(),
    credentials: { headers: async () => headers, renew: async () => false },
  });
  return { side: createGoogleSide({ api }), api, close: () => http.close() };
}

async function accessToken(sandbox: Sandbox): Promise<string> {
  const client = {
    client_id: sandbox.env['CONTACTSYNC_GOOGLE_CLIENT_ID'] ?? '',
    client_secret: sandbox.env['CONTACTSYNC_GOOGLE_CLIENT_SECRET'] ?? '',
    redirect_uri: 'http://127.0.0.1:1',
  };
  const question = new URLSearchParams({
    ...client,
    response_type: 'code',
    scope: SCOPES.join(' '),
  });
  const consent = await fetch(`${sandbox.url}/o/oauth2/v2/auth?${question}`, {
    redirect: 'manual',
  });
  const code = new URL(consent.headers.get('location') ?? '').searchParams.get('code') ?? '';
  const answer = await fetch(`${sandbox.url}/token`, {
    method: 'POST',
    body: new URLSearchParams({ ...client, code, grant_type: 'authorization_code' }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  return token;
}

export interface Scripted {
  readonly side: GoogleSide;
  /** Method and decoded address of each request, and its JSON body. */
  readonly asked: readonly Question[];
  close(): Promise<void>;
}

export interface Question {
  readonly line: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, a text as it is. */
  readonly body: unknown;
}

/** A Google that says what a test wants: for what the sandbox, being faithful, never says. */
export async function scripted(
  answer: (question: Question, at: number) => ScriptedAnswer,
): Promise<Scripted> {
  const asked: Question[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      let text = '';
      for await (const chunk of request) text += String(chunk);
      const url = new URL(request.url ?? '', 'http://127.0.0.1');
      const question = {
        line: `${request.method} ${decodeURIComponent(url.pathname)}`,
        query: url.searchParams,
        headers: request.headers,
        body: text === '' ? undefined : (JSON.parse(text) as unknown),
      };
      asked.push(question);
      const { status = 200, headers = {}, body } = answer(question, asked.length - 1);
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    })();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const { side, close } = sideAt(`http://127.0.0.1:${port}`);
  const closeAll = async () => {
    close();
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  };
  return { side, asked, close: closeAll };
}

export async function readAll(side: GoogleSide, cursor?: string) {
  const items: Told[] = [];
  let last: string | undefined;
  let pages = 0;
  for await (const page of side.changes(cursor, SIGNAL)) {
    pages += 1;
    items.push(...page.items.map(looked));
    last = page.cursor;
  }
  return { items, pages, cursor: last ?? '' };
}

export async function writeAll(
  side: GoogleSide,
  writes: readonly Write[],
): Promise<ReadonlyMap<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  for await (const outcome of side.write(writes, SIGNAL)) outcomes.set(outcome.key, outcome);
  return outcomes;
}

/** A person as the API sends one. */
export function aPerson(id: string, fields: object = {}) {
  return {
    resourceName: `people/c${id}`,
    etag: `%${id}`,
    metadata: { sources: [{ type: 'CONTACT', id, etag: `#${id}` }] },
    names: [{ givenName: `Person ${id}` }],
    ...fields,
  };
}

export function failure(code: number, status: string, message = '', details: object[] = []) {
  return { status: code, body: { error: { code, status, message, details } } };
}

export const EXPIRED = failure(400, 'FAILED_PRECONDITION', 'Sync token is expired.', [
  { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'EXPIRED_SYNC_TOKEN' },
]);
