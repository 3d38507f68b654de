import type { Clock } from './clock.ts';
import { AT_FIRST, beat, type Rhythm, type Sight } from './rhythm.ts';
import { waitFor } from './waiting.ts';

/** What a pass came to, and the share of a day's budget that one such pass costs. */
export interface Passed {
  readonly sight: Sight;
  readonly cost: number;
}

export interface WatchParts {
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  /** Ends the watch once the write under way is finished. */
  readonly stop: AbortSignal;
  /** A fresh signal for the user's wish to look now. */
  readonly nudge: () => AbortSignal;
  /** One pass over all accounts; never throws. */
  readonly pass: () => Promise<Passed>;
  /** Milliseconds between passes, in the place of a rhythm of its own. */
  readonly interval?: number;
  readonly tick: number;
  /** The wait's end, by the clock; told again and again. */
  readonly onWait: (due: number) => void;
}

/** Until it is told what an idle pass costs: three lists of the smallest plan's budget. */
const FIRST_GUESS = 0.001;

/** Passes again and again until it is stopped. */
export async function watch(parts: WatchParts): Promise<void> {
  const { clock, random, stop, interval, tick } = parts;
  let rhythm: Rhythm = AT_FIRST;
  let cost = FIRST_GUESS;
  while (!stop.aborted) {
    const nudge = parts.nudge();
    const passed = await parts.pass();
    if (stop.aborted) return;
    if (passed.sight.kind === 'idle') ({ cost } = passed);
    const own = interval === undefined ? {} : { interval };
    const next = beat(rhythm, passed.sight, { cost, random: random(), ...own });
    ({ rhythm } = next);
    await waitFor(clock, { ms: next.delay, stop, nudge, onTick: parts.onWait, tick });
  }
}
