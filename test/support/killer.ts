import type { ContactSide } from '../../src/sync/ports.ts';
import type { AccountStore } from '../../src/sync/store-port.ts';

/** The process is gone: nothing it would have done after this point happens. */
export class Killed extends Error {}

/**
 * Ends the engine between any two statements: before a store's transaction, or before or after a
 * request takes effect. Once dead, every further call fails, as in a process that is no more.
 */
export interface Killer {
  /** Dies at the nth point from now, counted from 1; lives when `undefined`. */
  arm(point: number | undefined): void;
  /** Points passed since the killer was armed. */
  passed(): number;
  /** Whether it has died at the point that it was last armed for. */
  died(): boolean;
  point(): void;
  wrapStore(store: AccountStore): AccountStore;
  wrapSide(side: ContactSide): ContactSide;
}

/** A kill before a look leaves what a kill before the next change leaves: `spared` calls are no points. */
export function createKiller(spared: ReadonlySet<string> = new Set()): Killer {
  let at: number | undefined;
  let passed = 0;
  let dead = false;
  let died = false;
  const point = (): void => {
    if (dead) throw new Killed('dead');
    passed += 1;
    if (passed !== at) return;
    [dead, died] = [true, true];
    throw new Killed(`killed at point ${passed}`);
  };
  return {
    arm: (next) => {
      if (next !== undefined) died = false;
      [at, passed, dead] = [next, 0, false];
    },
    passed: () => passed,
    died: () => died,
    point,
    wrapStore: (store) => guarded(store, point, spared),
    wrapSide: (side) => ({
      ...guarded(side, point, spared),
      visibilityDelay: side.visibilityDelay,
      async *write(writes, signal) {
        for await (const outcome of side.write(writes, signal)) {
          point();
          yield outcome;
        }
      },
    }),
  };
}

/** Every method of `target` passes a point first, but for those that are spared. */
function guarded<T extends object>(target: T, point: () => void, spared: ReadonlySet<string>): T {
  const methods = Object.entries(target).map(([name, value]: [string, unknown]) => {
    if (typeof value !== 'function' || spared.has(name)) return [name, value] as const;
    const method = value as (...args: readonly unknown[]) => unknown;
    const guardedMethod = (...args: readonly unknown[]): unknown => {
      point();
      return method(...args);
    };
    return [name, guardedMethod] as const;
  });
  return Object.fromEntries(methods) as unknown as T;
}
