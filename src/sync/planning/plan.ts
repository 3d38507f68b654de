import { SIDES, type Side } from '../../plan/model.ts';
import { checkInterrupted, letSignalsIn, type Pass } from '../pass.ts';
import type { PlannedStep } from '../journal.ts';
import type { Dirty } from '../records.ts';
import { planKnown, planWaiting } from './known.ts';
import { planNewcomer } from './newcomers.ts';
import type { DirtyOf, Planning } from './planning.ts';
import { planReleased } from './released.ts';
import { organizationSteps } from './steps.ts';

/** How many dirty records are looked at between two looks at the clock. */
const AT_ONCE = 200;

/**
 * For each dirty record: reconcile (pure) and write down what is to be done as planned steps.
 * People we know come first, so that a newcomer that takes somebody's place is known as such.
 */
export async function plan(pass: Pass): Promise<void> {
  const planning = startPlanning(pass);
  if (pass.store.everWrote() || pass.store.liveMappings() > 0) {
    await eachDirty(planning, { kind: 'pair' }, planKnown);
    await eachDirty(planning, { kind: 'released' }, planReleased);
  }
  // The provider's newcomers do the matching; whoever is left in the CRM is new.
  for (const side of SIDES) {
    await eachDirty(planning, { kind: 'newcomer', side }, planNewcomer);
  }
  pass.store.together(() => {
    pass.store.plan(
      pass.run,
      planning.anew.flatMap((one) => planNewcomer(planning, one)),
    );
  });
  // Once everybody is known who may have its address.
  pass.store.plan(pass.run, organizationSteps(planning));
  // Last, since a decision may have shown that the CRM has lost a field.
  pass.store.plan(pass.run, fieldSteps(pass));
}

function startPlanning(pass: Pass): Planning {
  return {
    pass,
    organizations: new Map(),
    successors: { provider: new Set(), crm: new Set() },
    inDoubt: new Set(pass.store.begun().flatMap(({ crmId }) => crmId ?? [])),
    joined: new Set(),
    anew: [],
    waiting: [],
  };
}

interface Only<K extends Dirty['kind']> {
  readonly kind: K;
  readonly side?: Side;
}

type PlanOne<K extends Dirty['kind']> = (
  planning: Planning,
  item: DirtyOf<K>,
) => readonly PlannedStep[];

async function eachDirty<K extends Dirty['kind']>(
  planning: Planning,
  only: Only<K>,
  planOne: PlanOne<K>,
): Promise<void> {
  const { pass } = planning;
  let [after, done] = [0, 0];
  for (;;) {
    const items = planNext(planning, only, planOne, after);
    const last = items.at(-1);
    if (last === undefined) return;
    pass.store.plan(pass.run, await planWaiting(planning));
    [after, done] = [last.position, done + items.length];
    pass.options.onProgress?.({ kind: 'planning', done });
    await letSignalsIn();
    checkInterrupted(pass);
  }
}

/** Plans the dirty records after `after`; resolves to those that were looked at. */
function planNext<K extends Dirty['kind']>(
  planning: Planning,
  only: Only<K>,
  planOne: PlanOne<K>,
  after: number,
): readonly Dirty[] {
  const { store, run, options } = planning.pass;
  return store.together(() => {
    const items = store.dirty(after, AT_ONCE, only) as readonly DirtyOf<K>[];
    const due = items.filter((item) => item.parked === undefined || options.refresh);
    store.plan(
      run,
      due.flatMap((item) => planOne(planning, item)),
    );
    return items;
  });
}

function fieldSteps({ store }: Pass): readonly PlannedStep[] {
  return store
    .customFields()
    .filter(({ state }) => state === 'wanted')
    .map(({ field }) => ({
      phase: 'fields',
      side: 'crm',
      name: field,
      body: { kind: 'make-field', field },
    }));
}
