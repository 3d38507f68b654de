import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Api } from '../../src/http/api.ts';
import { createHttp } from '../../src/http/client.ts';
import { pipedriveLimits } from '../../src/crm/pipedrive/limits.ts';

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly type: string;
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** `cut` breaks the connection instead of answering. */
export type Reply =
  | 'cut'
  | {
      readonly status?: number;
      readonly json?: unknown;
      readonly text?: string;
      readonly headers?: Readonly<Record<string, string>>;
    };

export interface Loopback {
  readonly api: Api;
  /** What was asked, as `GET /api/v2/persons`. */
  readonly calls: () => readonly string[];
  readonly seen: readonly Seen[];
  close(): Promise<void>;
}

/** A server that answers as told, behind the real HTTP client with its waits left out. */
export async function startLoopback(answer: (seen: Seen) => Reply): Promise<Loopback> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    void read(request).then((one) => {
      seen.push(one);
      const reply = answer(one);
      if (reply === 'cut') return response.destroy();
      response.writeHead(reply.status ?? 200, { date: DATE, ...reply.headers });
      return response.end(
        reply.text ?? (reply.json === undefined ? '' : JSON.stringify(reply.json)),
      );
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const http = createHttp({
    userAgent: 'test',
    paced: false,
    timer: { now: () => Date.now(), sleep: async () => undefined },
  });
  const { port } = server.address() as AddressInfo;
  return {
    api: http.api({
      name: 'pipedrive',
      base: `http://127.0.0.1:${port}`,
      limits: pipedriveLimits(),
    }),
    calls: () => seen.map(({ method, path }) => `${method} ${path}`),
    seen,
    close: () =>
      new Promise((resolve) => {
        http.close();
        server.close(() => resolve());
      }),
  };
}

/** The server's clock. */
export const DATE = 'Fri, 15 May 2026 12:00:00 GMT';

async function read(request: IncomingMessage): Promise<Seen> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('latin1');
  const url = new URL(request.url ?? '/', 'http://loopback');
  const type = request.headers['content-type'] ?? '';
  return {
    method: request.method ?? '',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    type,
    text,
    json: type === 'application/json' ? (JSON.parse(text) as Seen['json']) : {},
  };
}

export function ok(data: unknown, next?: string | null): Reply {
  return {
    json: {
      success: true,
      data,
      ...(next !== undefined && { additional_data: { next_cursor: next } }),
    },
  };
}

export function no(status: number, error: string, rest: object = {}): Reply {
  return { status, json: { success: false, error, data: null, ...rest } };
}

export const BLOCKED: Reply = {
  status: 403,
  text: '<html>Sorry, you have been blocked</html>',
  headers: { 'content-type': 'text/html' },
};
