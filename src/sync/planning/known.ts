import { FIELDS, type FieldName } from '../../contact/contact.ts';
import { applyPatch } from '../../contact/fields.ts';
import { contested } from '../../plan/contested.ts';
import { matchKeys } from '../../plan/match.ts';
import {
  other,
  SIDES,
  type Action,
  type FieldWrite,
  type Mapping,
  type Pair,
  type ReleaseReason,
  type Revision,
  type Side,
} from '../../plan/model.ts';
import { joinBaseless, joinConflicts } from '../../plan/join.ts';
import { photoWanted } from '../../plan/photo.ts';
import { inScope, reconcile } from '../../plan/reconcile.ts';
import { successor, type Succession } from '../../plan/successor.ts';
import type { Pass } from '../pass.ts';
import type { PlannedStep } from '../journal.ts';
import { inherited, type Inheritance } from './inheritance.ts';
import type { Case, DirtyOf, Planning } from './planning.ts';
import { answered, isQuestionable } from './questions.ts';
import {
  about,
  creationSteps,
  forgetStep,
  photoStep,
  releaseStep,
  wantOrganization,
} from './steps.ts';

/** What to do about somebody we know. */
export function planKnown(planning: Planning, item: DirtyOf<'pair'>): readonly PlannedStep[] {
  return planPair(planning, { pair: item.pair, lead: [], item });
}

/** The steps for one person; none yet where a vendor has to be asked first. */
export function planPair(planning: Planning, given: Case): readonly PlannedStep[] {
  const one = { ...given, pair: met(planning.pass, given.pair) };
  const action = decide(planning.pass, one.pair);
  if (isQuestionable(one.pair, action, planning.pass)) {
    planning.waiting.push(one);
    return [];
  }
  return [...one.lead, ...carryOutSteps(planning, one, action)];
}

/** A field that has no base is met in for the first time: what is empty is filled, nothing is overwritten. */
function met(pass: Pass, pair: Pair): Pair {
  const { baseless, ...mapping } = pair.mapping;
  if (baseless === undefined) return pair;
  const { bases, differing } = joinBaseless(pair, pass.rules);
  pass.store.agree(mapping.id, bases);
  pass.tally.conflicts(differing.length > 0 ? 1 : 0);
  if (differing.length > 0) {
    pass.store.recordConflicts(
      pass.run,
      { ...mapping, ...about(pair) },
      joinConflicts(bases, differing),
    );
  }
  return { ...pair, mapping: { ...mapping, bases } };
}

/** Asks about the cases that waited, and plans them. */
export async function planWaiting(planning: Planning): Promise<readonly PlannedStep[]> {
  const steps: PlannedStep[] = [];
  for (const one of planning.waiting.splice(0)) {
    const { pass } = planning;
    const pair = await answered(one.pair, decide(pass, one.pair), pass);
    steps.push(...planPair(planning, { ...one, pair }));
  }
  return steps;
}

/** How far back we look for somebody who keeps putting our values back. */
const FIGHT_MS = 7 * 24 * 60 * 60 * 1000;

function decide(pass: Pass, pair: Pair): Action {
  const action = reconcile(pair, pass.rules);
  if (action.kind !== 'merge' || action.writes.length === 0 || pair.mapping.id === 0) return action;
  const since = new Date(pass.options.now().getTime() - FIGHT_MS).toISOString();
  const fields = contested(pass.store.pastWrites(pair.mapping, since));
  return fields.length === 0 ? action : reconcile({ ...pair, contested: fields }, pass.rules);
}

function carryOutSteps(planning: Planning, one: Case, action: Action): readonly PlannedStep[] {
  const { pair } = one;
  switch (action.kind) {
    case 'nothing':
      return planMerge(planning, one, NOTHING_TO_MERGE);
    case 'merge':
      return planMerge(planning, one, action);
    case 'create':
      return planAgain(planning, pair, action);
    case 'delete':
      return planDeletion(planning, pair, action);
    case 'release':
      return planRelease(planning, pair, action.reason);
    case 'forget':
      return [forgetStep(pair, 'gone')];
  }
}

type Merge = Extract<Action, { readonly kind: 'merge' }>;

const NOTHING_TO_MERGE: Merge = {
  kind: 'merge',
  agreed: { provider: {}, crm: {} },
  writes: [],
  conflicts: [],
};

function planMerge(planning: Planning, { pair, item }: Case, merge: Merge): readonly PlannedStep[] {
  const { pass } = planning;
  agree(pass, pair.mapping, merge);
  recordConflicts(pass, pair, merge);
  const shared = sharedFields(merge.writes);
  const updates = merge.writes.flatMap((write) => updateSteps(planning, pair, write, shared));
  const photo = photoWanted(pair, pass.rules);
  const photos = photo === undefined ? [] : [photoStep(pair.mapping, about(pair).name, photo)];
  // What is in an open conflict waits for a decision, which marks the pair again.
  if (item !== undefined && updates.length + photos.length === 0) pass.store.clean(item);
  return [...updates, ...photos];
}

function updateSteps(
  planning: Planning,
  pair: Pair,
  { side, patch, delivers }: FieldWrite,
  shared: readonly FieldName[],
): readonly PlannedStep[] {
  const expected = revisionOf(pair, side);
  const carried = revisionOf(pair, other(side)).contact;
  const organization = typeof patch.organization === 'string' ? patch.organization : undefined;
  if (side === 'crm') wantOrganization(planning, organization, carried);
  return [
    {
      ...about(pair),
      phase: 'contacts',
      side,
      body: {
        kind: 'update',
        expected,
        patch,
        delivers,
        ...(shared.length === 0 ? {} : { shared }),
      },
    },
  ];
}

/** Fields that are written on both sides. */
function sharedFields(writes: readonly FieldWrite[]): readonly FieldName[] {
  const [one, two] = writes;
  if (one === undefined || two === undefined) return [];
  return FIELDS.filter((field) => field in one.patch && field in two.patch);
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

function recordConflicts(pass: Pass, pair: Pair, { conflicts }: Merge): void {
  if (conflicts.length === 0 && pair.known === undefined) return;
  const { changedAt } = pair;
  const whose = { ...about(pair), ...pair.mapping, ...(changedAt && { changedAt }) };
  pass.store.recordConflicts(pass.run, whose, conflicts);
  pass.tally.conflicts(conflicts.some(({ known }) => !known) ? 1 : 0);
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
  const { side } = action;
  return (
    planHeir(planning, pair, side) ?? [
      forgetStep(pair, 'replaced'),
      ...creationSteps(planning, side, revisionOf(pair, other(side))),
    ]
  );
}

function planDeletion(
  planning: Planning,
  pair: Pair,
  { side }: Extract<Action, { readonly kind: 'delete' }>,
): readonly PlannedStep[] {
  const mappingId = pair.mapping.id;
  return (
    planHeir(planning, pair, other(side)) ?? [
      {
        ...about(pair),
        phase: 'contacts',
        side,
        body: { kind: 'delete', mappingId, expected: revisionOf(pair, side) },
      },
    ]
  );
}

/** Where another account had the person made again, the mapping follows before it is let go: they may come back. */
function planRelease(
  planning: Planning,
  pair: Pair,
  reason: ReleaseReason,
): readonly PlannedStep[] {
  const heir = pair.crm.kind === 'absent' ? madeAgain(planning, pair.mapping) : undefined;
  return heir === undefined
    ? [releaseStep(pair, reason)]
    : planSuccession(planning, { pair, side: 'crm', heir });
}

/** What follows where the record that is gone lives on in another one. */
function planHeir(planning: Planning, pair: Pair, gone: Side): readonly PlannedStep[] | undefined {
  const heir = heirOf(planning, pair.mapping, gone);
  switch (heir.kind) {
    case 'none':
      return undefined;
    case 'merged':
      return [releaseStep(pair, 'merged', gone)];
    case 'replaced':
      return planSuccession(planning, { pair, side: gone, heir: heir.by });
  }
}

function heirOf(planning: Planning, mapping: Mapping, gone: Side): Succession {
  const { store, rules } = planning.pass;
  const known = gone === 'crm' ? madeAgain(planning, mapping) : undefined;
  if (known !== undefined) return { kind: 'replaced', by: known };
  const lost = mapping.bases[gone];
  const keys = matchKeys(gone === 'crm' ? lost : rules.holds.crm(lost));
  const id = gone === 'crm' ? mapping.crmId : mapping.providerId;
  const heirs = store.holders(gone, keys, id);
  return successor(
    mapping,
    gone,
    heirs.filter(({ revision }) => isFree(planning, gone, revision)),
  );
}

/** The person that another account of this CRM login has had made in the place of the one that is gone. */
function madeAgain(planning: Planning, { crmId }: Mapping): Revision | undefined {
  const known = planning.pass.store.replacement(crmId);
  return known !== undefined && isFree(planning, 'crm', known) ? known : undefined;
}

function isFree({ pass, successors }: Planning, side: Side, revision: Revision): boolean {
  return inScope(side, revision, pass.rules) && !successors[side].has(revision.id);
}

/** Deleted and added again, or merged into a record that was not synced: the mapping follows. */
function planSuccession(planning: Planning, one: Inheritance): readonly PlannedStep[] {
  planning.successors[one.side].add(one.heir.id);
  const { pair, rekey } = inherited(one, planning.pass.rules);
  return planPair(planning, { pair, lead: [rekey] });
}
