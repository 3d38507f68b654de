import { SIDES } from '../../plan/model.ts';
import { checkInterrupted, type Pass } from '../pass.ts';
import { PHASES, type Phase, type Step } from '../journal.ts';
import { writeContacts } from './contacts.ts';
import { eachAtOnce } from './each-at-once.ts';
import { settleMapping } from './mappings.ts';
import { createOvertaking, type Overtaking } from './overtaken.ts';
import { single } from './singles.ts';

/** How many single requests (organizations, pictures) are under way at once; the HTTP layer paces them. */
const SINGLES_AT_ONCE = 32;
/** So many steps are begun with one synchronous write. */
const GROUP = 32;
/** So many steps at most before other accounts have a turn. */
const SLICE = 200;

/** What carries one push along. */
interface Push {
  readonly pass: Pass;
  readonly overtaking: Overtaking;
  readonly report: (steps: number) => void;
}

/**
 * Carries out the planned steps, phase by phase: each is begun on disk, then requested, then
 * settled with what the vendor answered. Whatever does not succeed stays dirty by itself.
 * Resolves to whether other accounts have overtaken steps: those are to be decided anew.
 */
export async function push(pass: Pass): Promise<boolean> {
  const planned = pass.store.plannedCounts(pass.run).reduce((sum, { count }) => sum + count, 0);
  let done = 0;
  const report = (steps: number): void => {
    done += steps;
    // What was refused in part is written once more.
    const total = Math.max(planned, done);
    pass.options.onProgress?.({ kind: 'writing', done, total });
  };
  const overtaking = createOvertaking(pass);
  const going: Push = { pass, overtaking, report };
  for (const phase of PHASES) {
    // One slice; and what is refused in part is planned once more, and may come after the last group was read.
    while (pass.store.planned(pass.run, phase, 0, 1).length > 0) {
      await carryOut(going, phase);
      await overtaking.giveTurn();
    }
  }
  return overtaking.happened();
}

/** Groups are begun as they are reached, so that a slow answer holds nobody up but itself. */
async function carryOut(going: Push, phase: Phase): Promise<void> {
  const { pass, report } = going;
  switch (phase) {
    case 'mappings':
      for (const group of groups(going, phase, GROUP)) {
        pass.store.together(() => {
          for (const step of group) settleMapping(pass, step);
        });
        report(group.length);
      }
      return;
    case 'contacts':
      return eachAtOnce(contactGroups(going), groupsAtOnce(pass), async (group) => {
        await writeContacts(pass, group);
        report(group.length);
      });
    case 'fields':
    case 'organizations':
    case 'photos':
      return eachAtOnce(begunSingles(going, phase), SINGLES_AT_ONCE, async (step) => {
        await single(pass, step);
        report(1);
      });
  }
}

/**
 * The phase's steps in order, read from the journal as they are asked for: a slice of them, where
 * others wait for their turn.
 */
function* groups(
  { pass, overtaking }: Push,
  phase: Phase,
  size: number,
): Generator<readonly Step[]> {
  let after = 0;
  let left = pass.options.giveTurn === undefined ? Number.POSITIVE_INFINITY : SLICE;
  while (left > 0) {
    checkInterrupted(pass);
    const steps = pass.store.planned(pass.run, phase, after, Math.min(size, left));
    const last = steps.at(-1);
    if (last === undefined) return;
    after = last.id;
    left -= steps.length;
    const due = steps.filter((step) => !overtaking.drops(step));
    if (due.length > 0) yield due;
  }
}

function* begunSingles(going: Push, phase: Phase): Generator<Step> {
  const { pass } = going;
  for (const group of groups(going, phase, GROUP)) {
    pass.store.begin(group, pass.sides.crm.now().toISOString());
    let handedOut = 0;
    try {
      for (const step of group) {
        handedOut += 1;
        yield step;
      }
    } finally {
      for (const step of group.slice(handedOut)) pass.store.drop(step);
    }
  }
}

/** As many steps as a side reads again or writes with one request; small where each is its own. */
function* contactGroups(going: Push): Generator<readonly Step[]> {
  const { pass } = going;
  const size = Math.max(...SIDES.map((side) => pass.sides[side].writeGroup));
  for (const steps of groups(going, 'contacts', size)) {
    const single = steps.filter((step) => isSingle(pass, step));
    for (let at = 0; at < single.length; at += GROUP) yield single.slice(at, at + GROUP);
    const others = steps.filter((step) => !isSingle(pass, step));
    if (others.length > 0) yield others;
  }
}

function isSingle({ sides }: Pass, { side, body }: Step): boolean {
  return body.kind === 'create' && sides[side].createsSingly === true;
}

/** Groups may overlap only where no step is a write whose side wants one request after the other. */
function groupsAtOnce({ sides, store, run }: Pass): number {
  const writing = new Set(store.plannedCounts(run).map(({ side }) => side));
  return SIDES.every((side) => !writing.has(side) || sides[side].createsSingly === true)
    ? GROUPS_AT_ONCE
    : 1;
}

const GROUPS_AT_ONCE = 3;
