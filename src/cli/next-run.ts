import * as v from 'valibot';
import type { Store } from '../store/open.ts';
import { nextDue } from './schedule/every.ts';
import { isAlive } from '../store/is-alive.ts';

/** What runs by itself, as it was last set up. */
const Scheduled = v.object({ kind: v.string(), every: v.number() });
const Watching = v.object({ pid: v.number(), nextAt: v.string() });

export type Scheduled = v.InferOutput<typeof Scheduled>;
export type Watching = v.InferOutput<typeof Watching>;

const SCHEDULE = 'schedule';
const WATCH = 'watch';

export function scheduledRuns(store: Store): Scheduled | undefined {
  const found = v.safeParse(Scheduled, store.remembered.get(SCHEDULE));
  return found.success ? found.output : undefined;
}

export function rememberSchedule(store: Store, scheduled: Scheduled | undefined): void {
  if (scheduled === undefined) store.remembered.forget(SCHEDULE);
  else store.remembered.set(SCHEDULE, scheduled);
}

export function rememberWatch(store: Store, watching: Watching | undefined): void {
  if (watching === undefined) store.remembered.forget(WATCH);
  else store.remembered.set(WATCH, watching);
}

/** When the next run begins by itself, ISO 8601: a watch's, else the schedule's; else nobody knows. */
export function nextRun(store: Store, now: Date): string | undefined {
  const watching = v.safeParse(Watching, store.remembered.get(WATCH));
  if (watching.success && isAlive(watching.output.pid)) return watching.output.nextAt;
  const scheduled = scheduledRuns(store);
  return scheduled && nextDue(scheduled.every, now).toISOString();
}
