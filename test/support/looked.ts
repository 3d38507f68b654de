import type { Observation, Told } from '../../src/sync/ports.ts';

/** What is listed, looked into. */
export function looked(item: Observation): Told {
  return item.kind === 'listed' ? item.look() : item;
}
