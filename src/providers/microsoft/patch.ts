import { displayName } from '../../contact/contact.ts';
import type { Address, Contact, Entry, Name, Patch } from '../../contact/contact.ts';
import { applyPatch } from '../../contact/fields.ts';
import { samePlace, sameValue } from '../../contact/normalize.ts';
import { readBirthday, writeBirthday } from './birthday.ts';
import { addressIn, contactOf, nameOf } from './map.ts';
import { followed } from './names.ts';
import {
  addressesInSlots,
  type AddressSlot,
  emailsInSlots,
  imsInSlots,
  phonesInSlots,
} from './slots.ts';
import { given, givenTexts } from './text.ts';
import type { GraphContact } from './wire.ts';

/** New content of some of a contact's properties. What is not named here stays as it is. */
export type WireFields = { -readonly [P in keyof GraphContact]?: GraphContact[P] };

/**
 * What to send so that `wire` takes over `patch`; only properties that change are in the answer.
 * `null` stands only where there is something to clear: for what is empty already it has been
 * answered with 500 (seen in the wild).
 */
export function patched(wire: GraphContact, patch: Patch): WireFields {
  const fields: WireFields = {
    ...(patch.name === undefined ? {} : names(wire, patch.name ?? {})),
    ...(patch.emails === undefined ? {} : emails(wire, patch.emails ?? [])),
    ...(patch.phones === undefined ? {} : phones(wire, patch.phones ?? [])),
    ...(patch.ims === undefined ? {} : ims(wire, patch.ims ?? [])),
    ...(patch.addresses === undefined ? {} : addresses(wire, patch.addresses ?? [])),
    ...(patch.organization === undefined ? {} : line(wire, 'companyName', patch.organization)),
    ...(patch.jobTitle === undefined ? {} : line(wire, 'jobTitle', patch.jobTitle)),
    ...(patch.birthday === undefined ? {} : birthday(wire, patch.birthday)),
  };
  if (Object.keys(fields).length === 0) return fields;
  return { ...shown(wire, patch), ...fields };
}

/** A new contact's properties; empty ones are left out. */
export function newContact(contact: Contact): WireFields {
  const fields = patched({}, contact);
  return { ...fields, displayName: displayName(contactOf({ ...fields, displayName: null })) };
}

/** What is left of a contact once Outlook holds it: written and read again, without the network. */
export function holds(contact: Contact): Contact {
  return contactOf(newContact(contact));
}

/**
 * An update may have `displayName` made up anew, unless it is sent along (documented). It stays as
 * the user has it, unless the name itself changes, or it only stands in for one.
 */
function shown(wire: GraphContact, patch: Patch): WireFields {
  const before = nameOf(wire);
  if (patch.name === undefined && before !== undefined) {
    return given(wire.displayName) === undefined ? {} : { displayName: wire.displayName ?? '' };
  }
  const name = patch.name ?? undefined;
  const fileAs = followed(wire.fileAs, before, name);
  return {
    displayName:
      followed(wire.displayName, before, name) ?? displayName(applyPatch(contactOf(wire), patch)),
    ...(fileAs !== undefined && { fileAs }),
  };
}

function names(wire: GraphContact, name: Name): WireFields {
  return {
    ...line(wire, 'givenName', name.given),
    ...line(wire, 'surname', name.family),
    ...line(wire, 'middleName', name.middle),
    ...line(wire, 'title', name.prefix),
    ...line(wire, 'generation', name.suffix),
  };
}

type LineProperty =
  | 'givenName'
  | 'surname'
  | 'middleName'
  | 'title'
  | 'generation'
  | 'companyName'
  | 'jobTitle'
  | 'mobilePhone';

function line(
  wire: GraphContact,
  property: LineProperty,
  wanted: string | null | undefined,
): WireFields {
  const [before, after] = [given(wire[property]), given(wanted)];
  return before === after ? {} : { [property]: after ?? null };
}

/** The list replaces the present one; entries that stay keep the name that they are shown by. */
function emails(wire: GraphContact, wanted: readonly Entry[]): WireFields {
  const present = (wire.emailAddresses ?? []).filter((email) => given(email?.address));
  const values = emailsInSlots(wanted);
  if (
    sameTexts(
      values,
      present.map((email) => given(email?.address) ?? ''),
    )
  )
    return {};
  const emailAddresses = values.map((value) => {
    const kept = present.find((email) => sameValue.emails(email?.address ?? '', value));
    const name = given(kept?.name);
    return { address: value, ...(name !== undefined && { name }) };
  });
  return { emailAddresses };
}

function phones(wire: GraphContact, wanted: readonly Entry[]): WireFields {
  const { business, home, mobile } = phonesInSlots(wanted);
  return {
    ...list(wire, 'businessPhones', business),
    ...list(wire, 'homePhones', home),
    ...line(wire, 'mobilePhone', mobile[0]),
  };
}

function ims(wire: GraphContact, wanted: readonly Entry[]): WireFields {
  return list(wire, 'imAddresses', imsInSlots(wanted));
}

function list(
  wire: GraphContact,
  property: 'businessPhones' | 'homePhones' | 'imAddresses',
  wanted: readonly string[],
): WireFields {
  return sameTexts(wanted, givenTexts(wire[property])) ? {} : { [property]: [...wanted] };
}

function sameTexts(one: readonly string[], two: readonly string[]): boolean {
  return one.length === two.length && one.every((text, at) => text === two[at]);
}

function addresses(wire: GraphContact, wanted: readonly Address[]): WireFields {
  const { business, home, other } = addressesInSlots(wanted.filter(saysSomething));
  return {
    ...addressSlot(wire, 'business', business[0]),
    ...addressSlot(wire, 'home', home[0]),
    ...addressSlot(wire, 'other', other[0]),
  };
}

function saysSomething(address: Address): boolean {
  const { label: _, ...parts } = address;
  return Object.values(parts).some((part) => given(part) !== undefined);
}

/** An address is sent as a complete set of its parts (documented); an emptied one has empty parts. */
function addressSlot(
  wire: GraphContact,
  slot: AddressSlot,
  wanted: Address | undefined,
): WireFields {
  const before = addressIn(wire, slot);
  const after = wanted === undefined ? undefined : inParts(wanted);
  if (before === undefined ? after === undefined : after !== undefined && samePlace(before, after))
    return {};
  const physical = {
    street: after?.street ?? '',
    city: after?.city ?? '',
    state: after?.region ?? '',
    postalCode: after?.postalCode ?? '',
    countryOrRegion: after?.country ?? '',
  };
  return { [`${slot}Address`]: physical };
}

/** Outlook's street takes several lines: what has no place of its own goes there. */
function inParts({ street, extended, poBox, formatted, ...rest }: Address): Address {
  const lines = [street, extended, poBox].flatMap((part) => given(part) ?? []);
  const { city, region, postalCode, country } = rest;
  const bare = [...lines, city, region, postalCode, country].every((part) => !given(part));
  const whole = bare ? given(formatted) : given(lines.join('\n'));
  return {
    ...(whole !== undefined && { street: whole }),
    city: given(city) ?? '',
    region: given(region) ?? '',
    postalCode: given(postalCode) ?? '',
    country: given(country) ?? '',
  };
}

/** A date that Outlook cannot hold leaves its own one alone. */
function birthday(wire: GraphContact, wanted: Contact['birthday'] | null): WireFields {
  const before = readBirthday(given(wire.birthday) ?? '');
  if (wanted === undefined || wanted === null)
    return before === undefined ? {} : { birthday: null };
  const after = writeBirthday(wanted);
  const stays = after === undefined || (before !== undefined && writeBirthday(before) === after);
  return stays ? {} : { birthday: after };
}
