import { SIDES, type Side } from '../plan/model.ts';
import type { RunReport } from './account.ts';
import type { Pass } from './pass.ts';
import type { Demand, WorkKind } from './ports.ts';

/** What a run as it is planned would ask of both vendors: it reads again, and writes. */
export function demandOf({ store, sides, run, requests }: Pass): NonNullable<RunReport['demand']> {
  const counts = store.plannedCounts(run);
  const planned = (side: Side, kind: WorkKind): number => {
    // A picture is fetched from the one side and put to the other.
    const mine = kind === 'photo' ? counts : counts.filter((one) => one.side === side);
    return mine.filter((one) => one.kind === kind).reduce((sum, { count }) => sum + count, 0);
  };
  const demands = SIDES.flatMap((side): [Side, Demand][] => {
    const { demandOf: of } = sides[side];
    if (of === undefined) return [];
    return [[side, of({ reads: requests(side), writes: (kind) => planned(side, kind) })]];
  });
  return Object.fromEntries(demands);
}
