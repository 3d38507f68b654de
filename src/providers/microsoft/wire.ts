import type { Contact as OutlookContact } from '@microsoft/microsoft-graph-types';
import * as v from 'valibot';

/** A contact as Graph speaks of one. */
export type GraphContact = OutlookContact & { readonly '@odata.etag'?: string | null };

/** The properties that are read. The user's notes are not asked for: they are not synced. */
const READ_PROPERTIES = [
  'id',
  'changeKey',
  'parentFolderId',
  'createdDateTime',
  'lastModifiedDateTime',
  'categories',
  'displayName',
  'fileAs',
  'title',
  'givenName',
  'middleName',
  'surname',
  'generation',
  'emailAddresses',
  'businessPhones',
  'homePhones',
  'mobilePhone',
  'imAddresses',
  'businessAddress',
  'homeAddress',
  'otherAddress',
  'companyName',
  'jobTitle',
  'birthday',
] as const satisfies readonly (keyof GraphContact)[];

export const SELECT = READ_PROPERTIES.join(',');

/**
 * Our private mark: a named property that no page of Outlook shows. One name for all contacts,
 * since a mailbox takes a limited number of names (documented).
 * https://learn.microsoft.com/graph/api/resources/extended-properties-overview
 */
export const MARK = 'String {7b0f4c52-6d0e-4d7e-9d43-3f1c2a9b85e6} Name contactsync';

/** Outlook's own note that a contact has a picture (PidLidHasPicture, MS-OXOCNTC). */
const HAS_PICTURE = 'Boolean {00062004-0000-0000-C000-000000000046} Id 0x8015';

/** What no plain answer has, and no change feed (documented): it is asked for by name. */
export const EXPAND = `singleValueExtendedProperties($filter=id eq '${MARK}' or id eq '${HAS_PICTURE}')`;

/** Ids that outlive a move between folders, on every request (documented). */
export const IMMUTABLE_IDS = 'IdType="ImmutableId"';

/** Group ids of our own: the default folder by its well-known name, a category by its name. */
export const DEFAULT_FOLDER = 'contacts';
const CATEGORY = 'category:';

export function categoryGroup(name: string): string {
  return `${CATEGORY}${name}`;
}

/** The category's name, or `undefined` where the group is a folder. */
export function categoryOf(group: string): string | undefined {
  return group.startsWith(CATEGORY) ? group.slice(CATEGORY.length) : undefined;
}

/** An id in a path. Escaped `=` has been answered with 404 (seen in the wild). */
export function pathId(id: string): string {
  return encodeURIComponent(id).replaceAll('%3D', '=');
}

export function contactPath(id: string): string {
  return `/me/contacts/${pathId(id)}`;
}

const text = v.nullish(v.string());
const texts = v.nullish(v.array(text));
const address = v.nullish(
  v.looseObject({
    street: text,
    city: text,
    state: text,
    countryOrRegion: text,
    postalCode: text,
  }),
);

/** Every property that is read here; anything else may be whatever Microsoft likes. */
const contactSchema = v.looseObject({
  id: v.pipe(v.string(), v.nonEmpty()),
  '@odata.etag': text,
  changeKey: text,
  parentFolderId: text,
  createdDateTime: text,
  lastModifiedDateTime: text,
  categories: texts,
  displayName: text,
  fileAs: text,
  title: text,
  givenName: text,
  middleName: text,
  surname: text,
  generation: text,
  emailAddresses: v.nullish(v.array(v.nullish(v.looseObject({ address: text, name: text })))),
  businessPhones: texts,
  homePhones: texts,
  mobilePhone: text,
  imAddresses: texts,
  businessAddress: address,
  homeAddress: address,
  otherAddress: address,
  companyName: text,
  jobTitle: text,
  birthday: text,
  singleValueExtendedProperties: v.nullish(v.array(v.looseObject({ id: text, value: text }))),
});

export type ContactReading =
  | { readonly kind: 'contact'; readonly contact: GraphContact }
  | { readonly kind: 'malformed'; readonly id: string; readonly reason: string };

/**
 * Judges what came as a contact. One property of the wrong type makes the whole contact malformed:
 * read without it, it would look as if the user had cleared that field.
 */
export function readContact(value: unknown): ContactReading {
  const result = v.safeParse(contactSchema, value, { abortEarly: true });
  if (result.success) return { kind: 'contact', contact: value as GraphContact };
  const where = v.getDotPath(result.issues[0]) ?? 'the whole record';
  return {
    kind: 'malformed',
    id: idIn(value) ?? 'unknown',
    reason: `Microsoft sent a contact that cannot be read (${where}).`,
  };
}

export function idIn(value: unknown): string | undefined {
  const id = isRecord(value) ? value['id'] : undefined;
  return typeof id === 'string' && id !== '' ? id : undefined;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What the extended properties of an answer say. */
export interface Extras {
  readonly mark?: string;
  readonly picture?: true;
}

export function extrasOf(contact: GraphContact): Extras {
  const properties = contact.singleValueExtendedProperties ?? [];
  const valueOf = (wanted: string): string | undefined => {
    const found = properties.find(({ id }) => id?.toLowerCase() === wanted.toLowerCase());
    return found?.value ?? undefined;
  };
  const mark = valueOf(MARK);
  return {
    ...(mark !== undefined && mark !== '' && { mark }),
    ...(valueOf(HAS_PICTURE)?.toLowerCase() === 'true' && { picture: true }),
  };
}
