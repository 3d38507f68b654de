import type { AddressBook, StoredContact } from './address-book.ts';
import { SINGLETONS, STORED_FIELDS } from './person-fields.ts';

/**
 * What lists tell of a merge besides the survivor's change and the loser's deletion: nothing, that
 * the loser's name is a former one of the survivor, or a new name for both. Not documented.
 */
export type MergeTells = 'deletion' | 'former-name' | 'new-name';

/** Resolves to the survivor's name. */
export function mergeContacts(
  contacts: AddressBook,
  [kept, gone]: readonly [kept: StoredContact, gone: StoredContact],
  tells: MergeTells = 'deletion',
): string {
  const merged = contacts.change(kept, {
    fields: mergedFields(kept, gone),
    groups: [...new Set([...kept.groups, ...gone.groups])],
    ...(kept.photo === undefined && gone.photo !== undefined ? { photo: gone.photo } : {}),
  });
  if (tells === 'deletion') {
    contacts.purge(gone);
    return merged.resourceName;
  }
  const told = contacts.absorb(merged, gone);
  return (tells === 'new-name' ? contacts.rekey(told) : told).resourceName;
}

/** The survivor's single fields win; lists are joined, without what is in both. */
function mergedFields(kept: StoredContact, gone: StoredContact): StoredContact['fields'] {
  const lists = STORED_FIELDS.filter((field) => !SINGLETONS.includes(field));
  const joined = lists.map((field) => {
    const all = [...(kept.fields[field] ?? []), ...(gone.fields[field] ?? [])];
    return [field, [...new Map(all.map((item) => [JSON.stringify(item), item])).values()]] as const;
  });
  return { ...gone.fields, ...kept.fields, ...Object.fromEntries(joined) };
}
