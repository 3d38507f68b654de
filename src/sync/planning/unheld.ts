import { FIELDS, type Contact, type FieldName } from '../../contact/contact.ts';
import { other, type Side } from '../../plan/model.ts';
import { inScope } from '../../plan/reconcile.ts';
import type { Unheld } from '../account.ts';
import type { Pass } from '../pass.ts';

/** Contacts of which the side that they go to cannot hold something, field by field. */
export function unheld(pass: Pass): readonly Unheld[] {
  const targets =
    pass.rules.direction === 'two-way' ? (['crm', 'provider'] as const) : ['crm' as const];
  return targets.flatMap((side) => unheldBy(side, pass));
}

function unheldBy(side: Side, { store, rules }: Pass): readonly Unheld[] {
  const from = other(side);
  const counts = new Map<FieldName, number>();
  for (const revision of store.eachPresent(from)) {
    if (!inScope(from, revision, rules)) continue;
    const { contact } = revision;
    for (const field of lostFields(contact, rules.holds[side](contact))) {
      counts.set(field, (counts.get(field) ?? 0) + 1);
    }
  }
  return FIELDS.flatMap((field) => {
    const contacts = counts.get(field);
    return contacts === undefined ? [] : [{ side, field, contacts }];
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
