import type { Demand, Work, WorkKind } from '../../sync/ports.ts';
import { BATCH_FROM, BATCH_SIZE } from './limits.ts';

/** Requests for so much work. Changed contacts are read again, many at once, and written in batches. */
export function demandOf({ reads, writes }: Work): Demand {
  const sent = (kind: WorkKind): number => {
    const count = writes(kind);
    return count < BATCH_FROM ? count : Math.ceil(count / BATCH_SIZE);
  };
  const readAgain = Math.ceil((writes('update') + writes('delete')) / BATCH_SIZE);
  const written = sent('create') + sent('update') + sent('delete');
  return { requests: reads + readAgain + written + writes('photo') };
}
