import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import { createAborts } from '../../src/http/abort.ts';
import { createAgents } from '../../src/http/agents.ts';
import { exchange } from '../../src/http/exchange.ts';

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

it('a connection that is idle is closed by us, before a server may close it while we send', async () => {
  const server = createServer((_, response) => response.end('{}'));
  open.push(server);
  // This one never would.
  server.keepAliveTimeout = 0;
  const closed: Promise<unknown>[] = [];
  server.on('connection', (socket: Socket) => closed.push(once(socket, 'close')));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const agents = createAgents(undefined, 50);
  const url = new URL(`http://127.0.0.1:${port}/`);
  const ask = async (): Promise<number> => {
    const connections = await agents.for(url);
    const patience = { timeoutMs: 1000, maxBytes: 100, whenAborted: createAborts() };
    const call = { connections, url, method: 'GET', headers: {}, ...patience };
    return (await exchange(call)).status;
  };
  await ask();
  await ask();
  expect(closed).toHaveLength(1);
  await closed[0];
  expect(await ask()).toBe(200);
  expect(closed).toHaveLength(2);
  agents.destroy();
});
