import { FIELDS, type FieldName, type Patch } from '../contact/contact.ts';
import {
  diffField,
  identicalField,
  patchValue,
  sameField,
  type FieldEdit,
} from '../contact/fields.ts';
import { meeting } from '../contact/two-edits.ts';
import { carriedInto } from './carry.ts';
import { judge, type Contents } from './judge.ts';
import {
  SIDES,
  other,
  type Action,
  type BasesPatch,
  type Conflict,
  type FieldWrite,
  type Pair,
  type Revision,
  type Rules,
  type Side,
  type Sighting,
} from './model.ts';

/** Field by field: carry each side's edits to the other, move the bases that need no write. */
export function merge(pair: Pair, rules: Rules): Action {
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

/** An organization that cannot be read is unknown, which is no change. */
export function comparable(pair: Pair): readonly FieldName[] {
  return pair.organizationUnknown === true
    ? FIELDS.filter((field) => field !== 'organization')
    : FIELDS;
}

export function present(sighting: Sighting): Revision {
  if (sighting.kind === 'absent') throw new Error('A record that is gone has no content to merge.');
  return sighting.revision;
}
