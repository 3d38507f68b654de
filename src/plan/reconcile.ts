import { FIELDS, type Contact, type FieldName, type Patch } from '../contact/contact.ts';
import {
  diffField,
  identicalField,
  patchValue,
  sameField,
  type FieldEdit,
} from '../contact/fields.ts';
import { clash, meeting, yieldTo } from '../contact/two-edits.ts';
import { carriedInto } from './carry.ts';
import {
  SIDES,
  other,
  type Action,
  type BasesPatch,
  type Choice,
  type Conflict,
  type FieldWrite,
  type KnownConflict,
  type Pair,
  type ReleaseReason,
  type Revision,
  type Rules,
  type Side,
  type Sighting,
} from './model.ts';
import { newer } from './newer.ts';

/** What has become of a record since both sides last agreed. */
type State = 'same' | 'changed' | 'gone';

/**
 * The heart. Rows: the provider since the base; columns: the CRM.
 * Without a mapping everything present is "changed", so a first run needs no rules of its own.
 */
const DECISIONS = {
  same: { same: 'nothing', changed: 'merge', gone: 'delete-provider' },
  changed: { same: 'merge', changed: 'merge', gone: 'create-crm' },
  gone: { same: 'delete-crm', changed: 'create-provider', gone: 'forget' },
} as const satisfies Record<State, Record<State, string>>;

/** What to do about one person. No I/O, no clock: the same pair always gets the same answer. */
export function reconcile(pair: Pair, rules: Rules): Action {
  const release = outOfScope(pair, rules);
  if (release !== undefined) return { kind: 'release', reason: release };
  const decision = DECISIONS[stateOf(pair, 'provider')][stateOf(pair, 'crm')];
  switch (decision) {
    case 'nothing':
      return { kind: 'nothing' };
    case 'merge':
      return merge(pair, rules);
    case 'forget':
      return { kind: 'forget' };
    case 'delete-crm':
      return deletion(pair, 'crm');
    case 'delete-provider':
      return rules.direction === 'one-way'
        ? { kind: 'release', reason: 'deleted-in-crm' }
        : deletion(pair, 'provider');
    case 'create-provider':
      return rules.direction === 'one-way'
        ? deletion(pair, 'crm')
        : creation(pair, 'provider', rules);
    case 'create-crm':
      return rules.direction === 'one-way'
        ? { kind: 'release', reason: 'deleted-in-crm' }
        : creation(pair, 'crm', rules);
  }
}

/** Records that are still somewhere but no longer ours to sync are let go, whatever changed in them. */
function outOfScope(pair: Pair, rules: Rules): ReleaseReason | undefined {
  const { provider, crm } = pair;
  if (crm.kind === 'present' && !crm.revision.owned) return 'other-owner';
  if (crm.kind === 'absent' && crm.how !== 'deleted') return crm.how;
  if (provider.kind === 'absent' && provider.how !== 'deleted') return provider.how;
  if (provider.kind === 'present' && !inGroup(provider.revision, rules)) return 'left-group';
  return undefined;
}

/** Whether a record takes part in the sync at all. */
export function inScope(side: Side, revision: Revision, rules: Pick<Rules, 'group'>): boolean {
  return side === 'crm' ? revision.owned : inGroup(revision, rules);
}

function inGroup(revision: Revision, rules: Pick<Rules, 'group'>): boolean {
  return rules.group === 'all' || revision.groups.includes(rules.group);
}

function stateOf(pair: Pair, side: Side): State {
  const sighting = pair[side];
  if (sighting.kind === 'absent') return 'gone';
  const base = pair.mapping.bases[side];
  const changed = comparable(pair).some(
    (field) => !identicalField(field, base, sighting.revision.contact),
  );
  return changed ? 'changed' : 'same';
}

/** An organization that cannot be read is unknown, which is no change. */
function comparable(pair: Pair): readonly FieldName[] {
  return pair.organizationUnknown === true
    ? FIELDS.filter((field) => field !== 'organization')
    : FIELDS;
}

function deletion(pair: Pair, side: Side): Action {
  if (side === 'crm' && pair.crmShared) return { kind: 'release', reason: 'crm-shared' };
  const id = side === 'crm' ? pair.mapping.crmId : pair.mapping.providerId;
  return { kind: 'delete', side, id };
}

function creation(pair: Pair, side: Side, rules: Rules): Action {
  const from = present(pair[other(side)]);
  return { kind: 'create', side, contact: rules.holds[side](from.contact) };
}

function present(sighting: Sighting): Revision {
  if (sighting.kind === 'absent') throw new Error('A record that is gone has no content to merge.');
  return sighting.revision;
}

/** Field by field: carry each side's edits to the other, move the bases that need no write. */
function merge(pair: Pair, rules: Rules): Action {
  const merged = comparable(pair)
    .map((field) => mergeField(field, pair, rules))
    .filter((result) => result !== undefined);
  const agreed = { provider: {}, crm: {} };
  for (const result of merged) {
    for (const side of SIDES) Object.assign(agreed[side], result.agreed[side]);
  }
  const writes = SIDES.flatMap((side) => oneWrite(side, merged));
  const conflicts = merged.flatMap(({ conflict }) => conflict ?? []);
  return { kind: 'merge', agreed, writes, conflicts };
}

interface MergedField {
  readonly agreed: BasesPatch;
  readonly writes: readonly FieldWrite[];
  readonly conflict?: Conflict;
}

/** A record takes one write, however many of its fields it changes. */
function oneWrite(side: Side, merged: readonly MergedField[]): readonly FieldWrite[] {
  const writes = merged.flatMap((result) => result.writes).filter((write) => write.side === side);
  if (writes.length === 0) return [];
  return [
    {
      side,
      patch: Object.assign({}, ...writes.map(({ patch }) => patch)) as Patch,
      delivers: Object.assign({}, ...writes.map(({ delivers }) => delivers)) as Patch,
    },
  ];
}

function mergeField(field: FieldName, pair: Pair, rules: Rules): MergedField | undefined {
  const { bases } = pair.mapping;
  const now = { provider: present(pair.provider).contact, crm: present(pair.crm).contact };
  if (SIDES.every((side) => identicalField(field, bases[side], now[side]))) return undefined;
  const context = { field, now, rules };
  const verdict = judge(field, pair, now, rules);
  switch (verdict.kind) {
    case 'open':
      return { agreed: { provider: {}, crm: {} }, writes: [], conflict: verdict.conflict };
    case 'carry': {
      const writes = SIDES.flatMap((side) => {
        const own = diffField(field, bases[side], now[side]);
        const edit = verdict.edits[other(side)];
        return carry(context, edit && meeting(own, edit), side);
      });
      const { conflict } = verdict;
      return { agreed: agreedBases(field, writes, now), writes, ...(conflict && { conflict }) };
    }
  }
}

type Edits = { readonly [S in Side]: FieldEdit | undefined };
type Contents = { readonly [S in Side]: Contact };

type Verdict =
  | { readonly kind: 'carry'; readonly edits: Edits; readonly conflict?: Conflict }
  | { readonly kind: 'open'; readonly conflict: Conflict };

/** What of both sides' edits of a field is carried to the other side. */
function judge(field: FieldName, pair: Pair, now: Contents, rules: Rules): Verdict {
  const edits = editsOf(field, pair, now, rules);
  const conflict = conflictOf(field, pair, now);
  if (pair.contested?.includes(field) === true) {
    return { kind: 'open', conflict: { ...conflict, by: 'contested' } };
  }
  const choice = pair.known?.find((one) => isThis(one, conflict))?.choice;
  if (choice !== undefined) {
    const chosen = { ...conflict, by: 'user', winner: choice } as const;
    return {
      kind: 'carry',
      edits: byChoice(choice, field, now, { edits, rules }),
      conflict: chosen,
    };
  }
  if (!contradict(field, edits, now, rules)) return { kind: 'carry', edits };
  const winner = byRule(field, pair, rules);
  const found = { ...conflict, by: rules.onConflict };
  if (winner === undefined) return { kind: 'open', conflict: found };
  return { kind: 'carry', edits: yielding(edits, winner), conflict: { ...found, winner } };
}

function editsOf(field: FieldName, pair: Pair, now: Contents, { direction }: Rules): Edits {
  const { bases } = pair.mapping;
  // Under one-way a change in the CRM is not carried: it becomes that side's base, and stays. So
  // does a link that was lost with its organization: nobody meant to clear it.
  const uncarried =
    direction === 'one-way' || (field === 'organization' && pair.organizationGone === true);
  return {
    provider: diffField(field, bases.provider, now.provider),
    crm: uncarried ? undefined : diffField(field, bases.crm, now.crm),
  };
}

function conflictOf(field: FieldName, pair: Pair, now: Contents): Omit<Conflict, 'by'> {
  const values = { provider: now.provider[field] ?? null, crm: now.crm[field] ?? null };
  const known = pair.known?.some((one) => isThis(one, { field, values })) ?? false;
  return { field, values, known };
}

function isThis(
  one: KnownConflict,
  { field, values }: Pick<Conflict, 'field' | 'values'>,
): boolean {
  return one.field === field && JSON.stringify(one.values) === JSON.stringify(values);
}

/** Whether both sides want the same thing to be different things. */
function contradict(field: FieldName, edits: Edits, now: Contents, { holds }: Rules): boolean {
  if (edits.provider === undefined || edits.crm === undefined) return false;
  if (sameField(field, holds.crm(now.provider), now.crm)) return false;
  if (sameField(field, holds.provider(now.crm), now.provider)) return false;
  return clash(edits.provider, edits.crm);
}

function byRule(field: FieldName, pair: Pair, { onConflict }: Rules): Side | undefined {
  switch (onConflict) {
    case 'provider':
    case 'crm':
      return onConflict;
    case 'newest':
      return newer(field, pair);
    case 'ask':
      return undefined;
  }
}

function yielding(edits: Edits, winner: Side): Edits {
  const [won, lost] = [edits[winner], edits[other(winner)]];
  if (won === undefined || lost === undefined) return edits;
  return { ...edits, [other(winner)]: yieldTo(won, lost) };
}

/** The user's decision holds whether or not both sides have edits: something may have been put back. */
function byChoice(
  choice: Choice,
  field: FieldName,
  now: Contents,
  { edits, rules }: { readonly edits: Edits; readonly rules: Rules },
): Edits {
  if (choice === 'keep') return { provider: undefined, crm: undefined };
  const loser = other(choice);
  if (edits[choice] !== undefined && edits[loser] !== undefined) return yielding(edits, choice);
  const difference = diffField(field, rules.holds[choice](now[loser]), now[choice]);
  return { provider: undefined, crm: undefined, [choice]: difference };
}

interface FieldContext {
  readonly field: FieldName;
  readonly now: Contents;
  readonly rules: Rules;
}

/** The other side's edit, carried out on what `side` holds now, as far as `side` can hold it. */
function carry(
  { field, now, rules }: FieldContext,
  edit: FieldEdit | undefined,
  side: Side,
): readonly FieldWrite[] {
  if (edit === undefined) return [];
  const wanted = carriedInto(now[side], field, edit, rules.holds[side]);
  if (sameField(field, wanted, now[side])) return [];
  return [
    { side, patch: patchValue(wanted, field), delivers: patchValue(now[other(side)], field) },
  ];
}

/** What needs no write becomes the base at once; else the bases move when the write settles. */
function agreedBases(field: FieldName, writes: readonly FieldWrite[], now: Contents): BasesPatch {
  if (writes.length > 0) return { provider: {}, crm: {} };
  return { provider: patchValue(now.provider, field), crm: patchValue(now.crm, field) };
}

/** Whether nothing is left to do about a pair but to wait for somebody to decide. */
export function isSettled(action: Action): boolean {
  if (action.kind === 'nothing') return true;
  if (action.kind !== 'merge' || action.writes.length > 0) return false;
  const moved = SIDES.some((side) => Object.keys(action.agreed[side]).length > 0);
  return !moved && action.conflicts.every(({ known, winner }) => known && winner === undefined);
}
