import type { people_v1 } from 'googleapis/build/src/apis/people/v1.js';
import * as v from 'valibot';

/** A person as the People API speaks of one. */
export type Person = people_v1.Schema$Person;

/** What every entry of a person's field carries: which source it comes from, and whether it leads. */
export interface Sourced {
  readonly metadata?: people_v1.Schema$FieldMetadata;
}

/** The fields that are read, and that every write asks back. Another list needs a full sync. */
export const PERSON_FIELDS = [
  'addresses',
  'biographies',
  'birthdays',
  'clientData',
  'emailAddresses',
  'imClients',
  'memberships',
  'metadata',
  'names',
  'organizations',
  'phoneNumbers',
  'photos',
].join(',');

/** Own contacts only: without it, joined profiles bring second names and foreign addresses. */
export const CONTACT_SOURCE = 'READ_SOURCE_TYPE_CONTACT';

/** The user's language would change labels and names of groups from machine to machine. */
export const HEADERS = { 'accept-language': 'en' } as const;

/** The key of our private mark in `clientData`, which Google's own pages do not show. */
export const MARK_KEY = 'contactsync';

export const MY_CONTACTS = 'contactGroups/myContacts';

const text = v.nullish(v.string());
const flag = v.nullish(v.boolean());
const number = v.nullish(v.number());

function entries<const E extends v.ObjectEntries>(shape: E) {
  const metadata = v.nullish(
    v.looseObject({ primary: flag, source: v.nullish(v.looseObject({ type: text })) }),
  );
  return v.nullish(v.array(v.looseObject({ ...shape, metadata })));
}

/** Every property that is read here; anything else may be whatever Google likes. */
const personSchema = v.looseObject({
  resourceName: v.pipe(v.string(), v.nonEmpty()),
  etag: text,
  metadata: v.nullish(
    v.looseObject({
      deleted: flag,
      previousResourceNames: v.nullish(v.array(v.string())),
      sources: v.nullish(
        v.array(v.looseObject({ type: text, id: text, etag: text, updateTime: text })),
      ),
    }),
  ),
  addresses: entries({
    type: text,
    streetAddress: text,
    extendedAddress: text,
    poBox: text,
    city: text,
    region: text,
    postalCode: text,
    country: text,
    formattedValue: text,
  }),
  biographies: entries({ value: text, contentType: text }),
  birthdays: entries({
    date: v.nullish(v.looseObject({ year: number, month: number, day: number })),
  }),
  clientData: entries({ key: text, value: text }),
  emailAddresses: entries({ value: text, type: text }),
  imClients: entries({ username: text, protocol: text }),
  memberships: entries({
    contactGroupMembership: v.nullish(
      v.looseObject({ contactGroupResourceName: text, contactGroupId: text }),
    ),
  }),
  names: entries({
    givenName: text,
    familyName: text,
    middleName: text,
    honorificPrefix: text,
    honorificSuffix: text,
    unstructuredName: text,
  }),
  organizations: entries({ name: text, title: text, current: flag }),
  phoneNumbers: entries({ value: text, type: text }),
  photos: entries({ url: text, default: flag }),
});

export type PersonReading =
  | { readonly kind: 'person'; readonly person: Person }
  | { readonly kind: 'malformed'; readonly id: string; readonly reason: string };

/**
 * Judges what came as a person. One property of the wrong type makes the whole person malformed:
 * read without it, it would look as if the user had cleared that field.
 */
export function readPerson(value: unknown): PersonReading {
  const result = v.safeParse(personSchema, value, { abortEarly: true });
  if (result.success) return { kind: 'person', person: value as Person };
  const where = v.getDotPath(result.issues[0]) ?? 'the whole record';
  return {
    kind: 'malformed',
    id: idOf(value),
    reason: `Google sent a contact that cannot be read (${where}).`,
  };
}

function idOf(value: unknown): string {
  const id = isRecord(value) ? value['resourceName'] : undefined;
  return typeof id === 'string' && id !== '' ? id : 'people/unknown';
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Entries of the contact itself, not those of a profile joined to it. */
export function own<E extends Sourced>(list: readonly E[] | null | undefined): readonly E[] {
  return (list ?? []).filter((entry) => {
    const type = entry.metadata?.source?.type;
    return type === undefined || type === null || type === 'CONTACT';
  });
}

/** The person's part that is the contact: its etag is the contact's own version. */
export function contactSource(person: Person): people_v1.Schema$Source | undefined {
  return person.metadata?.sources?.find((source) => source.type === 'CONTACT');
}
