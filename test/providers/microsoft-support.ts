import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttp } from '../../src/http/client.ts';
import { createMicrosoftSide, type MicrosoftSide } from '../../src/providers/microsoft/index.ts';
import { microsoftLimits } from '../../src/providers/microsoft/limits.ts';
import type { Behaviour } from '../../src/sandbox/microsoft/behaviour.ts';
import type { MicrosoftSandbox } from '../../src/sandbox/microsoft/index.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Revision } from '../../src/plan/model.ts';
import type { Told, Outcome, Write } from '../../src/sync/ports.ts';
import { signInToMicrosoft } from '../support/sandbox.ts';
import { looked } from '../support/looked.ts';

export const SIGNAL = new AbortController().signal;

export interface AtSandbox {
  readonly side: MicrosoftSide;
  readonly sandbox: Sandbox;
  readonly outlook: MicrosoftSandbox;
  /** Milliseconds that were waited, one entry for each wait; none of them took any time. */
  readonly waits: readonly number[];
  close(): Promise<void>;
}

/** A side that is signed in at a sandbox whose mailbox is empty, save for its folders. */
export async function atSandbox(
  options: SandboxOptions & { readonly behaviour?: Partial<Behaviour> } = {},
): Promise<AtSandbox> {
  const sandbox = await startSandbox({ contacts: [], autoConsent: true, ...options });
  const { microsoft: outlook } = sandbox;
  for (const { id } of outlook.people()) outlook.remove(id ?? '');
  for (const [name, value] of Object.entries(options.behaviour ?? {})) {
    outlook.setOption(name as keyof Behaviour, value);
  }
  const http = createHttp({ userAgent: 'contactsync-test' });
  const credentials = await signInToMicrosoft(sandbox, http);
  http.close();
  const { side, waits, close } = sideAt(sandbox.url, await credentials.headers());
  sandbox.clearRequests();
  const closeAll = async (): Promise<void> => {
    close();
    await sandbox.close();
  };
  return { side, sandbox, outlook, waits, close: closeAll };
}

/** Time passes at once where somebody waits. */
export function sideAt(base: string, headers: Readonly<Record<string, string>> = {}) {
  const waits: number[] = [];
  const wait = async (ms: number): Promise<void> => void waits.push(ms);
  const passed = (): number => waits.reduce((sum, ms) => sum + ms, 0);
  const timer = { now: () => Date.now() + passed(), sleep: wait };
  const http = createHttp({ userAgent: 'contactsync-test', paced: false, timer });
  const api = http.api({
    name: 'microsoft',
    base,
    limits: microsoftLimits(),
    credentials: { headers: async () => headers, renew: async () => false },
  });
  return { side: createMicrosoftSide({ api, wait }), waits, close: () => http.close() };
}

export interface Question {
  /** Method and decoded path. */
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

export interface Scripted {
  readonly side: MicrosoftSide;
  readonly url: string;
  readonly asked: readonly Question[];
  readonly waits: readonly number[];
  close(): Promise<void>;
}

/** A Graph that says what a test wants: for what the sandbox never says. */
export async function scripted(
  answer: (question: Question, url: string) => ScriptedAnswer,
): Promise<Scripted> {
  const asked: Question[] = [];
  let origin = '';
  const server = createServer((request, response) => {
    void (async () => {
      let text = '';
      for await (const chunk of request) text += String(chunk);
      const url = new URL(request.url ?? '', origin);
      const question = {
        line: `${request.method} ${decodeURIComponent(url.pathname)}`,
        query: url.searchParams,
        headers: request.headers,
        body: text === '' ? undefined : (JSON.parse(text) as unknown),
      };
      asked.push(question);
      const { status = 200, headers = {}, body } = answer(question, origin);
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    })();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { side, waits, close } = sideAt(origin);
  const closeAll = async (): Promise<void> => {
    close();
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  };
  return { side, url: origin, asked, waits, close: closeAll };
}

export interface Inner {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Answers a batch, item by item. */
export function batchOf(
  { body }: Question,
  answer: (inner: Inner) => { status: number; headers?: object; body?: unknown } | undefined,
): ScriptedAnswer {
  const { requests } = body as { requests: readonly Inner[] };
  const responses = requests.flatMap((inner) => {
    const reply = answer(inner);
    return reply === undefined ? [] : [{ id: inner.id, headers: {}, ...reply }];
  });
  return { body: { responses } };
}

/** The folders of a mailbox that has only the default one. */
export function onlyDefaultFolder({ url }: Inner) {
  if (url === '/me/contactFolders/contacts') return { status: 200, body: { id: 'DEFAULT' } };
  return /^\/me\/contactFolders(?:\/contacts\/childFolders)?\?/u.test(url)
    ? { status: 200, body: { value: [] } }
    : undefined;
}

export function failure(status: number, code: string, message = '') {
  return { status, body: { error: { code, message } } };
}

export async function readAll(side: MicrosoftSide, cursor?: string) {
  const items: Told[] = [];
  let last: string | undefined;
  let deletionsMissed = false;
  for await (const page of side.changes(cursor, SIGNAL)) {
    items.push(...page.items.map(looked));
    last = page.cursor ?? last;
    deletionsMissed ||= page.deletionsMissed === true;
  }
  return { items, cursor: last ?? '', deletionsMissed };
}

export function revisionsIn(items: readonly Told[]): readonly Revision[] {
  return items.flatMap((item) => (item.kind === 'revision' ? [item.revision] : []));
}

export function idsIn(items: readonly Told[]): readonly string[] {
  return revisionsIn(items)
    .map(({ id }) => id)
    .toSorted();
}

export async function walkAll(side: MicrosoftSide): Promise<readonly Told[]> {
  const items: Told[] = [];
  let position: string | undefined;
  do {
    const page = await side.walk.page(position, SIGNAL);
    items.push(...page.items.map(looked));
    ({ position } = page);
  } while (position !== undefined);
  return items;
}

export async function present(side: MicrosoftSide, id: string): Promise<Revision> {
  const finding = (await side.read([id], SIGNAL)).get(id);
  if (finding?.kind !== 'present') throw new Error(`${id} is not there`);
  return finding.revision;
}

export async function writeAll(
  side: MicrosoftSide,
  writes: readonly Write[],
): Promise<ReadonlyMap<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  for await (const outcome of side.write(writes, SIGNAL)) outcomes.set(outcome.key, outcome);
  return outcomes;
}
