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
  sameLine,
  sameNotes,
  samePlace,
  sameValue,
} from './normalize.ts';

/** What changed in one field of a contact. */
export type FieldEdit =
  | { readonly kind: 'entries'; readonly list: ListField; readonly edit: ListEdit<Entry> }
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
    return edit && { kind: 'entries', list: field, edit };
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
      const { list } = edit;
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

/** The field's value for a patch: `null` where a single value is absent. */
export function patchValue(contact: Contact, field: FieldName): Patch {
  return { [field]: contact[field] ?? null };
}

export function applyPatch(contact: Contact, patch: Patch): Contact {
  const whole: { [F in FieldName]?: Contact[F] | null | undefined } = { ...contact, ...patch };
  const left: Record<string, unknown> = {};
  for (const field of Object.keys(whole) as FieldName[]) {
    const value = whole[field];
    if (value !== null && value !== undefined) left[field] = value;
  }
  return left as unknown as Contact;
}

/** Whether this field is the same to the letter. */
export function identicalField(field: FieldName, one: Contact, two: Contact): boolean {
  return one[field] === two[field] || JSON.stringify(one[field]) === JSON.stringify(two[field]);
}
