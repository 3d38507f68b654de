import type { Demand, Work } from '../../sync/ports.ts';
import { BATCH_SIZE } from './limits.ts';

/** Requests for so much work. Writes go in batches, and changed contacts are read again in batches. */
export function demandOf({ reads, writes }: Work): Demand {
  const batches = (count: number): number => Math.ceil(count / BATCH_SIZE);
  const changes = writes('update') + writes('delete');
  return {
    requests: reads + batches(writes('create')) + 2 * batches(changes) + writes('photo'),
  };
}
