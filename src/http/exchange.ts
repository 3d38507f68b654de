import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { createGunzip } from 'node:zlib';
import { reasonOf, type WhenAborted } from './abort.ts';
import type { Connections } from './agents.ts';
import { HttpFailure } from './api.ts';

/** One request on the wire and its whole answer. */
export interface Exchange {
  readonly connections: Connections;
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A text leaves in one piece with the head, which bytes do not. */
  readonly body?: string | Uint8Array;
  /** Without a byte for so long it is over. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
  readonly whenAborted: WhenAborted;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

/** A vendor may send byte by byte, but not for ever. */
const LONGEST_ANSWER = 10;

/** Network failures before a connection stood: nothing can have been carried out. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/**
 * Sends and waits for the whole answer.
 * @throws {HttpFailure} `unreachable` when nothing was sent, `lost` when something may have been, `too-large`; or the signal's reason
 */
export function exchange(call: Exchange): Promise<RawAnswer> {
  const { signal, whenAborted } = call;
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(reasonOf(signal));
    const request = open(call);
    const settle = (finish: () => void): void => {
      watch.end();
      unhang?.();
      finish();
    };
    const onAbort = (): void => {
      request.destroy();
      settle(() => reject(reasonOf(signal)));
    };
    const fail = (error: Error): void => settle(() => reject(toFailure(error)));
    const watch = watchOver(request, call.timeoutMs, fail);
    const unhang = signal && whenAborted(signal, onAbort);
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

function open({ connections, url, method, headers, body }: Exchange): ClientRequest {
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  const { agent, isProxied } = connections;
  // Said outright, so that no variable of the environment can switch the check of certificates off.
  const checked = { rejectUnauthorized: true };
  const sent = { ...headers, ...length };
  const request = connections.request({
    ...placeOf(url),
    ...checked,
    agent,
    method,
    headers: sent,
  });
  return isProxied === true ? ofTheVendorAlone(request) : request;
}

/** A URL itself would be taken apart again, into more than is needed. */
function placeOf({ protocol, hostname, port, pathname, search }: URL): RequestOptions {
  const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return { protocol, host, path: `${pathname}${search}`, ...(port === '' ? {} : { port }) };
}

/** A proxy's refusal is never to be taken for the vendor's answer: its 404 would read as "deleted". */
function ofTheVendorAlone(request: ClientRequest): ClientRequest {
  return request.once('proxyConnect', ({ statusCode = 0 }: { readonly statusCode?: number }) => {
    if (statusCode === 200) return;
    request.destroy(new HttpFailure('unreachable', `The proxy refused (status ${statusCode}).`));
  });
}

/** Ends a request that cannot connect, that falls silent, or that never comes to its end. */
function watchOver(
  request: ClientRequest,
  timeoutMs: number,
  fail: (failure: HttpFailure) => void,
): { end(): void } {
  const seconds = timeoutMs / 1000;
  const give = (kind: 'unreachable' | 'lost', message: string) => (): void => {
    const failure = new HttpFailure(kind, message);
    request.destroy(failure);
    // Without a socket, as while a proxy is asked for one, the request would not say so itself.
    fail(failure);
  };
  const connecting = setTimeout(
    give('unreachable', `No connection within ${seconds} s.`),
    timeoutMs,
  );
  const whole = setTimeout(
    give('lost', `No end of the answer within ${seconds * LONGEST_ANSWER} s.`),
    timeoutMs * LONGEST_ANSWER,
  );
  const connected = (): void => clearTimeout(connecting);
  request.once('socket', (socket) => {
    if (socket.connecting) socket.once('connect', connected);
    else connected();
  });
  request.setTimeout(timeoutMs, give('lost', `No answer within ${seconds} s.`));
  return {
    end: () => {
      clearTimeout(connecting);
      clearTimeout(whole);
    },
  };
}

function toFailure(error: Error): Error {
  if (error instanceof HttpFailure) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return NOT_SENT.has(code)
    ? new HttpFailure('unreachable', `No connection (${code}).`, { cause: error })
    : new HttpFailure('lost', `The connection broke (${code || error.message}).`, { cause: error });
}

function flat({ headers }: IncomingMessage): Record<string, string> {
  const flattened: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    flattened[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  }
  return flattened;
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
