import type { Api, ApiAnswer, Lesson, Limits, TooMany } from '../../http/api.ts';
import { retryAfter } from '../../http/retry.ts';

/*
 * Pipedrive's published limits.
 * Source: https://pipedrive.readme.io/docs/core-api-concepts-rate-limiting, and `x-token-cost` of
 * every operation in https://developers.pipedrive.com/docs/api/v1/openapi-v2.yaml.
 */

/** Tokens of the company's daily budget, flat per request. */
export const COSTS = {
  list: { tokens: 10 },
  get: { tokens: 1 },
  write: { tokens: 5 },
  delete: { tokens: 3 },
  picture: { tokens: 10 },
  pictureRemoval: { tokens: 6 },
  user: { tokens: 2 },
  settings: { tokens: 10 },
  changelog: { tokens: 20 },
} as const satisfies Record<string, { readonly tokens: number }>;

/** Longest page of a list, and most ids in one question. */
export const PAGE_SIZE = 500;
export const IDS_AT_ONCE = 100;

/** Requests under way at once, until an answer tells the plan. */
const CONCURRENCY = 8;
/** As many as are ever under way at once, and offered to the HTTP client, which lets them go. */
export const MOST_AT_ONCE = 32;
const LEAST_AT_ONCE = 4;
/** An answer takes a quarter of a second, by experience: so many requests at once fill the burst. */
const ANSWERS_PER_WINDOW = 8;

/** A personal token of the smallest plan; an answer's headers tell the true figure. */
const SMALLEST_BURST = 20;
const BURST_WINDOW_MS = 2000;

/** One seat of the smallest plan; an answer's headers tell the true figure (seen in the wild). */
export const SMALLEST_DAILY_TOKENS = 30_000;
const DAY_MS = 24 * 60 * 60 * 1000;

/** A moment in whole seconds may be over when it arrives. */
const SHORTEST_WAIT_MS = 250;
/** A longer `Retry-After` than this is not about the burst. */
const LONGEST_BURST_WAIT_MS = 60_000;

/** The share of the company's daily tokens that is left to its other programs. */
const RESERVE = 0.3;
/** The share that a first sync leaves to everyday work besides. */
const EVERYDAY = 0.05;
/** The day's tokens as a first sync sees them. */
const FIRST_SYNC = 'first-sync';

/** @param reserve the share of the company's daily tokens that is left to its other programs, 0 to 1 */
export function pipedriveLimits(reserve = RESERVE): Limits {
  const perDay = { windowMs: DAY_MS, renewal: 'midnight' } as const;
  return {
    concurrency: CONCURRENCY,
    budgets: [
      { name: 'burst', units: SMALLEST_BURST, windowMs: BURST_WINDOW_MS },
      // Midnight of a time zone that is not named: UTC is the best guess.
      { name: 'tokens', units: usable(SMALLEST_DAILY_TOKENS, reserve), ...perDay },
      {
        name: FIRST_SYNC,
        units: usable(SMALLEST_DAILY_TOKENS, reserve + EVERYDAY),
        ...perDay,
        unnamed: 0,
      },
    ],
    learn: (headers) => [
      ...learnBurst(headers),
      ...learnTokens(headers, 'tokens', reserve),
      ...learnTokens(headers, FIRST_SYNC, reserve + EVERYDAY),
    ],
    afterTooMany,
  };
}

/** The calls of a first sync: they stop before the day's tokens are used up for everybody else. */
export function ofFirstSync(api: Api): Api {
  const send: Api['send'] = (call) =>
    api.send({ ...call, cost: { ...call.cost, [FIRST_SYNC]: call.cost?.['tokens'] ?? 1 } });
  return { ...api, send };
}

type Headers = Readonly<Record<string, string>>;

function usable(units: number, reserve: number): number {
  return Math.floor(units * Math.max(0, 1 - reserve));
}

/** How many days of a first sync so many tokens are, today included. */
export function daysOfFirstSync(tokens: number, told?: DailyTokens, reserve = RESERVE): number {
  const { limit, left } = told ?? { limit: SMALLEST_DAILY_TOKENS, left: SMALLEST_DAILY_TOKENS };
  const perDay = usable(limit, reserve + EVERYDAY);
  const today = Math.max(0, left - (limit - perDay));
  return tokens <= today ? 1 : 1 + Math.ceil((tokens - today) / perDay);
}

function learnBurst(headers: Headers): readonly Lesson[] {
  const units = figure(headers, 'x-ratelimit-limit');
  const remaining = figure(headers, 'x-ratelimit-remaining');
  if (units === undefined && remaining === undefined) return [];
  return [
    {
      budget: 'burst',
      ...(units !== undefined && units > 0 && { units, concurrency: atOnce(units) }),
      ...(remaining !== undefined && { remaining }),
    },
  ];
}

function atOnce(burst: number): number {
  const wanted = Math.ceil(burst / ANSWERS_PER_WINDOW);
  return Math.min(Math.max(wanted, LEAST_AT_ONCE), MOST_AT_ONCE);
}

/** The company's tokens of the day, as an answer tells them. */
export interface DailyTokens {
  readonly limit: number;
  readonly left: number;
}

export function dailyTokens(headers: Headers): DailyTokens | undefined {
  const limit = figure(headers, 'x-daily-ratelimit-token-limit');
  const left = figure(headers, 'x-daily-ratelimit-token-remaining');
  return limit === undefined || left === undefined ? undefined : { limit, left };
}

function learnTokens(headers: Headers, budget: string, reserve: number): readonly Lesson[] {
  const limit = figure(headers, 'x-daily-ratelimit-token-limit');
  const left = figure(headers, 'x-daily-ratelimit-token-remaining');
  if (limit === undefined) return [];
  const kept = limit - usable(limit, reserve);
  return [
    {
      budget,
      units: usable(limit, reserve),
      ...(left !== undefined && { remaining: Math.max(0, left - kept) }),
    },
  ];
}

/** The unit of `x-ratelimit-reset` is not documented: seconds, by the values seen in the wild. */
function burstWait(reset: number): number {
  return Math.min(Math.max(reset, 0) * 1000, BURST_WINDOW_MS);
}

/**
 * The body of a 429 is not documented; the headers tell which limit it was. Without any, it is
 * taken for a burst: whoever counts the repetitions gives up after a few. `Retry-After` is nowhere
 * promised, in none of its forms.
 */
function afterTooMany({ headers }: ApiAnswer): TooMany {
  const now = serverTime(headers);
  const retryMs = retryAfter(headers['retry-after'], now ?? Date.now());
  if (figure(headers, 'x-daily-ratelimit-token-remaining') === 0)
    return spentUntil(midnight(headers));
  if (retryMs !== undefined && retryMs > LONGEST_BURST_WAIT_MS) {
    return spentUntil(now === undefined ? undefined : new Date(now + retryMs));
  }
  const reset = figure(headers, 'x-ratelimit-reset');
  return {
    kind: 'wait',
    ms: Math.max(
      retryMs ?? (reset === undefined ? BURST_WINDOW_MS : burstWait(reset)),
      SHORTEST_WAIT_MS,
    ),
  };
}

function spentUntil(resumeAt: Date | undefined): TooMany {
  return { kind: 'spent', ...(resumeAt !== undefined && { resumeAt }) };
}

/** The budget is renewed at midnight of a time zone that is not named: UTC is the best guess. */
function midnight(headers: Headers): Date | undefined {
  const now = serverTime(headers);
  return now === undefined ? undefined : new Date((Math.floor(now / DAY_MS) + 1) * DAY_MS);
}

function serverTime(headers: Headers): number | undefined {
  const time = Date.parse(headers['date'] ?? '');
  return Number.isNaN(time) ? undefined : time;
}

function figure(headers: Headers, name: string): number | undefined {
  const text = headers[name];
  return text !== undefined && /^\d+(\.\d+)?$/u.test(text.trim()) ? Number(text) : undefined;
}
