import type { Budget, Lesson } from './api.ts';

/** One budget: so many units in so much time. */
export interface Window {
  /** What a call uses up of it. */
  costOf(cost: Readonly<Record<string, number>>): number;
  /** Milliseconds until there is room for so many units; `Infinity` until a call is over. */
  due(units: number, now: number): number;
  /** A call that costs so much goes out … */
  open(units: number): void;
  /**
   * … and is over. The vendor counted it somewhere between the two; its time in the window starts
   * with the answer, so that we never believe a unit to be free before the vendor does.
   */
  close(units: number, now: number): void;
  learn(lesson: Lesson, now: number): void;
  /** So many units were refused: what was used before is all there is. */
  refused(units: number, now: number): void;
}

/** Units that were spent at about the same time are one entry: a day has tens of thousands. */
const ENTRIES = 256;
const DAY_MS = 24 * 60 * 60 * 1000;

interface Spent {
  /** When they are free again. */
  readonly until: number;
  units: number;
}

export function createWindow(budget: Budget): Window {
  const { name, units: published, windowMs, renewal, unnamed = 1 } = budget;
  const grain = Math.max(1, windowMs / ENTRIES);
  let limit = published;
  let underWay = 0;
  let used = 0;
  let spent: Spent[] = [];

  const freeAgain = (now: number): number =>
    renewal === 'midnight'
      ? (Math.floor(now / DAY_MS) + 1) * DAY_MS
      : Math.ceil((now + windowMs) / grain) * grain;

  const spend = (units: number, until: number): void => {
    used += units;
    const last = spent.at(-1);
    if (last !== undefined && last.until >= until) last.units += units;
    else spent.push({ until, units });
  };

  const forget = (now: number): void => {
    while (spent[0] !== undefined && spent[0].until <= now) used -= spent.shift()?.units ?? 0;
  };

  return {
    costOf: (cost) => cost[name] ?? unnamed,
    due: (units, now) => {
      forget(now);
      let excess = underWay + used + Math.min(units, limit) - limit;
      if (units === 0 || excess <= 0) return 0;
      for (const one of spent) {
        excess -= one.units;
        if (excess <= 0) return one.until - now + 1;
      }
      return underWay > 0 ? Number.POSITIVE_INFINITY : windowMs;
    },
    open: (units) => {
      underWay += units;
    },
    close: (units, now) => {
      underWay -= units;
      if (units > 0) spend(units, freeAgain(now));
    },
    refused: (units, now) => {
      forget(now);
      limit = Math.max(1, Math.min(limit, used + underWay - units));
    },
    learn: ({ units, remaining }, now) => {
      if (units !== undefined && units > 0) limit = units;
      if (remaining === undefined) return;
      forget(now);
      // What the vendor counts is right: others may be using the same budget.
      const theirs = limit - remaining - underWay;
      if (renewal === 'midnight') {
        [used, spent] = [0, []];
        if (theirs > 0) spend(theirs, freeAgain(now));
      } else if (theirs > used) spend(theirs - used, freeAgain(now));
    },
  };
}
