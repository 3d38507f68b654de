import { compact } from '../../contact/compact.ts';
import type { Address, Birthday, Contact, Entry, Name } from '../../contact/contact.ts';
import type { Revision } from '../../plan/model.ts';
import { ENTRY_TYPES, IM_PROTOCOLS } from './labels.ts';
import { plainText } from './plain-text.ts';
import { photoRef } from './photo-ref.ts';
import { contactSource, MARK_KEY, own, readPerson } from './wire.ts';
import type { Person } from './wire.ts';

/** What came as a person, as the engine understands it. */
export type Observed =
  | { readonly kind: 'revision'; readonly revision: Revision; readonly person: Person }
  | { readonly kind: 'tombstone'; readonly id: string }
  | { readonly kind: 'malformed'; readonly id: string; readonly reason: string };

/** Reads one person of an answer. Never throws: what cannot be read is `malformed`. */
export function observe(value: unknown): Observed {
  const reading = readPerson(value);
  if (reading.kind === 'malformed') return reading;
  const { person } = reading;
  const id = person.resourceName ?? '';
  if (person.metadata?.deleted === true) return { kind: 'tombstone', id };

  const source = contactSource(person);
  if (source === undefined && (person.metadata?.sources ?? []).length > 0) {
    return { kind: 'malformed', id, reason: 'Google sent a profile where a contact was expected.' };
  }
  // The person's own etag also changes with the question asked; the contact source's does not.
  const etag = given(source?.etag) ?? given(person.etag);
  if (etag === undefined) {
    return { kind: 'malformed', id, reason: 'Google sent a contact without an etag.' };
  }
  return { kind: 'revision', revision: revisionOf(person, id, etag), person };
}

function revisionOf(person: Person, id: string, etag: string): Revision {
  const formerIds = person.metadata?.previousResourceNames ?? [];
  return compact<Revision>({
    id,
    etag,
    contact: contactOf(person),
    updatedAt: given(contactSource(person)?.updateTime),
    groups: groupsOf(person),
    owned: true,
    photo: photoOf(person),
    mark: given(own(person.clientData).find(({ key }) => key === MARK_KEY)?.value),
    formerIds: formerIds.length > 0 ? formerIds : undefined,
  });
}

/** The contact in a person: what the user entered, without joined profiles and Google's own renderings. */
export function contactOf(person: Person): Contact {
  const organization = own(person.organizations)[mainOrganization(own(person.organizations))];
  return compact<Contact>({
    name: nameOf(person),
    emails: own(person.emailAddresses).flatMap(({ value, type, metadata }) =>
      entry(value, ENTRY_TYPES.labelOf(type), metadata?.primary),
    ),
    phones: own(person.phoneNumbers).flatMap(({ value, type, metadata }) =>
      entry(value, ENTRY_TYPES.labelOf(type), metadata?.primary),
    ),
    ims: own(person.imClients).flatMap(({ username, protocol, metadata }) =>
      entry(username, IM_PROTOCOLS.labelOf(protocol), metadata?.primary),
    ),
    addresses: own(person.addresses).flatMap(addressOf),
    organization: given(organization?.name),
    jobTitle: given(organization?.title),
    notes: notesOf(person),
    birthday: birthdayOf(person),
  });
}

/**
 * Which organization is the contact's: the first current one, else the first; −1 where none has
 * a name or a title.
 */
export function mainOrganization(
  organizations: readonly {
    readonly name?: string | null;
    readonly title?: string | null;
    readonly current?: boolean | null;
  }[],
): number {
  const telling = organizations.map(({ name, title }) => given(name) ?? given(title));
  const current = organizations.findIndex(
    (one, at) => one.current === true && telling[at] !== undefined,
  );
  return current === -1 ? telling.findIndex((word) => word !== undefined) : current;
}

/** A vendor's text, unless it is missing or blank. */
export function given(text: string | null | undefined): string | undefined {
  return text === undefined || text === null || text.trim() === '' ? undefined : text;
}

function nameOf(person: Person): Name | undefined {
  const wire = own(person.names)[0];
  if (wire === undefined) return undefined;
  const name = compact<Name>({
    given: given(wire.givenName),
    family: given(wire.familyName),
    middle: given(wire.middleName),
    prefix: given(wire.honorificPrefix),
    suffix: given(wire.honorificSuffix),
  });
  if (Object.keys(name).length > 0) return name;
  // Splitting an unstructured name would be guessing: names have no order that holds everywhere.
  const whole = given(wire.unstructuredName);
  return whole === undefined ? undefined : { given: whole };
}

function entry(
  value: string | null | undefined,
  label: string | undefined,
  primary: boolean | null | undefined,
): Entry[] {
  const text = given(value);
  if (text === undefined) return [];
  return [compact<Entry>({ value: text, label, primary: primary === true ? true : undefined })];
}

/** One address as a contact has it; nothing where it says nothing. */
export function addressOf(wire: NonNullable<Person['addresses']>[number]): Address[] {
  const address = compact<Address>({
    street: given(wire.streetAddress),
    extended: given(wire.extendedAddress),
    poBox: given(wire.poBox),
    city: given(wire.city),
    region: given(wire.region),
    postalCode: given(wire.postalCode),
    country: given(wire.country),
    formatted: given(wire.formattedValue),
  });
  if (Object.keys(address).length === 0) return [];
  return [compact<Address>({ label: ENTRY_TYPES.labelOf(wire.type), ...address })];
}

function notesOf(person: Person): string | undefined {
  const wire = own(person.biographies)[0];
  const value = given(wire?.value);
  if (value === undefined) return undefined;
  return given(wire?.contentType === 'TEXT_HTML' ? plainText(value) : lineEnds(value));
}

export function lineEnds(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

function birthdayOf(person: Person): Birthday | undefined {
  for (const { date } of own(person.birthdays)) {
    const year = date?.year ?? 0;
    const birthday = {
      month: date?.month ?? 0,
      day: date?.day ?? 0,
      ...(year === 0 ? {} : { year }),
    };
    if (isPossible(birthday)) return birthday;
  }
  return undefined;
}

/** Whether the calendar has such a day. 29 February needs a leap year, or none. */
export function isPossible({ year, month, day }: Birthday): boolean {
  if (![year ?? 1, month, day].every(Number.isInteger)) return false;
  if (year !== undefined && (year < 1 || year > 9999)) return false;
  if (month < 1 || month > 12 || day < 1) return false;
  return day <= daysIn(month, year);
}

function daysIn(month: number, year = 2000): number {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31;
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
}

function groupsOf(person: Person): readonly string[] {
  const ids = own(person.memberships).flatMap(({ contactGroupMembership: group }) => {
    const id = given(group?.contactGroupId);
    const name =
      given(group?.contactGroupResourceName) ?? (id === undefined ? id : `contactGroups/${id}`);
    return name === undefined ? [] : [name];
  });
  return [...new Set(ids)];
}

function photoOf(person: Person): string | undefined {
  const photo = own(person.photos).find((one) => one.default !== true && given(one.url));
  const url = given(photo?.url);
  return url === undefined ? undefined : photoRef(url);
}
