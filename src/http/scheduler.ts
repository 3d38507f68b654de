import { reasonOf } from './abort.ts';
import { HttpFailure, type Budget, type Lesson, type Limits } from './api.ts';

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
}

interface Window {
  units: number;
  readonly ms: number;
  /** When units were spent, oldest first. */
  spent: { readonly at: number; readonly units: number }[];
}

export function createScheduler(limits: Limits, timer: Timer, paced: boolean): Scheduler {
  const windows = new Map((paced ? limits.budgets : []).map(toWindow));
  const waiting: (() => void)[] = [];
  let underWay = 0;
  let heldUntil = 0;
  /** Those who wait for a window go one after the other, in the order in which they came. */
  let turn: Promise<void> = Promise.resolve();

  const enter = async (signal?: AbortSignal): Promise<void> => {
    if (underWay < limits.concurrency) {
      underWay += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        waiting.splice(waiting.indexOf(resolve), 1);
        reject(reasonOf(signal));
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      waiting.push(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
    });
  };

  /** The place is handed on, so that `underWay` stays as it is while anybody waits. */
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) underWay -= 1;
    else next();
  };

  const pay = async (
    cost: Readonly<Record<string, number>>,
    signal?: AbortSignal,
  ): Promise<void> => {
    for (;;) {
      const wait = Math.max(
        heldUntil - timer.now(),
        ...[...windows].map(([name, window]) => due(window, cost[name] ?? 1, timer.now())),
      );
      if (wait <= 0) break;
      if (wait > LONGEST_WAIT_MS) {
        const resumeAt = new Date(timer.now() + wait);
        throw new HttpFailure('spent', 'The budget of requests is used up for now.', { resumeAt });
      }
      await timer.sleep(wait, signal);
    }
    for (const [name, window] of windows) {
      const units = cost[name] ?? 1;
      if (units > 0) window.spent.push({ at: timer.now(), units });
    }
  };

  return {
    admit: async (cost, signal) => {
      signal?.throwIfAborted();
      await enter(signal);
      const mine = turn.then(() => pay(cost, signal));
      turn = mine.catch(() => undefined);
      try {
        await mine;
      } catch (error) {
        leave();
        throw error;
      }
      return leave;
    },
    learn: (lessons) => {
      for (const lesson of lessons) adopt(windows.get(lesson.budget), lesson, timer.now());
    },
    holdBack: (ms) => {
      heldUntil = Math.max(heldUntil, timer.now() + ms);
    },
  };
}

function toWindow({ name, units, windowMs }: Budget): readonly [string, Window] {
  return [name, { units, ms: windowMs, spent: [] }];
}

/** Milliseconds until the window has room for so many units. */
function due(window: Window, units: number, now: number): number {
  window.spent = window.spent.filter(({ at }) => at > now - window.ms);
  const used = window.spent.reduce((sum, one) => sum + one.units, 0);
  let excess = used + Math.min(units, window.units) - window.units;
  if (units === 0 || excess <= 0) return 0;
  for (const one of window.spent) {
    excess -= one.units;
    if (excess <= 0) return one.at + window.ms - now + 1;
  }
  return window.ms;
}

/** What the vendor counts is right: others may be using the same budget. */
function adopt(window: Window | undefined, lesson: Lesson, now: number): void {
  if (window === undefined) return;
  if (lesson.units !== undefined && lesson.units > 0) window.units = lesson.units;
  if (lesson.remaining === undefined) return;
  const used = window.spent.reduce(
    (sum, one) => sum + (one.at > now - window.ms ? one.units : 0),
    0,
  );
  const unseen = window.units - lesson.remaining - used;
  if (unseen > 0) window.spent.push({ at: now, units: unseen });
}
