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
  /** Reading is no point any more: a kill before a look leaves what one before the next change leaves. */
  spareLooks(): void;
  wrapStore(store: AccountStore): AccountStore;
  wrapSide(side: ContactSide): ContactSide;
}

/** What it frames has points of its own. */
const FRAME = 'together';

const LOOKS: ReadonlySet<string> = new Set([
  'holds',
  'now',
  'requests',
  'read',
  'changes',
  'suspects',
  'sighting',
  'pairOf',
  'mirrored',
  'walk',
  'organizationCursor',
  'organizationNamed',
  'organizationById',
  'customFields',
  'dirty',
  'candidates',
  'holders',
  'replacement',
  'newSince',
  'verdicts',
  'pastWrites',
  'liveMappings',
  'removalsSince',
  'foreignMarks',
  'everWrote',
  'everFinished',
  'lastStatus',
  'demandOf',
  'planned',
  'hasOpenContact',
  'plannedCounts',
  'eachPlanned',
  'begun',
  'settledOf',
  'eachPresent',
]);

export function createKiller(): Killer {
  let spared: ReadonlySet<string> = new Set();
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
  const pointAt = (name: string): void => {
    if (dead || (name !== FRAME && !spared.has(name))) point();
  };
  return {
    arm: (next) => {
      if (next !== undefined) died = false;
      [at, passed, dead] = [next, 0, false];
    },
    passed: () => passed,
    died: () => died,
    point,
    spareLooks: () => {
      spared = LOOKS;
    },
    wrapStore: (store) => guarded(store, pointAt),
    wrapSide: (side) => ({
      ...guarded(side, pointAt),
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

/** Every method of `target` passes a point first. */
function guarded<T extends object>(target: T, pointAt: (name: string) => void): T {
  const methods = Object.entries(target).map(([name, value]: [string, unknown]) => {
    if (typeof value !== 'function') return [name, value] as const;
    const method = value as (...args: readonly unknown[]) => unknown;
    const guardedMethod = (...args: readonly unknown[]): unknown => {
      pointAt(name);
      return method(...args);
    };
    return [name, guardedMethod] as const;
  });
  return Object.fromEntries(methods) as unknown as T;
}
