import { FIELDS, type Contact, type FieldName } from '../../contact/contact.ts';
import { inScope } from '../../plan/reconcile.ts';
import type { Pass } from '../pass.ts';

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
