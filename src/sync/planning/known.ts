import { applyPatch } from '../../contact/fields.ts';
import { matchKeys } from '../../plan/match.ts';
import {
  other,
  SIDES,
  type Action,
  type Mapping,
  type Pair,
  type Revision,
  type Side,
} from '../../plan/model.ts';
import { photoWanted } from '../../plan/photo.ts';
import { inScope, reconcile } from '../../plan/reconcile.ts';
import { successor } from '../../plan/successor.ts';
import type { Pass } from '../pass.ts';
import type { Dirty, PlannedStep } from '../store-port.ts';
import type { DirtyOf, Planning } from './planning.ts';
import {
  about,
  creationSteps,
  forgetStep,
  mappingStep,
  organizationSteps,
  photoStep,
  releaseStep,
} from './steps.ts';

/** What to do about somebody we know. */
export function planKnown(
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
export function planPair(planning: Planning, pair: Pair, item?: Dirty): readonly PlannedStep[] {
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
