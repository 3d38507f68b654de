import { EMPTY_CONTACT, FIELDS, type Contact, type FieldName } from '../contact/contact.ts';
import {
  ADDRESS_KIND,
  applyField,
  applyPatch,
  diffField,
  entryKind,
  sameField,
} from '../contact/fields.ts';
import type { EntryKind } from '../contact/edits.ts';
import type { Bases, Conflict, Pair, Rules, Sighting } from './model.ts';

/** The first meeting of two existing records. */
export interface Join {
  /**
   * Chosen so that reconciling with them does what a first meeting may do: fill what is empty,
   * unite lists, and leave two different values as they are.
   */
  readonly bases: Bases;
  /** Fields in which the two records differ and stay different. */
  readonly differing: readonly FieldName[];
}

/** Curated data is never overwritten by a first meeting, unless the user chose a side for it. */
export function join(provider: Contact, crm: Contact, rules: Rules): Join {
  const joined = FIELDS.map((field) => joinField(field, provider, crm, rules));
  return based({ provider: EMPTY_CONTACT, crm: EMPTY_CONTACT }, joined);
}

/** A pair that meets for the first time in the fields that have no base. Where a record is gone, nothing meets. */
export function joinBaseless({ mapping, provider, crm }: Pair, rules: Rules): Join {
  const { bases, baseless = [] } = mapping;
  const now = { provider: contentOf(provider), crm: contentOf(crm) };
  const joined = baseless.map((field) =>
    now.provider === undefined || now.crm === undefined
      ? {
          provider: only(field, now.provider ?? bases.provider),
          crm: only(field, now.crm ?? bases.crm),
        }
      : joinField(field, now.provider, now.crm, rules),
  );
  return based(
    { provider: bare(bases.provider, baseless), crm: bare(bases.crm, baseless) },
    joined,
  );
}

/** What differs in a first meeting stays as it is, and is on record. */
export function joinConflicts(bases: Bases, differing: readonly FieldName[]): readonly Conflict[] {
  return differing.map((field) => ({
    field,
    values: { provider: bases.provider[field] ?? null, crm: bases.crm[field] ?? null },
    by: 'join',
    winner: 'keep',
    known: false,
  }));
}

function based(bases: Bases, joined: readonly JoinedField[]): Join {
  return {
    bases: {
      provider: Object.assign({}, bases.provider, ...joined.map((one) => one.provider)) as Contact,
      crm: Object.assign({}, bases.crm, ...joined.map((one) => one.crm)) as Contact,
    },
    differing: joined.flatMap((one) => one.differing ?? []),
  };
}

function contentOf(sighting: Sighting): Contact | undefined {
  return sighting.kind === 'present' ? sighting.revision.contact : undefined;
}

function bare(contact: Contact, fields: readonly FieldName[]): Contact {
  const empty = fields.map((field) => [field, EMPTY_CONTACT[field] ?? null] as const);
  return applyPatch(contact, Object.fromEntries(empty));
}

interface JoinedField {
  readonly provider: Partial<Contact>;
  readonly crm: Partial<Contact>;
  readonly differing?: FieldName;
}

function joinField(field: FieldName, provider: Contact, crm: Contact, rules: Rules): JoinedField {
  const own = { provider: only(field, provider), crm: only(field, crm) };
  if (sameField(field, rules.holds.crm(provider), crm)) return own;
  if (isEmpty(field, provider)) return rules.direction === 'two-way' ? { ...own, crm: {} } : own;
  if (isEmpty(field, crm)) return { ...own, provider: {} };
  if (field === 'emails' || field === 'phones' || field === 'ims') {
    return united(field, provider[field], crm[field], { kind: entryKind(field), rules });
  }
  if (field === 'addresses' && roomForBoth(provider, crm, rules)) {
    return united(field, provider.addresses, crm.addresses, { kind: ADDRESS_KIND, rules });
  }
  if (rules.onConflict === 'provider') return { ...own, provider: {} };
  if (rules.onConflict === 'crm' && rules.direction === 'two-way') return { ...own, crm: {} };
  return { ...own, differing: field };
}

function only(field: FieldName, contact: Contact): Partial<Contact> {
  return contact[field] === undefined ? {} : { [field]: contact[field] };
}

function isEmpty(field: FieldName, contact: Contact): boolean {
  const value = contact[field];
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

/** Only what both have is agreed; the rest looks added, and is carried over. */
function united<T>(
  field: FieldName,
  provider: readonly T[],
  crm: readonly T[],
  { kind, rules }: { readonly kind: EntryKind<T>; readonly rules: Rules },
): JoinedField {
  const inBoth = (entries: readonly T[], others: readonly T[]): readonly T[] =>
    entries.filter((entry) => others.some((one) => kind.sameValue(entry, one)));
  const agreedInCrm = rules.direction === 'two-way' ? inBoth(crm, provider) : crm;
  return { provider: { [field]: inBoth(provider, crm) }, crm: { [field]: agreedInCrm } };
}

/** Where the CRM holds fewer addresses than both have together, its own would be pushed out. */
function roomForBoth(provider: Contact, crm: Contact, rules: Rules): boolean {
  const edit = diffField('addresses', EMPTY_CONTACT, provider);
  if (edit === undefined) return true;
  const together = rules.holds.crm(applyField('addresses', edit, crm));
  return crm.addresses.every((address) =>
    together.addresses.some((one) => ADDRESS_KIND.sameValue(one, address)),
  );
}
