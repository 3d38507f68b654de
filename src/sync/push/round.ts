/**
 * What the lanes of one slice share: how many steps may still be begun before other accounts have
 * their turn, and that all of them end when one has failed.
 */
export interface Round {
  /** How many steps may still be handed out. */
  left(): number;
  handOut(steps: number): void;
  /** Nothing more is begun: something went wrong. */
  stop(): void;
  stopped(): boolean;
  /** A step has ended: whoever waits looks again, within a moment. */
  tell(): void;
  /** A lane has ended: whoever waits looks again. */
  wake(): void;
  /** Resolves when those who wait are to look again. */
  told(): Promise<void>;
}

/** What has ended within it is told together: each group that is begun takes a synchronous write. */
const MOMENT_MS = 20;

export function createRound(steps: number): Round {
  let left = steps;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const waiting: (() => void)[] = [];

  const wake = (): void => {
    clearTimeout(timer);
    timer = undefined;
    for (const resolve of waiting.splice(0)) resolve();
  };
  return {
    left: () => (stopped ? 0 : left),
    handOut: (count) => {
      left -= count;
    },
    stop: () => {
      stopped = true;
      wake();
    },
    stopped: () => stopped,
    tell: () => {
      if (waiting.length > 0) timer ??= setTimeout(wake, MOMENT_MS);
    },
    wake,
    told: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
      }),
  };
}
