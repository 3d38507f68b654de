/** How often a repeatable call is sent at most. */
export const ATTEMPTS = 4;
/** How often a 429 is waited out before the budget counts as spent. */
export const PATIENCE = 8;

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/** Exponential, with jitter so that many clients do not come back together. `random` is 0 to 1. */
export function backOff(attempt: number, random: number): number {
  const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
  return ceiling / 2 + (ceiling / 2) * random;
}

/** Passing troubles of a server; anything else is an answer. */
export function isPassing(status: number): boolean {
  return status === 500 || status === 502 || status === 503 || status === 504;
}

/** Milliseconds that `Retry-After` asks for: seconds, also with a fraction, or a date. */
export function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined || header.trim() === '') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
