import { SIDES } from '../../plan/model.ts';
import { checkInterrupted, type Pass } from '../pass.ts';
import { PHASES, type Phase, type Step } from '../store-port.ts';
import { writeContacts } from './contacts.ts';
import { eachAtOnce } from './each-at-once.ts';
import { settleMapping } from './mappings.ts';
import { single } from './singles.ts';

/** How many single requests (organizations, pictures) are under way at once; the HTTP layer paces them. */
const AT_ONCE = 8;
const GROUP = 32;

/**
 * Carries out the planned steps, phase by phase: each is begun on disk, then requested, then
 * settled with what the vendor answered. Whatever does not succeed stays dirty by itself.
 */
export async function push(pass: Pass): Promise<void> {
  const planned = pass.store.plannedCounts(pass.run).reduce((sum, { count }) => sum + count, 0);
  let done = 0;
  for (const phase of PHASES) {
    for (;;) {
      checkInterrupted(pass);
      const steps = pass.store.planned(pass.run, phase, groupSize(pass, phase));
      if (steps.length === 0) break;
      await carryOut(pass, phase, steps);
      done += steps.length;
      // What was refused in part is written once more.
      const total = Math.max(planned, done);
      pass.options.onProgress?.({ kind: 'writing', done, total });
    }
  }
}

function groupSize({ sides }: Pass, phase: Phase): number {
  return phase === 'contacts' ? Math.max(...SIDES.map((side) => sides[side].writeGroup)) : GROUP;
}

async function carryOut(pass: Pass, phase: Phase, steps: readonly Step[]): Promise<void> {
  switch (phase) {
    case 'mappings':
      for (const step of steps) settleMapping(pass, step);
      return;
    case 'contacts':
      return writeContacts(pass, steps);
    case 'fields':
    case 'organizations':
    case 'photos':
      pass.store.begin(steps, pass.sides.crm.now().toISOString());
      return eachAtOnce(steps, AT_ONCE, (step) => single(pass, step));
  }
}
