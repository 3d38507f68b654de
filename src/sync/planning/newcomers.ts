import { displayName } from '../../contact/contact.ts';
import { join } from '../../plan/join.ts';
import { matchKeys, matchNewcomer } from '../../plan/match.ts';
import type { Pair, Revision, Side } from '../../plan/model.ts';
import { inScope } from '../../plan/reconcile.ts';
import type { Pass } from '../pass.ts';
import type { Dirty, PlannedStep, SetAside } from '../store-port.ts';
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
  if (planning.successors.has(sighting.revision.id)) return [];
  return side === 'provider'
    ? planProviderNewcomer(planning, sighting.revision)
    : planCrmNewcomer(planning, sighting.revision, item);
}

function planProviderNewcomer(planning: Planning, newcomer: Revision): readonly PlannedStep[] {
  const { pass } = planning;
  const match = matchNewcomer(newcomer, (side, keys) => lookup(pass, side, keys), pass.rules);
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

/** Under one-way a CRM's newcomer waits for its counterpart; the provider's newcomer does the matching. */
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
  const awaited =
    pass.rules.match !== 'none' && lookup(pass, 'provider', matchKeys(newcomer.contact)).length > 0;
  return awaited ? [] : creationSteps(planning, 'provider', newcomer);
}

function lookup({ store, rules }: Pass, side: Side, keys: readonly string[]): readonly Revision[] {
  return store.candidates(side, keys).filter((revision) => inScope(side, revision, rules));
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
  const crm = sighting.revision;
  const { bases, differing } = join(provider.contact, crm.contact, pass.rules);
  pass.tally.conflicts(differing.length > 0 ? 1 : 0);
  const pair: Pair = {
    mapping: { id: 0, providerId: provider.id, crmId, bases },
    provider: { kind: 'present', revision: provider },
    crm: sighting,
    crmShared: false,
  };
  return [mappingStep('crm', pair, { kind: 'link', bases }), ...planPair(planning, pair)];
}
