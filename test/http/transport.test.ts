import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import {
  connect,
  createServer as createTcpServer,
  type AddressInfo,
  type Server as NetServer,
  type Socket,
} from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createHttp, type Http, type HttpOptions } from '../../src/http/client.ts';

/* What lies between us and a vendor: certificates, proxies, and whoever answers in their place. */

const CERTIFICATE = path.resolve('fixtures/certificates/localhost.crt');
const tls = {
  key: readFileSync('fixtures/certificates/localhost.key'),
  cert: readFileSync(CERTIFICATE),
};
const LIMITS = { concurrency: 4, budgets: [] };
const call = { method: 'GET', path: '/secret' } as const;

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanUp.splice(0)) clean();
});

async function listening(server: NetServer): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

async function aSecureServer() {
  const seen: (string | undefined)[] = [];
  const server = createSecureServer(tls, (request, response) => {
    seen.push(request.headers.authorization);
    response.end('{"ok":true}');
  });
  cleanUp.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: await listening(server), seen };
}

/** A proxy that leads every host to one port of this machine, or refuses. */
async function aProxy(target: number, refusal?: number) {
  const asked: string[] = [];
  const server = createServer((_, response) => response.writeHead(500).end());
  const sockets: Socket[] = [];
  server.on('connect', (request, socket: Socket) => {
    asked.push(request.url ?? '');
    sockets.push(socket);
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal} No\r\ncontent-type: application/json\r\n\r\n{"gone":true}`);
      return;
    }
    const onward = connect(target, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    sockets.push(onward);
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  cleanUp.push(() => {
    for (const socket of sockets) socket.destroy();
    server.closeAllConnections();
    server.close();
  });
  return { address: `http://127.0.0.1:${await listening(server)}`, asked };
}

function client(options: Partial<HttpOptions> = {}): Http {
  const http = createHttp({
    userAgent: 'test',
    timer: { now: () => Date.now(), sleep: async () => undefined },
    ...options,
  });
  cleanUp.push(() => http.close());
  return http;
}
const credentials = {
  headers: async () => ({ authorization: 'Bearer secret' }),
  renew: async () => false,
};
const api = (http: Http, base: string) =>
  http.api({ name: 'test', base, limits: LIMITS, credentials });

describe('a certificate that nobody vouches for', () => {
  it('ends the connection before a token goes out, whatever the environment wishes', async () => {
    const { port, seen } = await aSecureServer();
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    cleanUp.push(() => delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']);
    await expect(api(client(), `https://localhost:${port}`).send(call)).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringMatching(/DEPTH_ZERO_SELF_SIGNED_CERT/u),
    });
    expect(seen).toEqual([]);
  });
});

describe('an address in the open', () => {
  it.each(['http://example.com', 'ftp://example.com', 'http://localhost.example.com'])(
    'is not spoken to: %s',
    (base) => {
      expect(() => api(client(), base)).toThrow(expect.objectContaining({ kind: 'refused' }));
    },
  );

  it('is not led to by a redirect of a picture', async () => {
    const server = createServer((_, response) =>
      response.writeHead(302, { location: 'http://example.com/picture' }).end(),
    );
    cleanUp.push(() => server.close());
    const base = `http://127.0.0.1:${await listening(server)}`;
    await expect(api(client(), base).send({ ...call, anonymous: true })).rejects.toMatchObject({
      kind: 'refused',
    });
  });
});

describe('a proxy', () => {
  it('is tunnelled through to a vendor, whose certificate is checked all the same', async () => {
    const { port, seen } = await aSecureServer();
    const proxy = await aProxy(port);
    const http = client({ proxyFor: async () => proxy.address });
    await expect(api(http, 'https://api.example.test').send(call)).rejects.toMatchObject({
      message: expect.stringMatching(/SELF_SIGNED/u),
    });
    expect(new Set(proxy.asked)).toEqual(new Set(['api.example.test:443']));
    expect(seen).toEqual([]);
  });

  it.each([403, 404, 407, 410])(
    'that refuses with %i is never taken for the vendor',
    async (status) => {
      const proxy = await aProxy(1, status);
      const http = client({ proxyFor: async () => proxy.address });
      await expect(api(http, 'https://api.example.test').send(call)).rejects.toMatchObject({
        kind: 'unreachable',
        message: `The proxy refused (status ${status}).`,
      });
    },
  );

  it('that says nothing is given up, and nothing was sent', async () => {
    const silent = createTcpServer((socket) => void cleanUp.push(() => socket.destroy()));
    cleanUp.push(() => silent.close());
    const address = `http://127.0.0.1:${await listening(silent)}`;
    const http = client({ proxyFor: async () => address, timeoutMs: 20 });
    await expect(
      api(http, 'https://api.example.test').send({ method: 'POST', path: '/' }),
    ).rejects.toMatchObject({ kind: 'unreachable', message: expect.stringMatching(/0\.02 s/u) });
  });

  it('is not asked for what is on this machine', async () => {
    const server = createServer((_, response) => void response.end('{}'));
    cleanUp.push(() => server.close());
    const http = client({
      proxyFor: () => Promise.reject(new Error('nobody should ask for a proxy')),
    });
    const answer = await api(http, `http://127.0.0.1:${await listening(server)}`).send(call);
    expect(answer.status).toBe(200);
  });

  it('whose address is none is refused without showing it', async () => {
    const http = client({ proxyFor: async () => 'socks://me:password@proxy' });
    const failure = api(http, 'https://api.example.test').send(call);
    await expect(failure).rejects.toMatchObject({ kind: 'refused' });
    await expect(failure).rejects.not.toThrow(/password/u);
  });
});

/** The program's own transport, in a process of its own: certificates are read when one starts. */
async function fetched(urls: readonly string[], env: Record<string, string>): Promise<string> {
  const at = (file: string): string =>
    JSON.stringify(pathToFileURL(path.resolve('dist', file)).href);
  const code = `
    import { createSession } from ${at('cli/session.js')};
    import { readEnvironment } from ${at('cli/environment.js')};
    const session = createSession({ io: {}, env: readEnvironment(process.env), flags: {}, signal: AbortSignal.timeout(9000) });
    for (const url of ${JSON.stringify(urls)}) {
      const { origin } = new URL(url);
      const api = session.http().api({ name: 'x', base: origin, limits: { concurrency: 1, budgets: [] } });
      const said = await api.send({ method: 'POST', path: '/' }).then(({ status }) => status, ({ kind }) => kind);
      console.log(said);
    }
    session.close();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    env: { PATH: process.env['PATH'] ?? '', CONTACTSYNC_HOME: '/nowhere', ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  await new Promise((resolve) => {
    child.once('close', resolve);
  });
  return output;
}

describe('HTTPS_PROXY and NO_PROXY', () => {
  const url = 'https://api.example.test/';

  it('lead the program through a proxy, on one connection', async () => {
    const { port, seen } = await aSecureServer();
    const proxy = await aProxy(port);
    const env = { NODE_EXTRA_CA_CERTS: CERTIFICATE, HTTPS_PROXY: proxy.address };
    expect(await fetched([url, url], env)).toBe('200\n200\n');
    expect(proxy.asked).toEqual(['api.example.test:443']);
    expect(seen).toHaveLength(2);
  });

  it('leave out whom NO_PROXY names', async () => {
    const proxy = await aProxy(1);
    const env = { HTTPS_PROXY: proxy.address, NO_PROXY: '.example.test' };
    expect(await fetched([url], env)).toBe('unreachable\n');
    expect(proxy.asked).toEqual([]);
  });
});

describe('whoever never comes to an end', () => {
  async function served(answer: (socket: Socket) => void, timeoutMs: number) {
    const sockets: Socket[] = [];
    const server = createTcpServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      socket.once('data', () => answer(socket));
    });
    cleanUp.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const base = `http://127.0.0.1:${await listening(server)}`;
    return api(client({ timeoutMs }), base).send({ method: 'POST', path: '/' });
  }

  it('is given up when no byte comes', async () => {
    await expect(served(() => undefined, 50)).rejects.toMatchObject({ kind: 'lost' });
  });

  it('is given up when bytes come for ever', async () => {
    const forever = (socket: Socket): void => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n');
      const timer = setInterval(() => socket.write('x'), 5);
      socket.once('close', () => clearInterval(timer));
    };
    await expect(served(forever, 250)).rejects.toMatchObject({
      kind: 'lost',
      message: expect.stringMatching(/No end of the answer/u),
    });
  });

  it('keeps no process alive after it was interrupted', async () => {
    const stop = new AbortController();
    const sockets: Socket[] = [];
    const server = createTcpServer((socket) => {
      sockets.push(socket);
      socket.once('data', () => stop.abort(new Error('enough')));
    });
    cleanUp.push(() => server.close());
    const base = `http://127.0.0.1:${await listening(server)}`;
    const before = timers();
    const sent = api(client(), base).send({ ...call, signal: stop.signal });
    await expect(sent).rejects.toThrow('enough');
    expect(timers()).toBeLessThanOrEqual(before);
    for (const socket of sockets) socket.destroy();
  });
  const timers = (): number =>
    process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

  it('is cut off where a small answer unpacks into a large one', async () => {
    const server = createServer((_, response) => {
      const packed = gzipSync(Buffer.alloc(5_000_000));
      expect(packed.length).toBeLessThan(10_000);
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed);
    });
    cleanUp.push(() => server.close());
    const base = `http://127.0.0.1:${await listening(server)}`;
    await expect(api(client(), base).send({ ...call, maxBytes: 1_000_000 })).rejects.toMatchObject({
      kind: 'too-large',
    });
  });
});
