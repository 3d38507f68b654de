import type { Clock } from './clock.ts';

export interface Waiting {
  readonly ms: number;
  /** Ends the wait, and the watch. */
  readonly stop: AbortSignal;
  /** Ends the wait: look now. */
  readonly nudge: AbortSignal;
  /** Called again and again, with when the wait ends (milliseconds by the clock). */
  readonly onTick: (due: number) => void;
  /** Milliseconds between ticks. */
  readonly tick: number;
}

/** A clock that is further off than this was set, or stood still while the machine slept. */
const JUMP_MS = 20_000;
/** After the machine woke up, its network takes a moment. */
const SETTLE_MS = 10_000;

/** Waits by the machine's clock, whatever becomes of it: a sleep counts, a clock set back does not. */
export async function waitFor(clock: Clock, waiting: Waiting): Promise<void> {
  const { ms, stop, nudge, onTick, tick } = waiting;
  const over = AbortSignal.any([stop, nudge]);
  let due = clock.now() + ms;
  for (;;) {
    const before = clock.now();
    const left = due - before;
    if (left <= 0 || over.aborted) return;
    onTick(due);
    const slice = Math.min(left, tick);
    await clock.sleep(slice, over);
    const jump = over.aborted ? 0 : clock.now() - before - slice;
    if (jump > JUMP_MS) due = clock.now() + SETTLE_MS;
    if (jump < -JUMP_MS) due += jump;
  }
}
