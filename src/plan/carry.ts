import type { Contact, FieldName } from '../contact/contact.ts';
import type { EntryKind, ListEdit } from '../contact/edits.ts';
import { ADDRESS_KIND, applyField, entryKind, type FieldEdit } from '../contact/fields.ts';

/** What a side would hold of a contact. */
type Holds = (contact: Contact) => Contact;

/**
 * `contact` after the edit, as far as its side can hold it. Where there is not room for everything,
 * what the side has stays: no entry is pushed out by one that is added, none lost by a new label.
 */
export function carriedInto(
  contact: Contact,
  field: FieldName,
  edit: FieldEdit,
  holds: Holds,
): Contact {
  switch (edit.kind) {
    case 'entries': {
      const { list } = edit;
      const put = (part: typeof edit.edit, into: Contact): Contact =>
        holds(applyField(list, { ...edit, edit: part }, into));
      return fitted(contact, edit.edit, { kind: entryKind(list), of: (one) => one[list], put });
    }
    case 'addresses': {
      const put = (part: typeof edit.edit, into: Contact): Contact =>
        holds(applyField('addresses', { ...edit, edit: part }, into));
      return fitted(contact, edit.edit, { kind: ADDRESS_KIND, of: (one) => one.addresses, put });
    }
    case 'name':
    case 'value':
      return holds(applyField(field, edit, contact));
  }
}

interface ListOf<T> {
  readonly kind: EntryKind<T>;
  of(contact: Contact): readonly T[];
  put(edit: ListEdit<T>, into: Contact): Contact;
}

/** All of the edit if there is room for it, else as much as fits, part by part. */
function fitted<T>(contact: Contact, edit: ListEdit<T>, list: ListOf<T>): Contact {
  const whole = list.put(edit, contact);
  if (losesNothing(contact, edit, whole, list)) return whole;
  return parts(edit).reduce(
    (current, part) => {
      const next = list.put(part, current);
      return losesNothing(current, part, next, list) ? next : current;
    },
    list.put(NO_EDIT, contact),
  );
}

const NO_EDIT = { added: [], removed: [], changed: [] } as const;

function parts<T>({ added, removed, changed }: ListEdit<T>): readonly ListEdit<T>[] {
  return [
    ...removed.map((one) => ({ ...NO_EDIT, removed: [one] })),
    ...changed.map((one) => ({ ...NO_EDIT, changed: [one] })),
    ...added.map((one) => ({ ...NO_EDIT, added: [one] })),
  ];
}

/** Whether every entry that was there still is, or what the edit makes of it. */
function losesNothing<T>(
  before: Contact,
  { removed, changed }: ListEdit<T>,
  after: Contact,
  { kind, of }: ListOf<T>,
): boolean {
  return of(before).every((entry) => {
    if (removed.some((one) => kind.sameValue(one, entry))) return true;
    const becomes = changed.find(({ from }) => kind.sameValue(from, entry))?.to ?? entry;
    return of(after).some((one) => kind.sameValue(one, becomes));
  });
}
