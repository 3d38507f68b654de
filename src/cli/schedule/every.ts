import { UsageError } from '../usage-error.ts';
import { NO_SHARE } from '../texts/schedule.ts';

const MINUTE_MS = 60_000;
const HOUR = 60;

/** Whole shares of an hour or of a day, which every platform's scheduler can say. */
const CHOICES: readonly number[] = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30].concat(
  [1, 2, 3, 4, 6, 8, 12, 24].map((hours) => hours * HOUR),
);

/** How often a scheduled run comes, in minutes. @throws {UsageError} */
export function everyMinutes(ms: number): number {
  const minutes = ms / MINUTE_MS;
  if (CHOICES.includes(minutes)) return minutes;
  throw new UsageError(NO_SHARE);
}

/** The next of the times that lie so many minutes apart, counted from midnight here. */
export function nextDue(minutes: number, now: Date): Date {
  const midnight = new Date(now);
  midnight.setHours(0, 0, 0, 0);
  const since = Math.floor((now.getTime() - midnight.getTime()) / MINUTE_MS);
  const next = new Date(midnight);
  next.setMinutes((Math.floor(since / minutes) + 1) * minutes);
  return next;
}
