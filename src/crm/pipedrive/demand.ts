import type { Demand, Work } from '../../sync/ports.ts';
import { COSTS, IDS_AT_ONCE } from './limits.ts';

/** Requests and tokens for so much work. Before a change, records are read again, many at once. */
export function demandOf({ reads, writes }: Work): Demand {
  const changes = writes('update') + writes('delete');
  const lists = reads + Math.ceil(changes / IDS_AT_ONCE) + Math.min(1, writes('make-field'));
  const made = ['create', 'update', 'make-organization', 'make-field'] as const;
  const bill = [
    [lists, COSTS.list],
    [made.reduce((sum, kind) => sum + writes(kind), 0), COSTS.write],
    [writes('delete'), COSTS.delete],
    [writes('fill-organization'), COSTS.get],
    [writes('fill-organization'), COSTS.write],
    [writes('photo'), COSTS.picture],
    [writes('remove-photo'), COSTS.pictureRemoval],
  ] as const;
  return {
    requests: bill.reduce((sum, [requests]) => sum + requests, 0),
    tokens: bill.reduce((sum, [requests, { tokens }]) => sum + requests * tokens, 0),
  };
}
