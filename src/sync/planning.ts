import {
  displayName,
  FIELDS,
  type Address,
  type Contact,
  type FieldName,
} from '../contact/contact.ts';
import { applyPatch } from '../contact/fields.ts';
import { organizationKey } from '../contact/normalize.ts';
import { join } from '../plan/join.ts';
import { matchKeys, matchNewcomer } from '../plan/match.ts';
import {
  other,
  SIDES,
  type Action,
  type Mapping,
  type Pair,
  type ReleaseReason,
  type Revision,
  type Side,
} from '../plan/model.ts';
import { photoWanted } from '../plan/photo.ts';
import { inScope, reconcile } from '../plan/reconcile.ts';
import { successor } from '../plan/successor.ts';
import { checkInterrupted, type Pass } from './pass.ts';
import type { Dirty, PlannedStep, SetAside } from './store-port.ts';

/** How many dirty records are looked at between two looks at the clock. */
const AT_ONCE = 200;

/** One run's planning: what was decided so far that later decisions have to know. */
interface Planning {
  readonly pass: Pass;
  /** Organizations that a step of this plan makes or fills, by key. */
  readonly organizations: Set<string>;
  /** Provider's records that take over the mapping of one that is gone. */
  readonly successors: Set<string>;
}

type DirtyOf<K extends Dirty['kind']> = Extract<Dirty, { readonly kind: K }>;

/**
 * For each dirty record: reconcile (pure) and write down what is to be done as planned steps.
 * People we know come first, so that a newcomer that takes somebody's place is known as such.
 */
export async function plan(pass: Pass): Promise<void> {
  const planning: Planning = { pass, organizations: new Set(), successors: new Set() };
  pass.store.plan(pass.run, fieldSteps(pass));
  if (pass.store.liveMappings() > 0) {
    await eachDirty(planning, (item) =>
      item.kind === 'newcomer' ? [] : planKnown(planning, item),
    );
  }
  await eachDirty(planning, (item) =>
    item.kind === 'newcomer' ? planNewcomer(planning, item) : [],
  );
}

async function eachDirty(
  { pass }: Planning,
  planOne: (item: Dirty) => readonly PlannedStep[],
): Promise<void> {
  let [after, done] = [0, 0];
  for (;;) {
    const items = pass.store.dirty(after, AT_ONCE);
    const last = items.at(-1);
    if (last === undefined) return;
    const due = items.filter((item) => item.parked === undefined || pass.options.refresh);
    pass.store.plan(pass.run, due.flatMap(planOne));
    [after, done] = [last.position, done + items.length];
    pass.options.onProgress?.({ kind: 'planning', done });
    await letSignalsIn();
    checkInterrupted(pass);
  }
}

/** Planning is all computing; without a pause Ctrl-C would wait for its end. */
function letSignalsIn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
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

// ── people with a mapping ───────────────────────────────────────────────────────────────────

function planKnown(
  planning: Planning,
  item: DirtyOf<'pair'> | DirtyOf<'released'>,
): readonly PlannedStep[] {
  if (item.kind === 'pair') return planPair(planning, item.pair, item);
  if (!backInScope(item.pair, planning.pass)) {
    planning.pass.store.clean(item);
    return [];
  }
  const { id } = item.pair.mapping;
  const revive = mappingStep('provider', item.pair, { kind: 'revive', mappingId: id });
  return [revive, ...planPair(planning, item.pair)];
}

function backInScope(pair: Pair, { rules }: Pass): boolean {
  return SIDES.every((side) => {
    const sighting = pair[side];
    return sighting.kind === 'present' && inScope(side, sighting.revision, rules);
  });
}

/** `item` is cleaned when nothing is left to do; absent for a pair that is only coming to be. */
function planPair(planning: Planning, pair: Pair, item?: Dirty): readonly PlannedStep[] {
  const { pass } = planning;
  const action = reconcile(pair, pass.rules);
  switch (action.kind) {
    case 'nothing':
      return planMerge(planning, pair, NOTHING_TO_MERGE, item);
    case 'merge':
      return planMerge(planning, pair, action, item);
    case 'create':
      return [forgetStep(pair), ...planAgain(planning, pair, action)];
    case 'delete':
      return planDeletion(planning, pair, action);
    case 'release':
      return [releaseStep(pair, action.reason)];
    case 'forget':
      return [forgetStep(pair)];
  }
}

type Merge = Extract<Action, { readonly kind: 'merge' }>;

const NOTHING_TO_MERGE: Merge = {
  kind: 'merge',
  agreed: { provider: {}, crm: {} },
  writes: [],
  conflicts: [],
};

function planMerge(
  planning: Planning,
  pair: Pair,
  merge: Merge,
  item: Dirty | undefined,
): readonly PlannedStep[] {
  const { pass } = planning;
  agree(pass, pair.mapping, merge);
  pass.tally.conflicts(merge.conflicts.length > 0 ? 1 : 0);
  const photo = photoWanted(pair, pass.rules);
  const updates = merge.writes.flatMap((write): readonly PlannedStep[] => {
    const expected = revisionOf(pair, write.side);
    const carried = revisionOf(pair, other(write.side)).contact;
    const organization =
      typeof write.patch.organization === 'string' ? write.patch.organization : undefined;
    return [
      ...(write.side === 'crm' ? organizationSteps(planning, organization, carried) : []),
      {
        ...about(pair),
        phase: 'contacts',
        side: write.side,
        body: { kind: 'update', expected, patch: write.patch, delivers: write.delivers },
      },
    ];
  });
  const photos = photo === undefined ? [] : [photoStep(pair.mapping, about(pair).name, photo)];
  const open = merge.conflicts.some(({ winner }) => winner === undefined);
  if (item !== undefined && updates.length + photos.length === 0 && !open) pass.store.clean(item);
  return [...updates, ...photos];
}

/** A change that needs no write moves its base at once, so that no pair stays dirty for ever. */
function agree({ store }: Pass, mapping: Mapping, { agreed }: Merge): void {
  // A mapping that is still to be made has no row yet; its own step brings its bases along.
  if (mapping.id === 0) return;
  if (SIDES.every((side) => Object.keys(agreed[side]).length === 0)) return;
  store.agree(mapping.id, {
    provider: applyPatch(mapping.bases.provider, agreed.provider),
    crm: applyPatch(mapping.bases.crm, agreed.crm),
  });
}

function revisionOf(pair: Pair, side: Side): Revision {
  const sighting = pair[side];
  if (sighting.kind === 'absent') throw new Error('A record that is gone cannot be written.');
  return sighting.revision;
}

/** Deleted on one side, edited on the other: the edit is carried back as a new record. */
function planAgain(
  planning: Planning,
  pair: Pair,
  action: Extract<Action, { readonly kind: 'create' }>,
): readonly PlannedStep[] {
  return creationSteps(planning, action.side, revisionOf(pair, other(action.side)));
}

function planDeletion(
  planning: Planning,
  pair: Pair,
  action: Extract<Action, { readonly kind: 'delete' }>,
): readonly PlannedStep[] {
  const { pass } = planning;
  const { mapping } = pair;
  if (action.side === 'crm') {
    const heir = successor(mapping, heirs(planning, mapping));
    if (heir.kind === 'merged') return [releaseStep(pair, 'merged')];
    if (heir.kind === 'replaced') return planSuccession(planning, pair, heir.by);
  }
  return [
    {
      ...about(pair),
      phase: 'contacts',
      side: action.side,
      body: { kind: 'delete', mappingId: mapping.id, expected: revisionOf(pair, action.side) },
    },
  ];

  function heirs({ successors }: Planning, { bases, providerId }: Mapping) {
    const keys = matchKeys(pass.rules.holds.crm(bases.provider));
    return pass.store
      .holders('provider', keys, providerId)
      .filter(({ revision }) => inScope('provider', revision, pass.rules))
      .filter(({ revision }) => !successors.has(revision.id));
  }
}

/** Deleted and added again, or merged into a record that was not synced: the mapping follows. */
function planSuccession(planning: Planning, pair: Pair, heir: Revision): readonly PlannedStep[] {
  planning.successors.add(heir.id);
  const mapping = { ...pair.mapping, providerId: heir.id };
  const followed: Pair = { ...pair, mapping, provider: { kind: 'present', revision: heir } };
  const rekey = mappingStep('provider', followed, {
    kind: 'rekey',
    mappingId: mapping.id,
    providerId: heir.id,
  });
  return [rekey, ...planPair(planning, followed)];
}

// ── newcomers ───────────────────────────────────────────────────────────────────────────────

function planNewcomer(planning: Planning, item: DirtyOf<'newcomer'>): readonly PlannedStep[] {
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
      return linkSteps(planning, newcomer, match.id);
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

// ── steps ───────────────────────────────────────────────────────────────────────────────────

function creationSteps(planning: Planning, side: Side, from: Revision): readonly PlannedStep[] {
  const { rules, sides } = planning.pass;
  const contact = rules.holds[side](from.contact);
  const id = side === 'crm' ? { providerId: from.id } : { crmId: from.id };
  const name = displayName(from.contact);
  const steps: PlannedStep[] = [
    ...(side === 'crm' ? organizationSteps(planning, contact.organization, from.contact) : []),
    { ...id, phase: 'contacts', side, name, body: { kind: 'create', contact, from } },
  ];
  const photo = side === 'crm' && rules.direction === 'one-way' ? from.photo : undefined;
  if (photo === undefined || sides.crm.photoTarget === undefined) return steps;
  return [...steps, photoStep({ providerId: from.id }, name, photo)];
}

/**
 * An organization is found by its name among those visible, else made, once however many contacts
 * name it. One without an address gets the contact's work address, if it is ours to change.
 */
function organizationSteps(
  { pass, organizations }: Planning,
  name: string | undefined,
  contact: Contact,
): readonly PlannedStep[] {
  if (name === undefined || pass.sides.crm.organizations === undefined) return [];
  const key = organizationKey(name);
  const address = contact.addresses.find(({ label }) => label === 'work');
  const known = pass.store.organizationNamed(name);
  if (organizations.has(key)) return [];
  if (known !== undefined && (!known.owned || known.hasAddress || address === undefined)) return [];
  organizations.add(key);
  const draft = { name, ...(address === undefined ? {} : { address: withoutLabel(address) }) };
  return [
    {
      phase: 'organizations',
      side: 'crm',
      name,
      body:
        known === undefined
          ? { kind: 'make-organization', draft }
          : { kind: 'fill-organization', organizationId: known.id, draft },
    },
  ];
}

function withoutLabel(address: Address): Address {
  const { label: _label, ...rest } = address;
  return rest;
}

function about(pair: Pair): Pick<PlannedStep, 'providerId' | 'crmId' | 'name'> {
  const { providerId, crmId, bases } = pair.mapping;
  const shown = pair.provider.kind === 'present' ? pair.provider : pair.crm;
  const contact = shown.kind === 'present' ? shown.revision.contact : bases.provider;
  return { providerId, crmId, name: displayName(contact) };
}

function mappingStep(side: Side, pair: Pair, body: PlannedStep['body']): PlannedStep {
  return { ...about(pair), phase: 'mappings', side, body };
}

function releaseStep(pair: Pair, reason: ReleaseReason): PlannedStep {
  const side = reason === 'left-group' || reason === 'merged' ? 'provider' : 'crm';
  return mappingStep(side, pair, { kind: 'release', mappingId: pair.mapping.id, reason });
}

function forgetStep(pair: Pair): PlannedStep {
  return mappingStep('provider', pair, { kind: 'forget', mappingId: pair.mapping.id });
}

function photoStep(
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

/** Contacts of which the CRM cannot hold something, field by field. */
export function unheld({ store, rules }: Pass): readonly { field: FieldName; contacts: number }[] {
  const counts = new Map<FieldName, number>();
  for (const { contact, ...revision } of store.eachPresent('provider')) {
    if (!inScope('provider', { ...revision, contact }, rules)) continue;
    for (const field of lostFields(contact, rules.holds.crm(contact))) {
      counts.set(field, (counts.get(field) ?? 0) + 1);
    }
  }
  return FIELDS.flatMap((field) => {
    const contacts = counts.get(field);
    return contacts === undefined ? [] : [{ field, contacts }];
  });
}

/** Fields of which something is missing in what is held; what was made up or merely respelt is not lost. */
function lostFields(contact: Contact, held: Contact): readonly FieldName[] {
  return FIELDS.filter((field) => lost(contact[field], held[field]));
}

function lost(value: unknown, held: unknown): boolean {
  if (value === undefined) return false;
  if (Array.isArray(value)) return value.length > (Array.isArray(held) ? held.length : 0);
  if (typeof value === 'object' && value !== null) {
    const there: Record<string, unknown> = { ...(held as object | undefined) };
    return Object.keys(value).some((key) => there[key] === undefined);
  }
  return typeof value === 'string' && (typeof held !== 'string' || held.length < value.length);
}
