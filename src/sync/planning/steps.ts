import { displayName, type Address, type Contact } from '../../contact/contact.ts';
import { organizationKey } from '../../contact/normalize.ts';
import type { Mapping, Pair, ReleaseReason, Revision, Side } from '../../plan/model.ts';
import type { PlannedStep } from '../journal.ts';
import type { Planning } from './planning.ts';

/** A record over there for one that has none, with its organization before and its picture after it. */
export function creationSteps(
  planning: Planning,
  side: Side,
  from: Revision,
): readonly PlannedStep[] {
  const { rules, sides } = planning.pass;
  const contact = rules.holds[side](from.contact);
  const id = side === 'crm' ? { providerId: from.id } : { crmId: from.id };
  const name = displayName(from.contact);
  if (side === 'crm') wantOrganization(planning, contact.organization, from.contact);
  const steps: PlannedStep[] = [
    { ...id, phase: 'contacts', side, name, body: { kind: 'create', contact, from } },
  ];
  const photo = side === 'crm' && rules.direction === 'one-way' ? from.photo : undefined;
  if (photo === undefined || sides.crm.photoTarget === undefined) return steps;
  return [...steps, photoStep({ providerId: from.id }, name, photo)];
}

/**
 * An organization is found by its name among those visible, else made, once however many contacts
 * name it. One without an address gets the first work address of a contact, if it is ours to change.
 */
export function wantOrganization(
  { pass, organizations }: Planning,
  name: string | undefined,
  contact: Contact,
): void {
  if (name === undefined || pass.sides.crm.organizations === undefined) return;
  const key = organizationKey(name);
  const wanted = organizations.get(key);
  if (wanted?.draft.address !== undefined) return;
  const address = contact.addresses.find(({ label }) => label === 'work');
  const draft = { name, ...(address === undefined ? {} : { address: withoutLabel(address) }) };
  const known = pass.store.organizationNamed(name);
  if (known === undefined) {
    if (wanted === undefined || address !== undefined)
      organizations.set(key, { draft: { ...draft, name: wanted?.draft.name ?? name } });
  } else if (known.owned && !known.hasAddress && address !== undefined) {
    organizations.set(key, { draft, id: known.id });
  }
}

export function organizationSteps({ organizations }: Planning): readonly PlannedStep[] {
  return [...organizations.values()].map(({ draft, id }) => ({
    phase: 'organizations',
    side: 'crm',
    name: draft.name,
    body:
      id === undefined
        ? { kind: 'make-organization', draft }
        : { kind: 'fill-organization', organizationId: id, draft },
  }));
}

function withoutLabel(address: Address): Address {
  const { label: _label, ...rest } = address;
  return rest;
}

export function about(pair: Pair): Pick<PlannedStep, 'providerId' | 'crmId' | 'name'> {
  const { providerId, crmId, bases } = pair.mapping;
  const shown = pair.provider.kind === 'present' ? pair.provider : pair.crm;
  const contact = shown.kind === 'present' ? shown.revision.contact : bases.provider;
  return { providerId, crmId, name: displayName(contact) };
}

export function mappingStep(side: Side, pair: Pair, body: PlannedStep['body']): PlannedStep {
  return { ...about(pair), phase: 'mappings', side, body };
}

export function releaseStep(
  pair: Pair,
  reason: ReleaseReason,
  side: Side = reason === 'left-group' ? 'provider' : 'crm',
): PlannedStep {
  return mappingStep(side, pair, { kind: 'release', mappingId: pair.mapping.id, reason });
}

export function forgetStep(pair: Pair, reason: 'gone' | 'replaced'): PlannedStep {
  return mappingStep('provider', pair, { kind: 'forget', mappingId: pair.mapping.id, reason });
}

export function photoStep(
  ids: { readonly providerId: string; readonly crmId?: string; readonly photo?: Mapping['photo'] },
  name: string,
  ref: string,
): PlannedStep {
  const { providerId, crmId, photo } = ids;
  return {
    phase: 'photos',
    side: 'crm',
    providerId,
    ...(crmId === undefined ? {} : { crmId }),
    name,
    body: { kind: 'photo', ref, ...(photo?.hash === undefined ? {} : { knownHash: photo.hash }) },
  };
}
