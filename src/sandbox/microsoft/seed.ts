import { EMPTY_CONTACT, displayName, fullName } from '../../contact/contact.ts';
import type { Address, Birthday, Contact, Entry, FieldName, Patch } from '../../contact/contact.ts';
import { filled } from './properties.ts';
import type { AddressName, PostalAddress, Properties, PropertyName } from './properties.ts';

/** A neutral contact as the user of Outlook would have typed it in, as far as its slots go. */
export function propertiesOf(contact: Contact): Properties {
  const { name, organization, jobTitle, notes, birthday } = contact;
  return filled({
    title: name?.prefix,
    givenName: name?.given,
    middleName: name?.middle,
    surname: name?.family,
    generation: name?.suffix,
    displayName: displayName(contact),
    fileAs: displayName(contact),
    emailAddresses: primaryFirst(contact.emails)
      .slice(0, 3)
      .map(({ value }) => ({ name: fullName(name) || value, address: value })),
    ...phoneSlots(contact.phones),
    imAddresses: primaryFirst(contact.ims)
      .slice(0, 3)
      .map(({ value }) => value),
    ...addressSlots(contact.addresses),
    companyName: organization,
    jobTitle,
    personalNotes: notes?.replaceAll('\n', '\r\n'),
    birthday: birthday === undefined ? undefined : instantOf(birthday),
  });
}

const WIRE_NAMES: Readonly<Record<FieldName, readonly PropertyName[]>> = {
  name: ['title', 'givenName', 'middleName', 'surname', 'generation', 'displayName', 'fileAs'],
  emails: ['emailAddresses'],
  phones: ['mobilePhone', 'businessPhones', 'homePhones'],
  ims: ['imAddresses'],
  addresses: ['businessAddress', 'homeAddress', 'otherAddress'],
  organization: ['companyName'],
  jobTitle: ['jobTitle'],
  notes: ['personalNotes'],
  birthday: ['birthday'],
};

/** What a patch of a neutral contact changes; the fields that it does not name stay. */
export function patchedProperties(old: Properties, patch: Patch): Properties {
  const values = Object.entries(patch).filter(([, value]) => value !== null);
  const fresh = propertiesOf({ ...EMPTY_CONTACT, ...Object.fromEntries(values) });
  const touched = (Object.keys(patch) as FieldName[]).flatMap((field) => WIRE_NAMES[field]);
  return filled({ ...old, ...Object.fromEntries(touched.map((name) => [name, fresh[name]])) });
}

/** One mobile, two business and two home numbers; a label's own slots first, then any that is free. */
function phoneSlots(
  phones: readonly Entry[],
): Pick<Properties, 'mobilePhone' | 'businessPhones' | 'homePhones'> {
  const slots: Record<'mobile' | 'work' | 'home', string[]> = { mobile: [], work: [], home: [] };
  const room = { mobile: 1, work: 2, home: 2 };
  const kinds = ['mobile', 'work', 'home'] as const;
  const isFree = (kind: (typeof kinds)[number]) => slots[kind].length < room[kind];
  const homeless = primaryFirst(phones).filter(({ value, label }) => {
    const own = kinds.find((kind) => kind === label && isFree(kind));
    if (own !== undefined) slots[own].push(value);
    return own === undefined;
  });
  for (const { value } of homeless) {
    const free = kinds.find((kind) => isFree(kind));
    if (free !== undefined) slots[free].push(value);
  }
  const [mobilePhone] = slots.mobile;
  return {
    ...(mobilePhone === undefined ? {} : { mobilePhone }),
    businessPhones: slots.work,
    homePhones: slots.home,
  };
}

function addressSlots(addresses: readonly Address[]): Pick<Properties, AddressName> {
  const slots = new Map<AddressName, PostalAddress>();
  const own: Readonly<Record<string, AddressName>> = {
    work: 'businessAddress',
    home: 'homeAddress',
    other: 'otherAddress',
  };
  const order: readonly AddressName[] = ['homeAddress', 'businessAddress', 'otherAddress'];
  for (const address of addresses) {
    const wanted = own[address.label ?? ''];
    const slot = [...(wanted === undefined ? [] : [wanted]), ...order].find(
      (name) => !slots.has(name),
    );
    if (slot !== undefined) slots.set(slot, postalAddress(address));
  }
  return Object.fromEntries(slots);
}

/** Outlook has one field for all the lines of a street. */
function postalAddress(address: Address): PostalAddress {
  const lines = [address.poBox, address.extended, address.street].filter(
    (line) => line !== undefined,
  );
  const street =
    lines.length === 0 && address.city === undefined ? address.formatted : lines.join('\r\n');
  const parts = {
    street,
    city: address.city,
    state: address.region,
    countryOrRegion: address.country,
    postalCode: address.postalCode,
  };
  return Object.fromEntries(
    Object.entries(parts).filter(([, text]) => text !== undefined && text !== ''),
  );
}

/** As Outlook stores it, at 11:59 UTC; without a year as Apple's devices do, in 1604. */
function instantOf({ year = 1604, month, day }: Birthday): string {
  const date = [
    String(year).padStart(4, '0'),
    ...[month, day].map((part) => String(part).padStart(2, '0')),
  ];
  return `${date.join('-')}T11:59:00Z`;
}

function primaryFirst(entries: readonly Entry[]): readonly Entry[] {
  return entries.toSorted(
    (one, two) => Number(two.primary ?? false) - Number(one.primary ?? false),
  );
}
