import { createHttp, type Http, type RequestLine } from '../http/client.ts';
import { redact } from '../http/redact.ts';
import { platformKeyChain } from '../store/key-chain.ts';
import { openStore, type Store } from '../store/open.ts';
import { createBudgetBook, type BudgetBook } from './budgets.ts';
import type { Environment } from './environment.ts';
import { homeOf, toolVersion } from './home.ts';
import type { Io } from './io.ts';
import { escapeMarks } from './neutralise.ts';
import type { Prompter } from './prompts/prompter.ts';
import { request as requestText } from './texts/common.ts';

export interface GlobalFlags {
  readonly json: boolean;
  readonly yes: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** What a command has to work with. Everything is opened when it is first asked for. */
export interface Session {
  readonly io: Io;
  readonly env: Environment;
  readonly flags: GlobalFlags;
  readonly home: string;
  readonly signal: AbortSignal;
  /** What the vendors tell about their budgets while this session lasts. */
  readonly budgets: BudgetBook;
  store(): Store;
  http(): Http;
  prompter(): Promise<Prompter>;
  readStdin(): Promise<string>;
  /** Another session with connections and a database handle of its own; what it is not told stays. */
  another(changed: Partial<Pick<SessionOptions, 'io' | 'env'>>): Session;
  close(): void;
}

export interface SessionOptions {
  readonly io: Io;
  readonly env: Environment;
  readonly flags: GlobalFlags;
  readonly signal: AbortSignal;
  /** Opened when it is first read. */
  readonly stdin: () => NodeJS.ReadStream;
}

export function createSession(options: SessionOptions): Session {
  const { io: given, env, flags, signal, stdin } = options;
  const io = flags.json
    ? { ...given, result: (text: string) => given.result(escapeMarks(text)) }
    : given;
  const home = homeOf(env);
  let store: Store | undefined;
  let http: Http | undefined;
  const version = toolVersion();
  return {
    io,
    env,
    flags,
    home,
    signal,
    budgets: createBudgetBook(),
    store: () =>
      (store ??= openStore({
        home,
        toolVersion: version,
        key: env.key,
        keyChain: env.keyChain ? platformKeyChain() : undefined,
      })),
    http: () =>
      (http ??= createHttp({
        userAgent: `contactsync/${version}`,
        paced: env.paced,
        ...(env.proxied ? { proxyFor } : {}),
        ...(flags.verbose ? { log: (line) => io.warn(requestLine(line)) } : {}),
      })),
    prompter: async () => (await import('./prompts/prompter.ts')).createPrompter(io, signal),
    readStdin: async () => {
      const [{ addAbortSignal }, { text }] = await Promise.all([
        import('node:stream'),
        import('node:stream/consumers'),
      ]);
      const all = await text(addAbortSignal(signal, stdin())).catch((error: unknown) => {
        signal.throwIfAborted();
        throw error;
      });
      return all.trim();
    },
    another: (changed) => createSession({ ...options, ...changed }),
    close: () => {
      store?.close();
      http?.close();
    },
  };
}

async function proxyFor(url: URL): Promise<string | undefined> {
  const { getProxyForUrl } = await import('proxy-from-env');
  const proxy = getProxyForUrl(url.href);
  return proxy === '' ? undefined : proxy;
}

function requestLine(line: RequestLine): string {
  return redact(requestText(line));
}
