import type { ApiAnswer, Limits, TooMany } from '../../http/api.ts';
import { backOff, retryAfter } from '../../http/retry.ts';

/** Requests in one `$batch` (documented). https://learn.microsoft.com/graph/json-batching */
export const BATCH_SIZE = 20;

/**
 * Requests at the same time for one app and mailbox (documented); of a batch, Graph itself carries
 * out four at once (documented), so that nothing else may be under way beside one.
 * https://learn.microsoft.com/graph/throttling-limits#outlook-service-limits
 */
export const AT_ONCE = 4;

/** Rows on one page of a change feed: what others ask for in production. */
export const FEED_PAGE = 500;

/** Contacts on one page of a plain list (documented maximum). */
export const LIST_PAGE = 1000;

/** Changes show in a delta "with varying delays" (documented, without a figure). */
export const VISIBILITY_DELAY_MS = 5 * 60 * 1000;

/** A picture is smaller than this (documented). */
export const PICTURE_BYTES = 4 * 1024 * 1024;

const MINUTE = 60_000;

/** Longer than this nobody waits within a run. */
const LONGEST_WAIT_MS = 5 * MINUTE;

/** Per app and mailbox (documented, same page). The items of a batch count one by one. */
const BUDGETS = [{ name: 'requests', units: 10_000, windowMs: 10 * MINUTE }] as const;

export function cost(requests: number): Readonly<Record<string, number>> {
  return { requests };
}

export function microsoftLimits(): Limits {
  return { concurrency: AT_ONCE, budgets: BUDGETS, afterTooMany: (answer) => verdict(answer) };
}

function verdict({ headers }: ApiAnswer): TooMany {
  const now = Date.now();
  const ms = retryAfter(headers['retry-after'], now) ?? backOff(2, Math.random());
  if (ms <= LONGEST_WAIT_MS) return { kind: 'wait', ms };
  return { kind: 'spent', resumeAt: new Date(now + ms) };
}

/** Milliseconds that an item of a batch is to wait; seen as a decimal, and seen missing. */
export function itemWait(retryAfterHeader: string | undefined, attempt: number): number {
  return retryAfter(retryAfterHeader, Date.now()) ?? backOff(attempt + 1, Math.random());
}
