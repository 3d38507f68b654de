/** Which fields a person has, and what may stand in them (documented: People API v1). */

/** What `personFields` and `readMask` may name. */
export const READABLE_FIELDS = [
  'addresses',
  'ageRanges',
  'biographies',
  'birthdays',
  'calendarUrls',
  'clientData',
  'coverPhotos',
  'emailAddresses',
  'events',
  'externalIds',
  'genders',
  'imClients',
  'interests',
  'locales',
  'locations',
  'memberships',
  'metadata',
  'miscKeywords',
  'names',
  'nicknames',
  'occupations',
  'organizations',
  'phoneNumbers',
  'photos',
  'relations',
  'sipAddresses',
  'skills',
  'urls',
  'userDefined',
] as const;

/** The keys of each writable field but `memberships`; `metadata` and what Google formats are ignored. */
export const FIELD_KEYS = {
  addresses: [
    'type',
    'formattedValue',
    'poBox',
    'streetAddress',
    'extendedAddress',
    'city',
    'region',
    'postalCode',
    'country',
    'countryCode',
  ],
  biographies: ['value', 'contentType'],
  birthdays: ['date', 'text'],
  calendarUrls: ['url', 'type'],
  clientData: ['key', 'value'],
  emailAddresses: ['value', 'type', 'displayName'],
  events: ['date', 'type'],
  externalIds: ['value', 'type'],
  genders: ['value', 'addressMeAs'],
  imClients: ['username', 'type', 'protocol'],
  interests: ['value'],
  locales: ['value'],
  locations: ['value', 'type', 'current', 'buildingId', 'floor', 'floorSection', 'deskCode'],
  miscKeywords: ['value', 'type'],
  names: [
    'unstructuredName',
    'familyName',
    'givenName',
    'middleName',
    'honorificPrefix',
    'honorificSuffix',
    'phoneticFullName',
    'phoneticFamilyName',
    'phoneticGivenName',
    'phoneticMiddleName',
    'phoneticHonorificPrefix',
    'phoneticHonorificSuffix',
  ],
  nicknames: ['value', 'type'],
  occupations: ['value'],
  organizations: [
    'type',
    'startDate',
    'endDate',
    'current',
    'name',
    'phoneticName',
    'department',
    'title',
    'jobDescription',
    'symbol',
    'domain',
    'location',
    'costCenter',
    'fullTimeEquivalentMillipercent',
  ],
  phoneNumbers: ['value', 'type'],
  relations: ['person', 'type'],
  sipAddresses: ['value', 'type'],
  urls: ['value', 'type'],
  userDefined: ['key', 'value'],
} as const;

export type StoredField = keyof typeof FIELD_KEYS;
export const STORED_FIELDS = Object.keys(FIELD_KEYS) as StoredField[];

/** What `updatePersonFields` and `updateMask` may name. */
export const WRITABLE_FIELDS: readonly string[] = [...STORED_FIELDS, 'memberships'];

/** Keys that clients may send back and that Google ignores. */
export const OUTPUT_KEYS: readonly string[] = [
  'metadata',
  'formattedType',
  'formattedProtocol',
  'formattedValue',
  'canonicalForm',
  'displayName',
  'displayNameLastFirst',
];

/** Only one entry for each source (documented). */
export const SINGLETONS: readonly StoredField[] = ['biographies', 'birthdays', 'genders', 'names'];

/** Cut to 100 entries in lists; `people.get` gives all (documented). */
export const CUT_IN_LISTS: readonly string[] = ['emailAddresses', 'phoneNumbers'];

/** One entry of a field as it is on the wire, without metadata. */
export type Item = Readonly<Record<string, unknown>>;

/** What a contact source holds. */
export type ContactFields = { readonly [F in StoredField]?: readonly Item[] };
