import type { Address, Contact, Entry, Name, Patch } from '../../contact/contact.ts';
import { samePlace, sameValue } from '../../contact/normalize.ts';
import { ENTRY_TYPES, IM_PROTOCOLS } from './labels.ts';
import type { Vocabulary } from './labels.ts';
import { addressOf, contactOf, given, isPossible, lineEnds, mainOrganization } from './map.ts';
import { own } from './wire.ts';
import type { Person, Sourced } from './wire.ts';

type WireOf<F extends keyof Person> = NonNullable<Person[F]> extends (infer E)[] ? E : never;

/** What only Google writes, in any entry. */
const OUTPUT_ONLY: ReadonlySet<string> = new Set([
  'metadata',
  'canonicalForm',
  'displayNameLastFirst',
  'formattedProtocol',
  'formattedType',
]);

/** New content of some of a person's fields. A field that is named here replaces the whole of it. */
export type WireFields = Partial<
  Pick<
    Person,
    | 'names'
    | 'emailAddresses'
    | 'phoneNumbers'
    | 'imClients'
    | 'addresses'
    | 'organizations'
    | 'biographies'
    | 'birthdays'
  >
>;

/**
 * What to send so that `person` takes over `patch`, entry by entry: attributes that no contact
 * has (phonetic names, departments, an e-mail's display name, second organizations) stay.
 * Only fields that the patch names are in the answer; an emptied one is an empty list.
 */
export function patched(person: Person, patch: Patch): WireFields {
  const fields: WireFields = {};
  if (patch.name !== undefined) fields.names = names(person, patch.name);
  if (patch.emails !== undefined) fields.emailAddresses = emails(person, patch.emails ?? []);
  if (patch.phones !== undefined) fields.phoneNumbers = phones(person, patch.phones ?? []);
  if (patch.ims !== undefined) fields.imClients = ims(person, patch.ims ?? []);
  if (patch.addresses !== undefined) fields.addresses = addresses(person, patch.addresses ?? []);
  if (patch.organization !== undefined || patch.jobTitle !== undefined) {
    fields.organizations = organizations(person, patch);
  }
  if (patch.notes !== undefined) fields.biographies = biographies(patch.notes);
  if (patch.birthday !== undefined) fields.birthdays = birthdays(patch.birthday);
  return fields;
}

/** A new person's fields; empty ones are left out. */
export function personOf(contact: Contact): WireFields {
  const fields = Object.entries(patched({}, contact)).filter(([, entries]) => entries.length > 0);
  return Object.fromEntries(fields);
}

/** What is left of a contact once Google holds it: written and read again, without the network. */
export function holds(contact: Contact): Contact {
  return contactOf(personOf(contact));
}

function names(person: Person, name: Name | null): WireOf<'names'>[] {
  // Google's own renderings of the old name would contradict the new parts.
  const renderings = { displayName: undefined, unstructuredName: undefined };
  const entry = pruned<WireOf<'names'>>({
    ...bare(own(person.names)[0] ?? {}),
    ...renderings,
    givenName: given(name?.given),
    familyName: given(name?.family),
    middleName: given(name?.middle),
    honorificPrefix: given(name?.prefix),
    honorificSuffix: given(name?.suffix),
  });
  return Object.keys(entry).length === 0 ? [] : [entry];
}

function emails(person: Person, wanted: readonly Entry[]): WireOf<'emailAddresses'>[] {
  return typed(own(person.emailAddresses), wanted, sameValue.emails);
}

function phones(person: Person, wanted: readonly Entry[]): WireOf<'phoneNumbers'>[] {
  return typed(own(person.phoneNumbers), wanted, sameValue.phones);
}

/** Fields whose entries are a value and a type. */
function typed<E extends Sourced & { value?: string | null; type?: string | null }>(
  present: readonly E[],
  wanted: readonly Entry[],
  same: (a: string, b: string) => boolean,
): E[] {
  const entries = wanted.filter(({ value }) => given(value) !== undefined);
  return align(entries, present, [
    (entry, wire) => same(entry.value, wire.value ?? '') && sameLabel(entry, wire.type),
    (entry, wire) => same(entry.value, wire.value ?? ''),
    (entry, wire) => sameLabel(entry, wire.type),
  ]).map(([entry, wire]) => {
    const type = keptWord(ENTRY_TYPES, wire?.type, entry.label);
    return pruned<E>({ ...bare(wire), value: entry.value, type });
  });
}

function ims(person: Person, wanted: readonly Entry[]): WireOf<'imClients'>[] {
  const entries = wanted.filter(({ value }) => given(value) !== undefined);
  const sameService = (entry: Entry, wire: WireOf<'imClients'>) =>
    IM_PROTOCOLS.labelOf(wire.protocol) === IM_PROTOCOLS.labelOf(entry.label);
  return align(entries, own(person.imClients), [
    (entry, wire) => sameValue.ims(entry.value, wire.username ?? '') && sameService(entry, wire),
    (entry, wire) => sameValue.ims(entry.value, wire.username ?? ''),
    sameService,
  ]).map(([entry, wire]) => {
    const protocol = keptWord(IM_PROTOCOLS, wire?.protocol, entry.label);
    return pruned<WireOf<'imClients'>>({ ...bare(wire), username: entry.value, protocol });
  });
}

function addresses(person: Person, wanted: readonly Address[]): WireOf<'addresses'>[] {
  const entries = wanted.filter((address) => addressOf(newAddress(address)).length > 0);
  return align(entries, own(person.addresses), [
    (address, wire) => sameAddress(address, wire) && sameLabel(address, wire.type),
    sameAddress,
    (address, wire) => sameLabel(address, wire.type),
  ]).map(([address, wire]) => {
    if (wire === undefined) return newAddress(address);
    const kept = bare(wire);
    const type = keptWord(ENTRY_TYPES, wire.type, address.label);
    if (sameAddress(address, wire)) return pruned<WireOf<'addresses'>>({ ...kept, type });
    // Left standing, the old country's code would contradict the new country.
    const sameCountry = given(wire.country) === given(address.country);
    const countryCode = sameCountry ? wire.countryCode : undefined;
    return pruned<WireOf<'addresses'>>({ ...kept, ...addressParts(address), countryCode, type });
  });
}

function newAddress(address: Address): WireOf<'addresses'> {
  return pruned<WireOf<'addresses'>>({
    ...addressParts(address),
    type: ENTRY_TYPES.typeOf(address.label),
  });
}

function addressParts(address: Address) {
  const parts = {
    streetAddress: given(address.street),
    extendedAddress: given(address.extended),
    poBox: given(address.poBox),
    city: given(address.city),
    region: given(address.region),
    postalCode: given(address.postalCode),
    country: given(address.country),
  };
  // Google builds the whole from the parts, unless it is given one.
  const hasParts = Object.values(parts).some((part) => part !== undefined);
  return { ...parts, formattedValue: hasParts ? undefined : given(address.formatted) };
}

function sameAddress(address: Address, wire: WireOf<'addresses'>): boolean {
  return addressOf(wire).some((present) => samePlace(present, address));
}

function organizations(person: Person, patch: Patch): WireOf<'organizations'>[] {
  const present = own(person.organizations).map(bare<WireOf<'organizations'>>);
  const main = Math.max(mainOrganization(present), 0);
  const before: WireOf<'organizations'> = present[main] ?? { current: true };
  const entry = pruned<WireOf<'organizations'>>({
    ...before,
    name: patch.organization === undefined ? before.name : given(patch.organization),
    title: patch.jobTitle === undefined ? before.title : given(patch.jobTitle),
  });
  const { type: _type, current: _current, ...content } = entry;
  const entries = Object.keys(content).length === 0 ? [] : [entry];
  return [...present.slice(0, main), ...entries, ...present.slice(main + 1)];
}

function biographies(notes: string | null): WireOf<'biographies'>[] {
  const value = given(notes);
  return value === undefined ? [] : [{ value: lineEnds(value), contentType: 'TEXT_PLAIN' }];
}

function birthdays(birthday: Contact['birthday'] | null): WireOf<'birthdays'>[] {
  if (birthday === undefined || birthday === null || !isPossible(birthday)) return [];
  return [{ date: { ...birthday } }];
}

/**
 * For each wanted entry the present one that it continues, by the first rule that finds one
 * still free; the rules come from the strictest to the weakest.
 */
function align<W, P>(
  wanted: readonly W[],
  present: readonly P[],
  rules: readonly ((entry: W, wire: P) => boolean)[],
): readonly (readonly [W, P | undefined])[] {
  const free = new Set(present);
  const found = new Map<number, P>();
  for (const rule of rules) {
    for (const [at, entry] of wanted.entries()) {
      if (found.has(at)) continue;
      const match = [...free].find((wire) => rule(entry, wire));
      if (match === undefined) continue;
      found.set(at, match);
      free.delete(match);
    }
  }
  return wanted.map((entry, at) => [entry, found.get(at)]);
}

function sameLabel(
  { label }: { readonly label?: string },
  type: string | null | undefined,
): boolean {
  return ENTRY_TYPES.labelOf(type) === ENTRY_TYPES.labelOf(label);
}

/** The vendor's present spelling of a word that stays; else the vendor's word for the label. */
function keptWord(
  words: Vocabulary,
  present: string | null | undefined,
  label: string | undefined,
): string | undefined {
  const stays = words.labelOf(present) === words.labelOf(label);
  return stays ? given(present) : words.typeOf(label);
}

/** The entry without what only Google writes. */
function bare<E extends object>(entry: E | undefined): Partial<E> {
  return Object.fromEntries(
    Object.entries(entry ?? {}).filter(([key]) => !OUTPUT_ONLY.has(key)),
  ) as Partial<E>;
}

type Loose<E> = { [K in keyof E]?: E[K] | undefined };

/** The entry without keys that say nothing. */
function pruned<E extends object>(entry: Loose<E>): E {
  return Object.fromEntries(
    Object.entries(entry).filter(
      ([, value]) => value !== undefined && value !== null && value !== '',
    ),
  ) as E;
}
