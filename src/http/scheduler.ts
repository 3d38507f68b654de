import { reasonOf } from './abort.ts';
import { HttpFailure, type Lesson, type Limits } from './api.ts';
import { createWindow, type Window } from './window.ts';

/** A budget that has no room for longer than this is spent: the run ends rather than wait. */
const LONGEST_WAIT_MS = 2 * 60_000;

/** What time is and how it passes; injected, so that tests do not wait. */
export interface Timer {
  now(): number;
  /** Rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Lets calls through as the vendor's limits allow: few at once, and never more than a window holds. */
export interface Scheduler {
  /** Resolves when the call may go out; the function it resolves to says that the call is over. */
  admit(cost: Readonly<Record<string, number>>, signal?: AbortSignal): Promise<() => void>;
  learn(lessons: readonly Lesson[]): void;
  /** Nothing goes out for so long: somebody was told off. */
  holdBack(ms: number): void;
  /** A call that costs so much was told off, since this budget is smaller than we took it for. */
  refused(budget: string, cost: Readonly<Record<string, number>>): void;
}

type Cost = Readonly<Record<string, number>>;

export function createScheduler(limits: Limits, timer: Timer, paced: boolean): Scheduler {
  const windows = new Map<string, Window>(
    (paced ? limits.budgets : []).map((budget) => [budget.name, createWindow(budget)]),
  );
  const queue = createQueue(limits.concurrency);
  let heldUntil = 0;
  /** Those who wait for a window go one after the other, in the order in which they came. */
  let turn: Promise<void> = Promise.resolve();
  let answered: (() => void) | undefined;

  /** How long the windows want this call to wait; `Infinity` until a call that is under way is over. */
  const due = (cost: Cost): number => {
    const waits = [...windows.values()].map((one) => one.due(one.costOf(cost), timer.now()));
    const longest = Math.max(0, ...waits.filter((wait) => wait !== Number.POSITIVE_INFINITY));
    if (longest > LONGEST_WAIT_MS) {
      const resumeAt = new Date(timer.now() + longest);
      throw new HttpFailure('spent', 'The budget of requests is used up for now.', { resumeAt });
    }
    return Math.max(heldUntil - timer.now(), ...waits);
  };

  const pay = async (cost: Cost, signal?: AbortSignal): Promise<void> => {
    for (let wait = due(cost); wait > 0; wait = due(cost)) {
      if (wait === Number.POSITIVE_INFINITY) {
        await new Promise<void>((resolve) => {
          answered = resolve;
        });
        signal?.throwIfAborted();
      } else await timer.sleep(wait, signal);
    }
    for (const window of windows.values()) window.open(window.costOf(cost));
  };

  const over = (cost: Cost): void => {
    for (const window of windows.values()) window.close(window.costOf(cost), timer.now());
    queue.leave();
    answered?.();
  };

  return {
    admit: async (cost, signal) => {
      signal?.throwIfAborted();
      await queue.enter(signal);
      const mine = turn.then(() => pay(cost, signal));
      turn = mine.catch(() => undefined);
      try {
        await mine;
      } catch (error) {
        queue.leave();
        throw error;
      }
      return () => over(cost);
    },
    learn: (lessons) => {
      for (const lesson of lessons) {
        if (lesson.concurrency !== undefined) queue.widen(lesson.concurrency);
        windows.get(lesson.budget)?.learn(lesson, timer.now());
      }
    },
    holdBack: (ms) => {
      heldUntil = Math.max(heldUntil, timer.now() + ms);
    },
    refused: (budget, cost) => {
      const window = windows.get(budget);
      window?.refused(window.costOf(cost), timer.now());
    },
  };
}

/** So many at once; the others wait in the order in which they came. */
function createQueue(first: number) {
  const waiting: (() => void)[] = [];
  let width = first;
  let inside = 0;

  const letIn = (): void => {
    while (inside < width) {
      const next = waiting.shift();
      if (next === undefined) return;
      inside += 1;
      next();
    }
  };

  return {
    enter: async (signal?: AbortSignal): Promise<void> => {
      if (waiting.length === 0 && inside < width) {
        inside += 1;
        return;
      }
      await new Promise<void>((resolve, reject) => {
        const onAbort = (): void => {
          waiting.splice(waiting.indexOf(go), 1);
          reject(reasonOf(signal));
        };
        const go = (): void => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        waiting.push(go);
      });
    },
    leave: (): void => {
      inside -= 1;
      letIn();
    },
    widen: (next: number): void => {
      width = next;
      letIn();
    },
  };
}
