import { EMPTY_CONTACT } from '../../contact/contact.ts';
import type { Address, Contact, Entry, FieldName, Name, Patch } from '../../contact/contact.ts';
import type { ContactFields, Item, StoredField } from './person-fields.ts';

/** A neutral contact as the user of Google Contacts would have typed it in. */
export function fieldsOf(contact: Contact): ContactFields {
  const { name, organization, jobTitle, notes, birthday } = contact;
  return compact({
    names: name === undefined ? [] : [nameItem(name)],
    emailAddresses: primaryFirst(contact.emails).map((entry) => valueItem(entry)),
    phoneNumbers: primaryFirst(contact.phones).map((entry) => valueItem(entry)),
    imClients: primaryFirst(contact.ims).map(messengerItem),
    addresses: contact.addresses.map(addressItem),
    organizations: organizationItems(organization, jobTitle),
    biographies: notes === undefined ? [] : [{ value: notes, contentType: 'TEXT_PLAIN' }],
    birthdays: birthday === undefined ? [] : [{ date: { ...birthday } }],
  });
}

const WIRE_FIELDS = {
  name: 'names',
  emails: 'emailAddresses',
  phones: 'phoneNumbers',
  ims: 'imClients',
  addresses: 'addresses',
  notes: 'biographies',
  birthday: 'birthdays',
} as const satisfies Partial<Record<FieldName, StoredField>>;

/** What a patch of a neutral contact changes; the fields that it does not name stay. */
export function patchedFields(old: ContactFields, patch: Patch): ContactFields {
  const values = Object.entries(patch).filter(([, value]) => value !== null);
  const fresh = fieldsOf({ ...EMPTY_CONTACT, ...Object.fromEntries(values) });
  const replaced = Object.entries(WIRE_FIELDS)
    .filter(([field]) => field in patch)
    .map(([, wire]) => [wire, fresh[wire] ?? []]);
  return {
    ...old,
    ...Object.fromEntries(replaced),
    ...('organization' in patch || 'jobTitle' in patch
      ? { organizations: patchedOrganizations(old, patch) }
      : {}),
  };
}

function patchedOrganizations(old: ContactFields, patch: Patch): readonly Item[] {
  const [first = {}, ...others] = old.organizations ?? [];
  const changed: Record<string, unknown> = { ...first };
  if ('organization' in patch) changed['name'] = patch.organization ?? undefined;
  if ('jobTitle' in patch) changed['title'] = patch.jobTitle ?? undefined;
  const item = filled(changed);
  const empty = item['name'] === undefined && item['title'] === undefined;
  return empty ? others : [item, ...others];
}

function nameItem(name: Name): Item {
  return filled({
    honorificPrefix: name.prefix,
    givenName: name.given,
    middleName: name.middle,
    familyName: name.family,
    honorificSuffix: name.suffix,
  });
}

function valueItem({ value, label }: Entry): Item {
  return filled({ value, type: label });
}

function messengerItem({ value, label }: Entry): Item {
  return filled({ username: value, protocol: label });
}

function addressItem(address: Address): Item {
  return filled({
    type: address.label,
    streetAddress: address.street,
    extendedAddress: address.extended,
    poBox: address.poBox,
    city: address.city,
    region: address.region,
    postalCode: address.postalCode,
    country: address.country,
    formattedValue: address.formatted,
  });
}

function organizationItems(name: string | undefined, title: string | undefined): readonly Item[] {
  if (name === undefined && title === undefined) return [];
  return [filled({ type: 'work', current: true, name, title })];
}

/** The first entry is the primary one. */
function primaryFirst(entries: readonly Entry[]): readonly Entry[] {
  return entries.toSorted(
    (one, two) => Number(two.primary ?? false) - Number(one.primary ?? false),
  );
}

function filled(item: Readonly<Record<string, unknown>>): Item {
  return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined));
}

function compact(fields: ContactFields): ContactFields {
  return Object.fromEntries(Object.entries(fields).filter(([, items]) => items.length > 0));
}
