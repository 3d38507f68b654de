import { displayName } from '../../contact/contact.ts';
import { join } from '../../plan/join.ts';
import { parseMark } from '../../plan/mark.ts';
import { matchKeys, matchNewcomer, type Lookup, type Match } from '../../plan/match.ts';
import {
  other,
  type Pair,
  type ReleaseReason,
  type Revision,
  type Side,
} from '../../plan/model.ts';
import { inScope } from '../../plan/reconcile.ts';
import type { Pass } from '../pass.ts';
import type { PlannedStep } from '../journal.ts';
import type { Dirty, SetAside } from '../records.ts';
import { inherited } from './inheritance.ts';
import { planPair } from './known.ts';
import type { DirtyOf, Planning } from './planning.ts';
import { creationSteps, mappingStep } from './steps.ts';

/** What to do about a record that nothing is known of yet: join it, create it over there, or ask. */
export function planNewcomer(
  planning: Planning,
  item: DirtyOf<'newcomer'>,
): readonly PlannedStep[] {
  const { pass } = planning;
  const { sighting, side } = item;
  if (sighting.kind === 'absent' || !inScope(side, sighting.revision, pass.rules)) {
    pass.store.clean(item);
    return [];
  }
  if (planning.successors[side].has(sighting.revision.id)) return [];
  return side === 'provider'
    ? planProviderNewcomer(planning, sighting.revision)
    : planCrmNewcomer(planning, sighting.revision, item);
}

/** Whether there is somebody at `side` by now who is, or may be, the same person. */
export function hasCounterpart(pass: Pass, side: Side, newcomer: Revision): boolean {
  const seeking = { pass, successors: NOBODY };
  return side === 'crm'
    ? matchNewcomer(newcomer, lookups(seeking), pass.rules).kind !== 'none'
    : isAwaited(seeking, newcomer);
}

type Seeking = Pick<Planning, 'pass'> & {
  readonly successors: { readonly [S in Side]: ReadonlySet<string> };
};

const NOBODY: Seeking['successors'] = { provider: new Set(), crm: new Set() };

function planProviderNewcomer(planning: Planning, newcomer: Revision): readonly PlannedStep[] {
  const { pass } = planning;
  const match =
    decided(planning, newcomer) ?? matchNewcomer(newcomer, lookups(planning), pass.rules);
  switch (match.kind) {
    case 'none':
      return creationSteps(planning, 'crm', newcomer);
    case 'only':
      // The person may have a contact already that the provider's lists do not show yet.
      return planning.inDoubt.has(match.id) ? [] : linkSteps(planning, newcomer, match.id);
    case 'ambiguous':
      setAsideAmbiguous(pass, newcomer);
      return [];
  }
}

/**
 * Under one-way a CRM's newcomer waits for its counterpart; the provider's newcomer does the matching.
 * Whom another account had made again is no newcomer to one that has let them go.
 */
function planCrmNewcomer(
  planning: Planning,
  newcomer: Revision,
  item: Dirty,
): readonly PlannedStep[] {
  const { pass } = planning;
  if (pass.rules.direction === 'one-way') {
    pass.store.clean(item);
    return [];
  }
  if (planning.joined.has(newcomer.id) || isAwaited(planning, newcomer)) return [];
  const letGo = pass.store.letGoBefore(newcomer.id);
  if (letGo !== undefined && !ENDED.has(letGo.reason)) {
    return [inherited({ pair: letGo.pair, side: 'crm', heir: newcomer }, pass.rules).rekey];
  }
  return creationSteps(planning, 'provider', newcomer);
}

/** Nobody is left who was let go. */
const ENDED: ReadonlySet<ReleaseReason> = new Set(['gone', 'merged', 'replaced']);

/** The provider has a newcomer that is, or may be, the same person: that one does the matching. */
function isAwaited(seeking: Seeking, newcomer: Revision): boolean {
  const { pass } = seeking;
  if (pass.store.verdicts('crm', newcomer.id).some(({ same }) => same)) return true;
  if (pass.rules.match === 'none') return false;
  return lookups(seeking)('provider', matchKeys(newcomer.contact), newcomer.id).length > 0;
}

/** Whoever takes somebody's place in this very plan is no stranger any more. */
function lookups({ pass, successors }: Seeking): Lookup {
  const { store, rules } = pass;
  return (side, keys, seeker) => {
    const apart = store.verdicts(other(side), seeker).filter(({ same }) => !same);
    const strangers = new Set(apart.map((one) => (side === 'crm' ? one.crmId : one.providerId)));
    return store
      .candidates(side, keys)
      .filter(({ id }) => !strangers.has(id) && !successors[side].has(id))
      .filter((revision) => inScope(side, revision, rules));
  };
}

/** The user's own decision, or our mark from before the database was lost, says who this is. */
function decided({ pass, joined, successors }: Planning, newcomer: Revision): Match | undefined {
  const { store, rules } = pass;
  const same = store.verdicts('provider', newcomer.id).find((verdict) => verdict.same);
  const counterpart = same?.crmId ?? parseMark(newcomer.mark ?? '')?.counterpart;
  if (counterpart === undefined || joined.has(counterpart)) return undefined;
  if (successors.crm.has(counterpart)) return undefined;
  if (store.pairOf('crm', counterpart) !== undefined) return undefined;
  const sighting = store.sighting('crm', counterpart);
  if (sighting?.kind !== 'present' || !inScope('crm', sighting.revision, rules)) return undefined;
  return { kind: 'only', id: counterpart };
}

function setAsideAmbiguous({ store, tally, sides }: Pass, newcomer: Revision): void {
  const reason = `It is not clear which person in ${sides.crm.name} this contact is: several contacts or people share an e-mail, or a name and a phone.`;
  const why: SetAside = { kind: 'ambiguous', reason };
  if (!store.setAsideRecord('provider', newcomer.id, why)) return;
  tally.setAside({
    contact: displayName(newcomer.contact),
    id: newcomer.id,
    side: 'provider',
    reason,
  });
}

function linkSteps(planning: Planning, provider: Revision, crmId: string): readonly PlannedStep[] {
  const { pass } = planning;
  const sighting = pass.store.sighting('crm', crmId);
  if (sighting?.kind !== 'present') return [];
  planning.joined.add(crmId);
  const crm = sighting.revision;
  const { bases, differing } = join(provider.contact, crm.contact, pass.rules);
  pass.tally.conflicts(differing.length > 0 ? 1 : 0);
  const pair: Pair = {
    mapping: { id: 0, providerId: provider.id, crmId, bases },
    provider: { kind: 'present', revision: provider },
    crm: sighting,
    crmShared: false,
  };
  const link = mappingStep('crm', pair, { kind: 'link', bases, differing });
  return planPair(planning, { pair, lead: [link] });
}
