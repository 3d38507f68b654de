import { setTimeout as sleepFor } from 'node:timers/promises';

/** What time is and how it passes; injected, so that tests do not wait. */
export interface Clock {
  /** Milliseconds, by this machine's clock, which may be set, and stands still for nobody. */
  now(): number;
  /** Resolves after so long, or as soon as the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const machineClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    await sleepFor(ms, undefined, { signal }).catch(() => undefined);
  },
};
