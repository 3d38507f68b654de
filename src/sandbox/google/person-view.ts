import type { people_v1 } from 'googleapis/build/src/apis/people/v1.js';
import type { StoredContact } from './address-book.ts';
import { CUT_IN_LISTS, READABLE_FIELDS, STORED_FIELDS } from './person-fields.ts';
import type { Item, StoredField } from './person-fields.ts';

type Person = people_v1.Schema$Person;

const LIST_CUT = 100;

/** The etag as the answer has it; `undefined` leaves it out. */
export type EtagOut = (etag: string) => string | undefined;

/** How a call asked to see people. */
export interface PersonLook {
  readonly mask: ReadonlySet<string>;
  readonly profiles: boolean;
  readonly contacts: boolean;
  /** Lists cut e-mails and phones. */
  readonly list: boolean;
  /** `http://127.0.0.1:PORT`, where pictures are. */
  readonly origin: string;
  /** What becomes of the etags on their way out. */
  readonly etagOut: EtagOut;
  /** Memberships in groups that are gone do not show. */
  readonly groupExists: (resourceName: string) => boolean;
}

/** The merged view of a contact and the profile that is linked to it. */
export function personView(contact: StoredContact, look: PersonLook): Person {
  const view: Record<string, unknown> = {};
  for (const field of STORED_FIELDS) {
    const items = look.mask.has(field) ? fieldView(field, contact, look) : [];
    if (items.length > 0) view[field] = items;
  }
  const memberships = look.mask.has('memberships') ? membershipView(contact, look) : [];
  return {
    resourceName: contact.resourceName,
    ...etagKey(look.etagOut(personEtag(contact, look))),
    ...(look.mask.has('metadata') ? { metadata: metadataView(contact, look) } : {}),
    ...(view as Partial<Person>),
    ...(memberships.length > 0 ? { memberships } : {}),
    ...(look.mask.has('photos') ? { photos: photoView(contact, look) } : {}),
  };
}

/** Without fields; the metadata too only if asked for. */
export function tombstoneView(resourceName: string, mask: ReadonlySet<string>): Person {
  return {
    resourceName,
    ...(mask.has('metadata') ? { metadata: { deleted: true, objectType: 'PERSON' } } : {}),
  };
}

/**
 * Not a version of the contact: made of the mask, the sources and the contact source's etag
 * (seen in the wild), so that it differs between two masks.
 */
function personEtag(contact: StoredContact, look: PersonLook): string {
  const fields = READABLE_FIELDS.flatMap((field, index) => (look.mask.has(field) ? [index] : []));
  const sources = [...(look.contacts ? [1] : []), ...(look.profiles ? [2] : [])];
  return `%${Buffer.from(JSON.stringify([fields, sources, contact.etag.slice(1)])).toString('base64')}`;
}

/** The contact source's etag inside a person's; `undefined` when it is none of ours. */
export function sourceEtagOf(etag: string): string | undefined {
  try {
    const parts = JSON.parse(Buffer.from(etag.slice(1), 'base64').toString()) as unknown;
    const last: unknown = Array.isArray(parts) ? parts[2] : undefined;
    return typeof last === 'string' ? `#${last}` : undefined;
  } catch {
    return undefined;
  }
}

function etagKey(etag: string | undefined): { readonly etag?: string } {
  return etag === undefined ? {} : { etag };
}

function metadataView(contact: StoredContact, look: PersonLook): people_v1.Schema$PersonMetadata {
  const { id, etag, updatedAt, profile } = contact;
  return {
    sources: [
      { type: 'CONTACT', id, ...etagKey(look.etagOut(etag)), updateTime: updatedAt },
      ...(profile !== undefined && look.profiles
        ? [
            {
              type: 'PROFILE',
              id: profile.id,
              etag: '#profile',
              profileMetadata: { objectType: 'PERSON', userTypes: ['GOOGLE_USER'] },
            },
          ]
        : []),
    ],
    objectType: 'PERSON',
  };
}

function fieldView(field: StoredField, contact: StoredContact, look: PersonLook): readonly Item[] {
  const stored = look.contacts ? (contact.fields[field] ?? []) : [];
  const cut = look.list && CUT_IN_LISTS.includes(field) ? stored.slice(0, LIST_CUT) : stored;
  const own = cut.map((item, index) => ({
    metadata: fieldMetadata(contact, index === 0),
    ...formatted(field, item),
  }));
  if (field !== 'names' || contact.profile === undefined || !look.profiles) return own;
  const { id, name } = contact.profile;
  const metadata = {
    ...(own.length === 0 ? { primary: true } : {}),
    source: { type: 'PROFILE', id },
  };
  return [...own, { metadata, ...formatted('names', { givenName: name }) }];
}

function fieldMetadata(contact: StoredContact, first: boolean): people_v1.Schema$FieldMetadata {
  return {
    ...(first ? { primary: true, sourcePrimary: true } : {}),
    source: { type: 'CONTACT', id: contact.id },
  };
}

function membershipView(contact: StoredContact, look: PersonLook): people_v1.Schema$Membership[] {
  const metadata: people_v1.Schema$FieldMetadata = { source: { type: 'CONTACT', id: contact.id } };
  const groups = contact.groups.filter(look.groupExists).map((contactGroupResourceName) => ({
    metadata,
    contactGroupMembership: {
      contactGroupId: contactGroupResourceName.replace('contactGroups/', ''),
      contactGroupResourceName,
    },
  }));
  if (contact.profile === undefined || !look.profiles) return groups;
  const source = { type: 'DOMAIN_PROFILE', id: contact.profile.id };
  return [...groups, { metadata: { source }, domainMembership: { inViewerDomain: true } }];
}

function photoView(contact: StoredContact, look: PersonLook): people_v1.Schema$Photo[] {
  const { id, photo, profile } = contact;
  const profilePhoto = look.profiles && profile?.hasPhoto === true;
  const own: people_v1.Schema$Photo = {
    metadata: { primary: true, source: { type: 'CONTACT', id } },
    url: `${look.origin}/photos/contacts/${id}/${photo?.version ?? 'default'}=s100`,
    ...(photo === undefined ? { default: true } : {}),
  };
  if (profile === undefined || !profilePhoto) return [own];
  return [
    own,
    {
      metadata: { source: { type: 'PROFILE', id: profile.id } },
      url: `${look.origin}/photos/a/${profile.id}/profile=s100`,
    },
  ];
}

/** Google adds what it has formatted; clients must not send it back. */
function formatted(field: StoredField, item: Item): Item {
  const type = item['type'];
  const formattedType = typeof type === 'string' ? { formattedType: titleCase(type) } : {};
  switch (field) {
    case 'names':
      return { ...nameForms(item), ...item };
    case 'phoneNumbers':
      return { ...item, ...canonicalForm(item), ...formattedType };
    case 'addresses':
      return { ...item, formattedValue: formattedAddress(item), ...formattedType };
    case 'imClients':
      return { ...item, ...formattedProtocol(item), ...formattedType };
    case 'genders':
      return { ...item, formattedValue: titleCase(text(item, 'value')) };
    case 'nicknames':
    case 'locations':
      return item;
    default:
      return { ...item, ...formattedType };
  }
}

function nameForms(item: Item): Item {
  const part = (key: string) => text(item, key);
  const display = joined(' ', [
    part('honorificPrefix'),
    part('givenName'),
    part('middleName'),
    part('familyName'),
  ]);
  const withSuffix = joined(', ', [display, part('honorificSuffix')]);
  const given = joined(' ', [part('givenName'), part('middleName')]);
  return {
    displayName: withSuffix,
    displayNameLastFirst: joined(', ', [part('familyName'), given]),
    unstructuredName: withSuffix,
  };
}

function canonicalForm(item: Item): Item {
  const digits = text(item, 'value').replaceAll(/[\s().\-/]/gu, '');
  return /^\+\d{7,15}$/u.test(digits) ? { canonicalForm: digits } : {};
}

function formattedAddress(item: Item): string {
  const own = text(item, 'formattedValue');
  if (own !== '') return own;
  const part = (key: string) => text(item, key);
  return joined('\n', [
    part('streetAddress'),
    part('extendedAddress'),
    part('poBox'),
    joined(' ', [part('postalCode'), part('city')]),
    part('region'),
    part('country'),
  ]);
}

function formattedProtocol(item: Item): Item {
  const protocol = text(item, 'protocol');
  return protocol === '' ? {} : { formattedProtocol: titleCase(protocol) };
}

function joined(separator: string, parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(separator);
}

function text(item: Item, key: string): string {
  const value = item[key];
  return typeof value === 'string' ? value : '';
}

function titleCase(word: string): string {
  return word === '' ? '' : word[0]?.toUpperCase() + word.slice(1);
}
