import { compact } from '../../contact/compact.ts';
import type { Address, Contact, Entry, Name } from '../../contact/contact.ts';
import type { Revision } from '../../plan/model.ts';
import { readBirthday } from './birthday.ts';
import { nameInDisplayName } from './names.ts';
import { photoRef } from './photo-ref.ts';
import { ADDRESS_LABELS, type AddressSlot, PHONE_LABELS } from './slots.ts';
import { given, givenTexts } from './text.ts';
import {
  categoryGroup,
  DEFAULT_FOLDER,
  type Extras,
  extrasOf,
  type GraphContact,
  readContact,
} from './wire.ts';

/** What came as a contact, as the engine understands it. */
export type Observed =
  | { readonly kind: 'revision'; readonly revision: Revision; readonly contact: GraphContact }
  | { readonly kind: 'malformed'; readonly id: string; readonly reason: string };

/** What an answer does not say by itself. */
export interface Surroundings {
  /** The id of the folder that is `contacts` to us. */
  readonly defaultFolder: string | undefined;
  /** In place of what the answer's own extended properties say. */
  readonly extras?: Extras;
}

/** Reads one contact of an answer. Never throws: what cannot be read is `malformed`. */
export function observe(value: unknown, surroundings: Surroundings): Observed {
  const reading = readContact(value);
  if (reading.kind === 'malformed') return reading;
  const { contact } = reading;
  const id = contact.id ?? '';
  const etag = changeKeyOf(contact);
  if (etag === undefined) {
    return { kind: 'malformed', id, reason: 'Microsoft sent a contact without its change key.' };
  }
  return { kind: 'revision', revision: revisionOf(contact, etag, surroundings), contact };
}

/** The etag is the change key in other clothes (documented examples). */
export function changeKeyOf(contact: GraphContact): string | undefined {
  const etag = given(contact['@odata.etag'])?.replace(/^(?:W\/)?"(.*)"$/u, '$1');
  return given(contact.changeKey) ?? given(etag);
}

function revisionOf(wire: GraphContact, etag: string, surroundings: Surroundings): Revision {
  const id = wire.id ?? '';
  const { mark, picture } = surroundings.extras ?? extrasOf(wire);
  return compact<Revision>({
    id,
    etag,
    contact: contactOf(wire),
    createdAt: given(wire.createdDateTime),
    updatedAt: given(wire.lastModifiedDateTime),
    groups: groupsOf(wire, surroundings.defaultFolder),
    owned: true,
    photo: picture === true ? photoRef(id, etag) : undefined,
    mark,
  });
}

/** The contact in Graph's: notes are not synced with Outlook, and its e-mails have no labels. */
export function contactOf(wire: GraphContact): Contact {
  return compact<Contact>({
    name: nameOf(wire),
    emails: emailsOf(wire),
    phones: phonesOf(wire),
    ims: givenTexts(wire.imAddresses).map((value) => ({ value })),
    addresses: addressesOf(wire),
    organization: given(wire.companyName),
    jobTitle: given(wire.jobTitle),
    birthday: readBirthday(given(wire.birthday) ?? ''),
  });
}

export function nameOf(wire: GraphContact): Name | undefined {
  const name = compact<Name>({
    given: given(wire.givenName),
    family: given(wire.surname),
    middle: given(wire.middleName),
    prefix: given(wire.title),
    suffix: given(wire.generation),
  });
  return Object.keys(name).length > 0 ? name : nameInDisplayName(wire);
}

/** The first slot is Outlook's main address. */
function emailsOf(wire: GraphContact): readonly Entry[] {
  const values = (wire.emailAddresses ?? []).flatMap((email) => given(email?.address) ?? []);
  return values.map((value, at) => ({ value, ...(at === 0 && { primary: true as const }) }));
}

function phonesOf(wire: GraphContact): readonly Entry[] {
  const of = (numbers: readonly (string | null | undefined)[] | null | undefined, label: string) =>
    givenTexts(numbers).map((value) => ({ value, label }));
  return [
    ...of(wire.businessPhones, PHONE_LABELS.business),
    ...of(wire.homePhones, PHONE_LABELS.home),
    ...of([wire.mobilePhone], PHONE_LABELS.mobile),
  ];
}

const ADDRESS_PROPERTIES = {
  business: 'businessAddress',
  home: 'homeAddress',
  other: 'otherAddress',
} as const satisfies { readonly [S in AddressSlot]: keyof GraphContact };

export function addressIn(wire: GraphContact, slot: AddressSlot): Address | undefined {
  const parts = wire[ADDRESS_PROPERTIES[slot]];
  const address = compact<Address>({
    street: given(parts?.street),
    city: given(parts?.city),
    region: given(parts?.state),
    postalCode: given(parts?.postalCode),
    country: given(parts?.countryOrRegion),
  });
  return Object.keys(address).length === 0
    ? undefined
    : { label: ADDRESS_LABELS[slot], ...address };
}

function addressesOf(wire: GraphContact): readonly Address[] {
  const slots = ['business', 'home', 'other'] as const;
  return slots.flatMap((slot) => addressIn(wire, slot) ?? []);
}

function groupsOf(wire: GraphContact, defaultFolder: string | undefined): readonly string[] {
  const folder = given(wire.parentFolderId);
  const folders = folder === undefined ? [] : [folder === defaultFolder ? DEFAULT_FOLDER : folder];
  return [...folders, ...new Set(givenTexts(wire.categories).map(categoryGroup))];
}
