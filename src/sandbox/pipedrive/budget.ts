import type { SandboxAnswer } from '../core.ts';
import { retryAfter } from '../retry-after.ts';
import type { World } from './world.ts';
import type { Plan } from './visibility.ts';

/*
 * Burst windows per token and the company's daily budget of tokens, as documented:
 * https://pipedrive.readme.io/docs/core-api-concepts-rate-limiting
 */

const BURST: Readonly<Record<Plan, { readonly 'api-token': number; readonly oauth: number }>> = {
  essential: { 'api-token': 20, oauth: 80 },
  professional: { 'api-token': 100, oauth: 400 },
};
const SEARCH_BURST = 10;
const WINDOW_MS = 2000;
const DAILY: Readonly<Record<Plan, number>> = { essential: 30_000, professional: 150_000 };
/** So many requests in spite of a 429 and the whole company is shut out for a while. */
const IGNORED = 50;

export interface Budget {
  /** The refusal, if the request may not be answered; else the request is charged. */
  charge(caller: Caller, cost: number, search: boolean): SandboxAnswer | undefined;
  headers(caller: Caller): Readonly<Record<string, string>>;
  /** Today. */
  spent(): number;
  /** Since the start, whatever day it was. */
  charged(): number;
  setDailyTokens(tokens: number): void;
}

export interface Caller {
  readonly token: string;
  readonly kind: 'api-token' | 'oauth';
}

export function createBudget({
  clock,
  plan,
  behaviour,
}: Pick<World, 'clock' | 'plan' | 'behaviour'>): Budget {
  const recent = new Map<string, number[]>();
  let daily = DAILY[plan];
  let spent = 0;
  let charged = 0;
  let day = '';
  let ignored = 0;

  const window = (key: string): number[] => {
    const from = clock.now().getTime() - WINDOW_MS;
    const times = (recent.get(key) ?? []).filter((at) => at > from);
    recent.set(key, times);
    return times;
  };
  const newDay = (): void => {
    const today = clock.now().toISOString().slice(0, 10);
    if (today !== day) [day, spent] = [today, 0];
  };
  const tooMany = (): SandboxAnswer => {
    ignored += 1;
    if (ignored > IGNORED) {
      return {
        status: 403,
        headers: { 'content-type': 'text/html' },
        body: '<!doctype html><title>Access denied</title>',
      };
    }
    const { retryAfter: form } = behaviour;
    const headers = form === 'absent' ? {} : retryAfter(clock, WINDOW_MS / 1000, form);
    return { status: 429, headers, body: { success: false, error: 'request over limit' } };
  };

  return {
    charge: (caller, cost, search) => {
      newDay();
      const times = window(caller.token);
      const searches = window(`search ${caller.token}`);
      const over =
        times.length >= BURST[plan][caller.kind] ||
        (search && searches.length >= SEARCH_BURST) ||
        spent + cost > daily;
      if (behaviour.enforceLimits && over) return tooMany();
      ignored = 0;
      times.push(clock.now().getTime());
      if (search) searches.push(clock.now().getTime());
      spent += cost;
      charged += cost;
      return undefined;
    },
    headers: (caller) => {
      const limit = BURST[plan][caller.kind];
      const used = window(caller.token).length;
      return {
        'x-ratelimit-limit': String(limit),
        'x-ratelimit-remaining': String(Math.max(0, limit - used)),
        'x-ratelimit-reset': '2',
        'x-daily-ratelimit-token-limit': String(daily),
        'x-daily-ratelimit-token-remaining': String(Math.max(0, daily - spent)),
      };
    },
    spent: () => spent,
    charged: () => charged,
    setDailyTokens: (tokens) => {
      daily = tokens;
    },
  };
}
