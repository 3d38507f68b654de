import type { Address, Contact, Entry, FieldName, ListField, Patch } from './contact.ts';
import {
  applyList,
  applyName,
  diffList,
  diffName,
  type EntryKind,
  type ListEdit,
  type NameEdit,
} from './edits.ts';
import {
  sameAddress,
  sameBirthday,
  sameEntry,
  sameLabel,
  sameLine,
  sameNotes,
  samePlace,
  sameValue,
} from './normalize.ts';

/** What changed in one field of a contact. */
export type FieldEdit =
  | { readonly kind: 'entries'; readonly edit: ListEdit<Entry> }
  | { readonly kind: 'addresses'; readonly edit: ListEdit<Address> }
  | { readonly kind: 'name'; readonly edit: NameEdit }
  | { readonly kind: 'value'; readonly value: Contact[FieldName] | undefined };

function withLabel<T extends { readonly label?: string }>(entry: T, label: string | undefined): T {
  const { label: _, ...rest } = entry;
  return (label === undefined ? rest : { ...rest, label }) as T;
}

export function entryKind(field: ListField): EntryKind<Entry> {
  return {
    sameValue: (one, two) => sameValue[field](one.value, two.value),
    same: (one, two) => sameEntry(field, one, two),
    label: (entry) => entry.label,
    withLabel,
  };
}

export const ADDRESS_KIND: EntryKind<Address> = {
  sameValue: samePlace,
  same: sameAddress,
  label: (address) => address.label,
  withLabel,
};

function isListField(field: FieldName): field is ListField {
  return field === 'emails' || field === 'phones' || field === 'ims';
}

/** Whether nothing of meaning differs in this field. */
export function sameField(field: FieldName, one: Contact, two: Contact): boolean {
  return diffField(field, one, two) === undefined;
}

/** What changed in this field from `before` to `after`; `undefined` when nothing of meaning did. */
export function diffField(
  field: FieldName,
  before: Contact,
  after: Contact,
): FieldEdit | undefined {
  if (before[field] === after[field]) return undefined;
  if (isListField(field)) {
    const edit = diffList(before[field], after[field], entryKind(field));
    return edit && { kind: 'entries', edit };
  }
  if (field === 'addresses') {
    const edit = diffList(before.addresses, after.addresses, ADDRESS_KIND);
    return edit && { kind: 'addresses', edit };
  }
  if (field === 'name') {
    const edit = diffName(before.name, after.name);
    return edit && { kind: 'name', edit };
  }
  return sameScalar(field, before, after) ? undefined : { kind: 'value', value: after[field] };
}

function sameScalar(
  field: 'organization' | 'jobTitle' | 'notes' | 'birthday',
  one: Contact,
  two: Contact,
): boolean {
  if (field === 'birthday') return sameBirthday(one.birthday, two.birthday);
  if (field === 'notes') return sameNotes(one.notes, two.notes);
  return sameLine(one[field], two[field]);
}

/** `contact` with the edit carried out on this field. */
export function applyField(field: FieldName, edit: FieldEdit, contact: Contact): Contact {
  switch (edit.kind) {
    case 'entries': {
      const list = field as ListField;
      return { ...contact, [list]: applyList(edit.edit, contact[list], entryKind(list)) };
    }
    case 'addresses':
      return { ...contact, addresses: applyList(edit.edit, contact.addresses, ADDRESS_KIND) };
    case 'name':
      return applyPatch(contact, { name: applyName(edit.edit, contact.name) ?? null });
    case 'value':
      return applyPatch(contact, { [field]: edit.value ?? null });
  }
}

/** `edit` without what contradicts `winner`, which changed the same things otherwise. */
export function yieldTo(winner: FieldEdit, edit: FieldEdit): FieldEdit | undefined {
  if (winner.kind === 'entries' && edit.kind === 'entries') {
    const rest = withoutClashes(winner.edit, edit.edit, (a, b) => a.value === b.value);
    return rest && { kind: 'entries', edit: rest };
  }
  if (winner.kind === 'addresses' && edit.kind === 'addresses') {
    const rest = withoutClashes(winner.edit, edit.edit, samePlace);
    return rest && { kind: 'addresses', edit: rest };
  }
  if (winner.kind === 'name' && edit.kind === 'name') return yieldName(winner.edit, edit.edit);
  return undefined;
}

function withoutClashes<T>(
  winner: ListEdit<T>,
  edit: ListEdit<T>,
  same: (one: T, two: T) => boolean,
): ListEdit<T> | undefined {
  const changed = edit.changed.filter(
    ({ from }) => !winner.changed.some((change) => same(change.from, from)),
  );
  const left = edit.added.length + edit.removed.length + changed.length;
  return left === 0 ? undefined : { ...edit, changed };
}

function yieldName(winner: NameEdit, edit: NameEdit): FieldEdit | undefined {
  if (winner.kind === 'whole' || edit.kind === 'whole') return undefined;
  const parts = Object.entries(edit.parts).filter(([part]) => !(part in winner.parts));
  if (parts.length === 0) return undefined;
  return { kind: 'name', edit: { kind: 'parts', parts: Object.fromEntries(parts) } };
}

/** Whether the two edits want the same thing to be different things. */
export function clash(one: FieldEdit, two: FieldEdit): boolean {
  if (one.kind === 'entries' && two.kind === 'entries') {
    return listsClash(
      one.edit,
      two.edit,
      (a, b) => a.value === b.value,
      (a, b) => a.value === b.value && sameLabel(a.label, b.label),
    );
  }
  if (one.kind === 'addresses' && two.kind === 'addresses') {
    return listsClash(one.edit, two.edit, samePlace, sameAddress);
  }
  if (one.kind === 'name' && two.kind === 'name') return namesClash(one.edit, two.edit);
  return true;
}

function listsClash<T>(
  one: ListEdit<T>,
  two: ListEdit<T>,
  sameFrom: (a: T, b: T) => boolean,
  sameTo: (a: T, b: T) => boolean,
): boolean {
  return one.changed.some((a) =>
    two.changed.some((b) => sameFrom(a.from, b.from) && !sameTo(a.to, b.to)),
  );
}

function namesClash(one: NameEdit, two: NameEdit): boolean {
  if (one.kind === 'whole' || two.kind === 'whole') return true;
  return Object.entries(one.parts).some(
    ([part, value]) => part in two.parts && two.parts[part as keyof typeof two.parts] !== value,
  );
}

/** The field's value for a patch: `null` where a single value is absent. */
export function patchValue(contact: Contact, field: FieldName): Patch {
  return { [field]: contact[field] ?? null };
}

export function applyPatch(contact: Contact, patch: Patch): Contact {
  const fields = Object.entries({ ...contact, ...patch }).filter(
    ([, value]) => value !== null && value !== undefined,
  );
  return Object.fromEntries(fields) as unknown as Contact;
}

/** Whether this field is the same to the letter. */
export function identicalField(field: FieldName, one: Contact, two: Contact): boolean {
  return one[field] === two[field] || JSON.stringify(one[field]) === JSON.stringify(two[field]);
}
