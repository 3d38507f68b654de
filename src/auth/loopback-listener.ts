import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { reasonOf } from '../http/abort.ts';
import { NotTheAddress, PortTaken } from './errors.ts';

/** Waits on this machine, and nowhere else, for the one request that ends a sign-in. */
export interface LoopbackListener {
  readonly port: number;
  /**
   * The first request that `read` takes. What it refuses with `NotTheAddress` is somebody else's,
   * and is not worth ending the sign-in for; whatever else it throws ends it.
   */
  redirect<T>(read: (path: string) => T, signal: AbortSignal): Promise<T>;
  close(): void;
}

/** On 127.0.0.1 and, where there is IPv6, on ::1: a browser may take either for `localhost`. @throws {PortTaken} */
export async function listenOnLoopback(port: number): Promise<LoopbackListener> {
  const main = await bind(port, '127.0.0.1').catch((error: unknown) => {
    throw new PortTaken(`Port ${port} on this machine is taken.`, { cause: error });
  });
  const { port: bound } = main.address() as AddressInfo;
  const other = await bind(bound, '::1').catch(() => undefined);
  const servers = other === undefined ? [main] : [main, other];
  return {
    port: bound,
    redirect: (read, signal) => firstRequest(servers, read, signal),
    close: () => {
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

async function bind(port: number, host: string): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server;
}

function firstRequest<T>(
  servers: readonly Server[],
  read: (path: string) => T,
  signal: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(reasonOf(signal));
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      try {
        if (request.method !== 'GET')
          throw new NotTheAddress('Nobody comes back with that method.');
        const result = read(request.url ?? '/');
        // Only when the page has gone out: closing the listener would cut it off.
        response.once('close', () => resolve(result));
        show(response, 200, 'Signed in. You can close this window.');
      } catch (error) {
        if (error instanceof NotTheAddress) return show(response, 404, 'Nothing to see here.');
        response.once('close', () => reject(error instanceof Error ? error : new Error('refused')));
        show(response, 200, 'The sign-in was not completed. You can close this window.');
      }
    };
    for (const server of servers) server.on('request', answer);
  });
}

function show(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'",
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    connection: 'close',
  });
  response.end(`<!doctype html><meta charset="utf-8"><title>contactsync</title><p>${sentence}</p>`);
}
