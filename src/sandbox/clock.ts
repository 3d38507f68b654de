import type { SandboxClock } from './core.ts';

export interface AdjustableClock extends SandboxClock {
  advance(ms: number): void;
  reset(): void;
}

export function createClock(): AdjustableClock {
  let advanced = 0;
  return {
    now: () => new Date(Date.now() + advanced),
    advance(ms) {
      advanced += ms;
    },
    reset() {
      advanced = 0;
    },
  };
}
