import { organizationKey } from '../../contact/normalize.ts';
import { SIDES } from '../../plan/model.ts';
import { PHASES, type Phase, type Step } from '../journal.ts';
import { letSignalsIn, type Pass } from '../pass.ts';
import { missingOrganization, writeContacts } from './contacts.ts';
import { begunSingles, contactGroups, dueSteps, GROUP, type Push } from './due.ts';
import { eachAtOnce, type Pace } from './each-at-once.ts';
import { settleMapping } from './mappings.ts';
import { createOvertaking } from './overtaken.ts';
import { createRound } from './round.ts';
import { single } from './singles.ts';
import { createWaitingRoom, type WaitingRoom } from './waiting-room.ts';

/** So many steps at most before other accounts have a turn. */
const SLICE = 200;

/** How many single requests (organizations, pictures) are under way at once; the HTTP layer paces them. */
const SINGLES: Pace<Step> = { atOnce: 32, weightOf: () => 1 };
/** Another group of contacts is taken while less than two whole ones are under way. */
const GROUPS: Pace<readonly Step[]> = {
  atOnce: 2 * GROUP + 1,
  weightOf: ({ length }) => Math.min(length, GROUP),
};
const ONE_GROUP: Pace<readonly Step[]> = { atOnce: 1, weightOf: () => 1 };

/**
 * Carries out the planned steps: each is begun on disk, then requested, then settled with what the
 * vendor answered. Whatever does not succeed stays dirty by itself.
 * Resolves to whether other accounts have overtaken steps: those are to be decided anew.
 */
export async function push(pass: Pass): Promise<boolean> {
  const overtaking = createOvertaking(pass);
  const report = createReport(pass);
  const slice = pass.options.giveTurn === undefined ? Number.POSITIVE_INFINITY : SLICE;
  // A slice leaves steps for the next round, and so does what is refused in part: it is planned once more.
  while (PHASES.some((phase) => isPlanned(pass, phase))) {
    await carryOut({ pass, overtaking, report, round: createRound(slice) });
    await overtaking.giveTurn();
  }
  return overtaking.happened();
}

function createReport({ store, run, options }: Pass): (steps: number) => void {
  const planned = store.plannedCounts(run).reduce((sum, { count }) => sum + count, 0);
  let done = 0;
  return (steps) => {
    done += steps;
    // What was refused in part is written once more.
    const total = Math.max(planned, done);
    options.onProgress?.({ kind: 'writing', done, total });
  };
}

function isPlanned({ store, run }: Pass, phase: Phase): boolean {
  return store.planned(run, phase, 0, 1).length > 0;
}

/**
 * Three lanes at the same time. Nobody is written before the fields are there; then a contact waits
 * for nothing but the organization that it names, a picture for nothing but its person.
 */
async function carryOut(going: Push): Promise<void> {
  const { pass } = going;
  const contactsWaiting = createWaitingRoom({
    waitsFor: (step) => missingOrganization(pass, step),
    isLeft: () => isPlanned(pass, 'organizations'),
  });
  const photosWaiting = createWaitingRoom({
    waitsFor: (step) => personUnderWay(pass, step),
    isLeft: () => isPlanned(pass, 'contacts'),
  });
  const prepared = fields(going).then(() => mappings(going));
  const lanes = [
    organizations(going, contactsWaiting).finally(contactsWaiting.close),
    prepared
      .then(() => contacts(going, contactsWaiting, photosWaiting))
      .finally(photosWaiting.close),
    prepared.then(() => photos(going, photosWaiting)),
  ].map((one) => one.finally(going.round.wake));
  for (const end of await Promise.allSettled(lanes)) {
    if (end.status === 'rejected') throw end.reason;
  }
}

function fields(going: Push): Promise<void> {
  return lane(going, begunSingles(going, 'fields'), SINGLES, async (step) => {
    await single(going.pass, step);
    going.report(1);
  });
}

/** Nothing is asked of anybody: one group after the other. */
function mappings(going: Push): Promise<void> {
  const groups = dueSteps(going, 'mappings', GROUP);
  return lane(going, groups, ONE_GROUP, async (group) => {
    going.pass.store.together(() => {
      for (const step of group) settleMapping(going.pass, step);
    });
    going.report(group.length);
    await letSignalsIn();
  });
}

function organizations(going: Push, contactsWaiting: WaitingRoom): Promise<void> {
  return lane(going, begunSingles(going, 'organizations'), SINGLES, async (step) => {
    await single(going.pass, step);
    contactsWaiting.tried(organizationKey(step.name));
    going.report(1);
  });
}

/** Contacts are handed over in groups, and each of them is told as soon as it has its answer. */
function contacts(going: Push, waiting: WaitingRoom, photosWaiting: WaitingRoom): Promise<void> {
  const { pass, round, report } = going;
  const ended = (step: Step): void => {
    const { providerId = '' } = step;
    if (!photosWaiting.awaits(providerId) || personUnderWay(pass, step) !== undefined) return;
    photosWaiting.tried(providerId);
    round.tell();
  };
  const pace = mayOverlap(pass) ? GROUPS : ONE_GROUP;
  return lane(going, contactGroups(going, waiting), pace, async (group) => {
    await writeContacts(pass, group, ended);
    report(group.length);
  });
}

function photos(going: Push, waiting: WaitingRoom): Promise<void> {
  return lane(going, begunSingles(going, 'photos', waiting), SINGLES, async (step) => {
    await single(going.pass, step);
    going.report(1);
  });
}

/** By whom a picture waits: somebody who is still to be written, or is being written. */
function personUnderWay({ store, run }: Pass, { providerId }: Step): string | undefined {
  return providerId !== undefined && store.hasOpenContact(run, providerId) ? providerId : undefined;
}

/** Groups may overlap only where no step is a write whose side wants one request after the other. */
function mayOverlap({ sides, store, run }: Pass): boolean {
  const writing = new Set(store.plannedCounts(run).map(({ side }) => side));
  return SIDES.every((side) => !writing.has(side) || sides[side].createsSingly === true);
}

/** When one step of it fails, all lanes end. */
async function lane<T>(
  { round }: Push,
  items: AsyncIterable<T>,
  pace: Pace<T>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const orStop = async (working: Promise<void>): Promise<void> => {
    try {
      await working;
    } catch (error) {
      round.stop();
      throw error;
    }
  };
  await orStop(eachAtOnce(items, pace, (item) => orStop(work(item)).finally(round.tell)));
}
