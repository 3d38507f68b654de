/*
 * How often a watch looks: a pure function of what it saw. Soon after something happened, rarer
 * and rarer while nothing does, and never so often that looking alone costs much of a day's budget.
 */

/** What one pass came to. */
export type Sight =
  /** Something was written, joined or let go. */
  | { readonly kind: 'active' }
  | { readonly kind: 'idle' }
  /** Something is wrong; trying again at once would not help. */
  | { readonly kind: 'failed' }
  /** Another run is at work here; nothing was asked of anybody. */
  | { readonly kind: 'busy' }
  /** A daily budget is used up. */
  | { readonly kind: 'spent'; readonly resumeInMs?: number };

export interface Rhythm {
  /** Passes since something last happened. */
  readonly quiet: number;
  /** Failures in a row. */
  readonly failures: number;
}

export const AT_FIRST: Rhythm = { quiet: 0, failures: 0 };

export interface Terms {
  /** The share of the CRM's daily budget that one idle pass costs, 0 to 1. */
  readonly cost: number;
  /** The user's own interval in milliseconds, in the place of ours. */
  readonly interval?: number;
  /** 0 to 1. */
  readonly random: number;
}

export interface Beat {
  readonly rhythm: Rhythm;
  /** Milliseconds until the next pass. */
  readonly delay: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Of a day's budget, for the looks of an idle day, and for the quick ones after something happened. */
const STEADY_SHARE = 0.04;
const QUICK_SHARE = 0.01;
/** Two looks happen whatever is reckoned: the first one, and one that falls on the day's end. */
const UNRECKONED = 2;

const SOONEST = MINUTE;
/** However large the budget, nobody gains by looking more often while nothing happens. */
const STEADY_SOONEST = 5 * MINUTE;
const LONGEST_BACK_OFF = HOUR;
const JITTER = 0.1;

export function beat(before: Rhythm, sight: Sight, terms: Terms): Beat {
  const rhythm = after(before, sight);
  const reckoned = Math.max(pace(rhythm, terms), backOff(rhythm), wait(sight));
  // Only ever later: the budget is kept, and many machines do not come at once.
  const spread = terms.interval === undefined ? 1 + JITTER * terms.random : 1;
  return { rhythm, delay: sight.kind === 'busy' ? SOONEST : reckoned * spread };
}

function after({ quiet, failures }: Rhythm, sight: Sight): Rhythm {
  switch (sight.kind) {
    case 'active':
      return AT_FIRST;
    case 'idle':
    case 'spent':
      return { quiet: quiet + 1, failures: 0 };
    case 'failed':
      return { quiet: quiet + 1, failures: failures + 1 };
    case 'busy':
      return { quiet, failures };
  }
}

function pace({ quiet }: Rhythm, { cost, interval }: Terms): number {
  if (interval !== undefined) return interval;
  const steady = Math.max(STEADY_SOONEST, (DAY * cost) / STEADY_SHARE);
  const quickOnes = cost === 0 ? Infinity : QUICK_SHARE / cost - UNRECKONED;
  return quiet < quickOnes ? Math.min(steady, SOONEST * 2 ** quiet) : steady;
}

function backOff({ failures }: Rhythm): number {
  return failures === 0 ? 0 : Math.min(LONGEST_BACK_OFF, MINUTE * 2 ** (failures - 1));
}

function wait(sight: Sight): number {
  return sight.kind === 'spent' ? Math.min(DAY, Math.max(0, sight.resumeInMs ?? HOUR)) : 0;
}
