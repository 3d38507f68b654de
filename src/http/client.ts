import { setTimeout as sleepFor } from 'node:timers/promises';
import {
  HttpFailure,
  type Api,
  type ApiAnswer,
  type ApiCall,
  type Credentials,
  type Limits,
  type SignedHeaders,
} from './api.ts';
import { createAborts, letManyListen, type WhenAborted } from './abort.ts';
import { createAgents, type Agents, type ProxyFor } from './agents.ts';
import { exchange, type RawAnswer } from './exchange.ts';
import { fetchFace } from './fetch-face.ts';
import { assertSafe } from './loopback.ts';
import { addressOf, bodyOf, toAnswer, type Teller } from './message.ts';
import { ATTEMPTS, backOff, isPassing, PATIENCE, retryAfter } from './retry.ts';
import { createScheduler, type Scheduler, type Timer } from './scheduler.ts';

const TIMEOUT_MS = 30_000;
const MAX_BYTES = 32 * 1024 * 1024;
const MAX_REDIRECTS = 3;
/** Without a word of the vendor's, this long after a 429. */
const DEFAULT_WAIT_MS = 2000;

export interface HttpOptions {
  readonly userAgent: string;
  readonly timeoutMs?: number;
  /** Method, path without its query, status and time; never bodies, never headers. */
  readonly log?: (line: RequestLine) => void;
  /** `false` obeys 429 and `Retry-After` only; default: the limits are kept in advance. */
  readonly paced?: boolean;
  /** Never asked for an address on this machine. */
  readonly proxyFor?: ProxyFor;
  readonly timer?: Timer;
  readonly random?: () => number;
}

export interface RequestLine {
  readonly api: string;
  readonly method: string;
  readonly path: string;
  readonly status: number | 'no answer';
  readonly ms: number;
}

export interface ApiOptions {
  /** For the log: `google`, `pipedrive`. */
  readonly name: string;
  readonly base: string;
  readonly credentials?: Credentials;
  readonly limits: Limits;
  /** APIs of one pool keep to their limits together: those of one login. */
  readonly pool?: string;
}

/** One keep-alive client for every vendor. */
export interface Http {
  api(options: ApiOptions): Api;
  close(): void;
}

const realTimer: Timer = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    try {
      await sleepFor(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};

export function createHttp(options: HttpOptions): Http {
  const agents = createAgents(options.proxyFor);
  const whenAborted = createAborts();
  const { timer = realTimer, paced = true } = options;
  const pools = new Map<string, Scheduler>();
  const schedulerOf = ({ limits, pool }: ApiOptions): Scheduler => {
    const known = pool === undefined ? undefined : pools.get(pool);
    const scheduler = known ?? createScheduler(limits, timer, paced);
    if (pool !== undefined) pools.set(pool, scheduler);
    return scheduler;
  };
  return {
    api: (api) =>
      createApi({ agents, whenAborted, timer, scheduler: schedulerOf(api) }, options, api),
    close: () => agents.destroy(),
  };
}

/** What the parts of one api share. */
interface Line {
  readonly agents: Agents;
  readonly whenAborted: WhenAborted;
  readonly options: HttpOptions;
  readonly api: ApiOptions;
  readonly base: URL;
  readonly timer: Timer;
  readonly random: () => number;
  readonly scheduler: Scheduler;
  /** Headers that sign the next request; none for an anonymous one. */
  readonly sign: () => Promise<SignedHeaders>;
  /** Called for each request that goes out, and with each answer's headers. */
  readonly sent: () => void;
  readonly heard: (headers: Readonly<Record<string, string>>) => void;
  readonly decoder: Teller['decoder'];
}

function createApi(
  shared: Pick<Line, 'agents' | 'whenAborted' | 'timer' | 'scheduler'>,
  options: HttpOptions,
  api: ApiOptions,
): Api {
  const base = new URL(api.base);
  assertSafe(base);
  const { timer } = shared;
  let requests = 0;
  let skew = 0;
  const line: Line = {
    ...shared,
    options,
    api,
    base,
    random: options.random ?? Math.random,
    decoder: new TextDecoder(),
    sign: async () => ({}),
    sent: () => {
      requests += 1;
    },
    heard: (headers) => {
      const date = Date.parse(headers['date'] ?? '');
      if (!Number.isNaN(date)) skew = date - timer.now();
    },
  };
  const send = (call: ApiCall): Promise<ApiAnswer> => {
    letManyListen(call.signal);
    return sendSigned(line, call);
  };
  return {
    send,
    fetch: fetchFace(send),
    requests: () => requests,
    now: () => new Date(timer.now() + skew),
  };
}

/** A 401 is answered by one renewal of the sign-in and one repetition. */
async function sendSigned(line: Line, call: ApiCall): Promise<ApiAnswer> {
  const { credentials } = line.api;
  if (call.anonymous === true || credentials === undefined) return sendPatiently(line, call);
  let signed: SignedHeaders = {};
  const remembering: Line = {
    ...line,
    sign: async () => {
      signed = await credentials.headers(call.signal);
      return signed;
    },
  };
  const answer = await sendPatiently(remembering, call);
  if (answer.status !== 401) return answer;
  const renewed = await credentials.renew(signed, call.signal);
  return renewed ? sendPatiently(remembering, call) : answer;
}

/** Waits 429s out: what was refused was not carried out, so that any call may be sent again. */
async function sendPatiently(line: Line, call: ApiCall): Promise<ApiAnswer> {
  for (let told = 0; ; told += 1) {
    const answer = await sendPersistently(line, call);
    if (answer.status !== 429) return answer;
    const verdict = line.api.limits.afterTooMany?.(answer) ?? {
      kind: 'wait',
      ms: retryAfter(answer.headers['retry-after'], line.timer.now()) ?? DEFAULT_WAIT_MS,
    };
    if (verdict.kind === 'spent' || told >= PATIENCE) {
      throw new HttpFailure('spent', `${line.api.name} allows no more requests for now.`, {
        resumeAt: verdict.kind === 'spent' ? verdict.resumeAt : undefined,
      });
    }
    if (verdict.budget !== undefined) line.scheduler.refused(verdict.budget, call.cost ?? {});
    line.scheduler.holdBack(verdict.ms);
  }
}

/** Repeats what may be repeated, on network failures and passing troubles of the server. */
async function sendPersistently(line: Line, call: ApiCall): Promise<ApiAnswer> {
  const repeatable = call.repeatable ?? call.method === 'GET';
  for (let attempt = 0; ; attempt += 1) {
    const last = attempt + 1 >= ATTEMPTS;
    try {
      const answer = await sendOnce(line, call);
      if (!repeatable || last || !isPassing(answer.status)) return answer;
      const asked = retryAfter(answer.headers['retry-after'], line.timer.now());
      await line.timer.sleep(asked ?? backOff(attempt, line.random()), call.signal);
    } catch (error) {
      const failure = error instanceof HttpFailure ? error : undefined;
      const again = failure?.kind === 'unreachable' || (failure?.kind === 'lost' && repeatable);
      if (!again) throw error;
      if (last) throw new HttpFailure('unreachable', failure.message, { cause: error });
      await line.timer.sleep(backOff(attempt, line.random()), call.signal);
    }
  }
}

async function sendOnce(line: Line, call: ApiCall): Promise<ApiAnswer> {
  const url = addressOf(line.base, call);
  const over = await line.scheduler.admit(call.cost ?? {}, call.signal);
  const started = line.timer.now();
  let status: RequestLine['status'] = 'no answer';
  try {
    const answer = await follow(line, call, url);
    ({ status } = answer);
    line.heard(answer.headers);
    line.scheduler.learn(line.api.limits.learn?.(answer.headers) ?? []);
    return toAnswer(answer, { name: line.api.name, decoder: line.decoder });
  } finally {
    over();
    const ms = line.timer.now() - started;
    line.options.log?.({ api: line.api.name, method: call.method, path: url.pathname, status, ms });
  }
}

/** Redirects are followed for pictures and the like only: they might lead a token elsewhere. */
async function follow(line: Line, call: ApiCall, first: URL): Promise<RawAnswer> {
  let url = first;
  for (let redirects = 0; ; redirects += 1) {
    const headers = await headersOf(line, call);
    line.sent();
    const answer = await exchange({
      connections: await line.agents.for(url),
      whenAborted: line.whenAborted,
      url,
      method: call.method,
      headers,
      ...bodyOf(call),
      timeoutMs: call.timeoutMs ?? line.options.timeoutMs ?? TIMEOUT_MS,
      maxBytes: call.maxBytes ?? MAX_BYTES,
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    });
    const { location } = answer.headers;
    const redirected = answer.status >= 300 && answer.status < 400 && location !== undefined;
    if (
      !redirected ||
      call.anonymous !== true ||
      call.method !== 'GET' ||
      redirects >= MAX_REDIRECTS
    ) {
      return answer;
    }
    url = new URL(location, url);
    assertSafe(url);
  }
}

async function headersOf(line: Line, call: ApiCall): Promise<Record<string, string>> {
  const signed = await line.sign();
  return {
    'user-agent': line.options.userAgent,
    accept: 'application/json',
    'accept-encoding': 'gzip',
    ...(call.json === undefined ? {} : { 'content-type': 'application/json' }),
    ...call.headers,
    ...signed,
  };
}
