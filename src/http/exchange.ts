import { request, type Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';
import { HttpFailure } from './api.ts';

/** One request on the wire and its whole answer. */
export interface Exchange {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Without a byte for so long it is over. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

/** Opens requests over connections that are kept. */
export interface Connections {
  request: typeof request;
  readonly agent: Agent;
}

export interface Agents {
  readonly plain: Connections;
  /** TLS takes a while to load, and is not needed by whoever asks nothing. */
  secure(): Promise<Connections>;
}

/** Network failures before a connection stood: nothing can have been carried out. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/**
 * Sends and waits for the whole answer.
 * @throws {HttpFailure} `unreachable` when nothing was sent, `lost` when something may have been, `too-large`; or the signal's reason
 */
export async function exchange(agents: Agents, call: Exchange): Promise<RawAnswer> {
  const secure = call.url.protocol === 'https:';
  return send(secure ? await agents.secure() : agents.plain, call);
}

function send(connections: Connections, call: Exchange): Promise<RawAnswer> {
  const { signal } = call;
  return new Promise((resolve, reject) => {
    const request = open(connections, call);
    const onAbort = (): void => {
      request.destroy();
      reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    if (signal?.aborted === true) return onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    const settle = (finish: () => void): void => {
      signal?.removeEventListener('abort', onAbort);
      finish();
    };
    const fail = (error: Error): void => settle(() => reject(toFailure(error)));
    request.setTimeout(call.timeoutMs, () => {
      request.destroy(new HttpFailure('lost', `No answer within ${call.timeoutMs / 1000} s.`));
    });
    request.on('error', fail);
    request.on('response', (response) => {
      const headers = flat(response);
      const status = response.statusCode ?? 0;
      collect(response, call.maxBytes).then(
        (bytes) => settle(() => resolve({ status, headers, bytes })),
        fail,
      );
    });
    request.end(call.body);
  });
}

function open(connections: Connections, { url, method, headers, body }: Exchange): ClientRequest {
  const length = body === undefined ? {} : { 'content-length': String(body.length) };
  const { agent } = connections;
  return connections.request(url, { method, agent, headers: { ...headers, ...length } });
}

function toFailure(error: Error): Error {
  if (error instanceof HttpFailure) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return NOT_SENT.has(code)
    ? new HttpFailure('unreachable', `No connection (${code}).`, { cause: error })
    : new HttpFailure('lost', `The connection broke (${code || error.message}).`, { cause: error });
}

function flat(response: IncomingMessage): Record<string, string> {
  const entries = Object.entries(response.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}

/** By events: an iterator costs as much again as the whole answer. */
function collect(response: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const zipped = response.headers['content-encoding'] === 'gzip';
  const stream = zipped ? response.pipe(createGunzip()) : response;
  if (zipped) response.on('error', (error) => stream.destroy(error));
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    const tooLarge = (): void => {
      response.destroy();
      reject(new HttpFailure('too-large', `The answer is larger than ${maxBytes} bytes.`));
    };
    const early = (): void => reject(new HttpFailure('lost', 'The answer ended early.'));
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) tooLarge();
      else chunks.push(chunk);
    });
    stream.on('error', reject);
    stream.on('end', () => {
      if (response.complete) resolve(Buffer.concat(chunks));
      else early();
    });
    response.on('close', () => {
      if (!response.complete) early();
    });
  });
}
