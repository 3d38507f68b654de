import type { Agent, AgentOptions, request } from 'node:http';
import { HttpFailure } from './api.ts';
import { isLoopback } from './loopback.ts';

/** The address of the proxy for a request, with its credentials if it wants any; `undefined` for none. */
export type ProxyFor = (url: URL) => Promise<string | undefined>;

/** What opens requests, over connections that are kept. */
export interface Connections {
  readonly request: typeof request;
  readonly agent: Agent;
  /** Through a proxy, which may refuse. */
  readonly isProxied?: boolean;
}

/** Connections that are kept open, for everybody. */
export interface Agents {
  for(url: URL): Promise<Connections>;
  destroy(): void;
}

/**
 * A server closes a connection that was idle for a while, many after 5 seconds; what is sent at that
 * very moment gets no answer. So we are the first to close it.
 */
const LONGEST_IDLE_MS = 4000;

/** Nothing on this machine goes through a proxy: the proxy would look for it on its own. */
export function createAgents(proxyFor?: ProxyFor, idleMs = LONGEST_IDLE_MS): Agents {
  const kept = { keepAlive: true, timeout: idleMs };
  let plain: Promise<Connections> | undefined;
  let secure: Promise<Connections> | undefined;
  const throughProxies = new Map<string, Agent>();
  const through = async (proxy: string): Promise<Agent> => {
    const { HttpsProxyAgent } = await import('https-proxy-agent');
    const agent = throughProxies.get(proxy) ?? new HttpsProxyAgent(checked(proxy), kept);
    throughProxies.set(proxy, agent);
    return agent;
  };
  return {
    for: async (url) => {
      if (url.protocol !== 'https:') return (plain ??= openPlain(kept));
      const direct = await (secure ??= openSecure(kept));
      const proxy = isLoopback(url.hostname) ? undefined : await proxyFor?.(url);
      return proxy === undefined
        ? direct
        : { ...direct, agent: await through(proxy), isProxied: true };
    },
    destroy: () => {
      for (const agent of throughProxies.values()) agent.destroy();
      for (const opened of [plain, secure]) void opened?.then(({ agent }) => agent.destroy());
    },
  };
}

/* Both take a while to load, and are not needed by whoever asks nothing. */

async function openPlain(kept: AgentOptions): Promise<Connections> {
  const plain = await import('./plain.ts');
  return { request: plain.request, agent: new plain.Agent(kept) };
}

async function openSecure(kept: AgentOptions): Promise<Connections> {
  const secure = await import('./secure.ts');
  return { request: secure.request, agent: new secure.Agent(kept) };
}

/** The address itself stays out of the message: it may hold a password. */
function checked(proxy: string): URL {
  const url = URL.canParse(proxy) ? new URL(proxy) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new HttpFailure('refused', 'HTTPS_PROXY is not an http or https address.');
}
