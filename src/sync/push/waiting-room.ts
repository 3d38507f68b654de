import type { Step } from '../journal.ts';

/**
 * Where the steps of a lane are between the journal and their request: most of them can go at once,
 * others wait for what the lane ahead makes. It holds a few hundred, however many there are.
 */
export interface WaitingRoom {
  enter(step: Step): void;
  /** Steps that wait for nothing any more, `limit` at most. */
  leave(limit: number): readonly Step[];
  /** What goes by this key was tried in the lane ahead: who waited for it goes, whatever came of it. */
  tried(key: string): void;
  /** Whether anybody waits for it. */
  awaits(key: string): boolean;
  /** The lane ahead has ended. */
  close(): void;
  isFull(): boolean;
  isEmpty(): boolean;
}

export interface Waiting {
  /** The key of what the step has to wait for, if it is not there yet. */
  readonly waitsFor: (step: Step) => string | undefined;
  /** Whether the lane ahead has left steps for the next round, so that its followers wait until then. */
  readonly isLeft: () => boolean;
}

const MOST = 256;

const NOT_AT_ALL: Waiting = { waitsFor: () => undefined, isLeft: () => false };

export function createWaitingRoom({ waitsFor, isLeft }: Waiting = NOT_AT_ALL): WaitingRoom {
  const waiting = new Map<string, Step[]>();
  const due: Step[] = [];
  let inside = 0;
  let closed = false;

  const tried = (key: string): void => {
    const steps = waiting.get(key) ?? [];
    waiting.delete(key);
    due.push(...steps);
  };
  return {
    enter: (step) => {
      const key = waitsFor(step);
      if (key !== undefined && closed && isLeft()) return;
      inside += 1;
      if (key === undefined || closed) due.push(step);
      else waiting.set(key, [...(waiting.get(key) ?? []), step]);
    },
    leave: (limit) => {
      const steps = due.splice(0, limit);
      inside -= steps.length;
      return steps;
    },
    tried,
    awaits: (key) => waiting.has(key),
    close: () => {
      closed = true;
      if (!isLeft()) for (const key of waiting.keys()) tried(key);
      waiting.clear();
      inside = due.length;
    },
    isFull: () => inside >= MOST,
    isEmpty: () => inside === 0,
  };
}
