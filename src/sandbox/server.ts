import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { BadControl, BadJson, sandboxRequest } from './core.ts';
import type {
  Passage,
  SandboxAnswer,
  SandboxClock,
  SandboxRequest,
  Vendor,
  VendorSandbox,
} from './core.ts';
import { bytesOf, deliver, halfOf, innerAnswer } from './delivery.ts';
import type { Delivery } from './delivery.ts';
import type { FaultList } from './faults.ts';

/** One request to a vendor, without anything secret. */
export interface RequestLogEntry {
  readonly vendor: Vendor;
  readonly method: string;
  readonly path: string;
  readonly query?: string;
  /** 0 when no answer was sent. */
  readonly status: number;
  readonly write: boolean;
  /** The requests inside this one, if it is a batch. */
  readonly items?: readonly InnerLogEntry[];
}

type InnerLogEntry = Pick<RequestLogEntry, 'method' | 'path' | 'status'>;

/** What the server serves; read anew for each request, so that it can be replaced by a reset. */
export interface Serving {
  readonly clock: SandboxClock;
  readonly faults: FaultList;
  vendors(): readonly VendorSandbox[];
  /** `undefined` for a path that is no control path. */
  control(request: SandboxRequest): SandboxAnswer | undefined;
  log(entry: RequestLogEntry): void;
}

/** Graph, and the identity platform by any tenant's name. */
const MICROSOFT =
  /^\/(?:v1\.0|common|consumers|organizations|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\//u;
const SECRET_PARAMETERS = ['api_token', 'access_token', 'token', 'code'];

/** Resolves once it listens, on loopback only. @throws when the port is taken */
export async function startServer(port: number, serving: Serving): Promise<Server> {
  const server = createServer((incoming, response) => {
    serve(serving, incoming, response).catch((error: unknown) => {
      // A bug of the sandbox: said to the client, since nobody else listens.
      send(response, serving.clock, { status: 500, body: { sandbox: String(error) } });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}

async function serve(
  serving: Serving,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const request = await readRequest(incoming);
  if (request === undefined) return;
  const controlled = controlAnswer(serving, request);
  if (controlled !== undefined) return send(response, serving.clock, controlled);
  const leave = arrival(serving, request);
  response.once('close', leave);
  const delivery = await answered(serving, request);
  // Before the answer leaves: whoever has it may ask again at once.
  if (delivery.kind !== 'hang') leave();
  carryOut(delivery, response, serving.clock);
}

/** The request under the faults that befall it, and its entry in the log. */
async function answered(serving: Serving, request: SandboxRequest): Promise<Delivery> {
  const facts = factsOf(serving, request);
  const faults = serving.faults.take(facts);
  for (const fault of faults) if (fault.kind === 'latency') await sleep(fault.ms);
  const inside = passageOf(serving, facts.vendor);
  const delivery = deliver(
    faults.find(({ kind }) => kind !== 'latency'),
    () => vendorAnswer(serving, request, inside.passage),
    serving.clock,
  );
  const query = loggableQuery(request.query);
  const items = inside.items();
  serving.log({
    ...facts,
    ...(query === '' ? {} : { query }),
    status: 'answer' in delivery ? delivery.answer.status : 0,
    ...(items.length === 0 ? {} : { items }),
  });
  if (inside.delayMs() > 0) await sleep(inside.delayMs());
  return delivery;
}

/** Faults for the requests inside one; their latencies add up, to be waited for afterwards. */
function passageOf({ faults, clock }: Serving, vendor: Vendor) {
  const items: InnerLogEntry[] = [];
  let delayMs = 0;
  const passage: Passage = (request, answer) => {
    const { method, path } = request;
    const befalling = faults.take({ vendor, method, path, write: method !== 'GET' });
    for (const fault of befalling) if (fault.kind === 'latency') delayMs += fault.ms;
    const inner = innerAnswer(
      befalling.find(({ kind }) => kind !== 'latency'),
      answer,
      clock,
    );
    items.push({ method, path, status: inner.status });
    return inner;
  };
  return { passage, items: () => items, delayMs: () => delayMs };
}

function arrival(serving: Serving, request: SandboxRequest): () => void {
  const vendor = vendorOf(request.path);
  const leave = serving
    .vendors()
    .find((each) => each.vendor === vendor)
    ?.arrive?.(request);
  return leave ?? (() => undefined);
}

/** `undefined` when the client went away before it had said everything. */
async function readRequest(incoming: IncomingMessage): Promise<SandboxRequest | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
  } catch {
    return undefined;
  }
  const origin = `http://127.0.0.1:${incoming.socket.localPort}`;
  const [rawPath = '/', ...query] = (incoming.url ?? '/').split('?');
  return sandboxRequest({
    method: incoming.method ?? 'GET',
    rawPath,
    query: new URLSearchParams(query.join('?')),
    headers: flat(incoming.headers),
    body: Buffer.concat(chunks),
    origin,
  });
}

function controlAnswer(serving: Serving, request: SandboxRequest): SandboxAnswer | undefined {
  try {
    return serving.control(request);
  } catch (error) {
    if (!(error instanceof BadControl || error instanceof BadJson)) throw error;
    return { status: 400, body: { error: error.message } };
  }
}

function vendorAnswer(serving: Serving, request: SandboxRequest, passage: Passage): SandboxAnswer {
  for (const vendor of serving.vendors()) {
    const answer = vendor.handle(request, passage);
    if (answer !== undefined) return answer;
  }
  return { status: 404, body: 'Not Found' };
}

function factsOf(serving: Serving, request: SandboxRequest) {
  const vendor = vendorOf(request.path);
  const write = serving.vendors().some((each) => each.vendor === vendor && each.isWrite(request));
  return { vendor, method: request.method, path: request.path, write };
}

function vendorOf(path: string): Vendor {
  if (/^\/(?:api|oauth)\//u.test(path)) return 'pipedrive';
  return MICROSOFT.test(path) ? 'microsoft' : 'google';
}

function carryOut(delivery: Delivery, response: ServerResponse, clock: SandboxClock): void {
  switch (delivery.kind) {
    case 'answer':
      return send(response, clock, delivery.answer);
    case 'half':
      return sendHalf(response, clock, delivery);
    case 'cut':
      return void response.socket?.destroy();
    case 'hang':
      return undefined;
  }
}

function send(response: ServerResponse, clock: SandboxClock, answer: SandboxAnswer): void {
  const bytes = writeHead(response, clock, answer);
  response.end(bytes);
}

function sendHalf(
  response: ServerResponse,
  clock: SandboxClock,
  { answer, length }: { readonly answer: SandboxAnswer; readonly length: 'wrong' | 'right' },
): void {
  const whole = bytesOf(answer.body);
  const half = halfOf(whole);
  if (length === 'right') {
    const type = typeOf(answer.body);
    return send(response, clock, {
      ...answer,
      headers: { 'content-type': type, ...answer.headers },
      body: half,
    });
  }
  writeHead(response, clock, answer);
  response.write(half, () => response.socket?.destroy());
}

/** Resolves to the body, whose length the head announces. */
function writeHead(response: ServerResponse, clock: SandboxClock, answer: SandboxAnswer): Buffer {
  const bytes = bytesOf(answer.body);
  response.writeHead(answer.status, {
    date: clock.now().toUTCString(),
    ...(answer.status === 204 ? {} : { 'content-length': bytes.length }),
    ...(bytes.length > 0 ? { 'content-type': typeOf(answer.body) } : {}),
    ...answer.headers,
  });
  return bytes;
}

function typeOf(body: SandboxAnswer['body']): string {
  if (typeof body === 'string') return 'text/html; charset=utf-8';
  return body instanceof Uint8Array
    ? 'application/octet-stream'
    : 'application/json; charset=UTF-8';
}

function loggableQuery(query: URLSearchParams): string {
  const kept = [...query].filter(([name]) => !SECRET_PARAMETERS.includes(name));
  return new URLSearchParams(kept).toString();
}

function flat(headers: IncomingMessage['headers']): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}
