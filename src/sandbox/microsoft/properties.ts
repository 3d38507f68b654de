/** The properties of a contact in Graph v1.0 that can be written, by their kind. */

export const TEXTS = [
  'displayName',
  'fileAs',
  'title',
  'givenName',
  'middleName',
  'surname',
  'generation',
  'nickName',
  'initials',
  'yomiGivenName',
  'yomiSurname',
  'yomiCompanyName',
  'companyName',
  'department',
  'jobTitle',
  'officeLocation',
  'profession',
  'manager',
  'assistantName',
  'spouseName',
  'businessHomePage',
  'mobilePhone',
  'personalNotes',
] as const;

export const TEXT_LISTS = [
  'businessPhones',
  'homePhones',
  'imAddresses',
  'children',
  'categories',
] as const;

export const ADDRESSES = ['businessAddress', 'homeAddress', 'otherAddress'] as const;

export const ADDRESS_PARTS = ['street', 'city', 'state', 'countryOrRegion', 'postalCode'] as const;

/** Read-only names of the three e-mail slots, new in 2026. */
export const EMAIL_SLOTS = [
  'primaryEmailAddress',
  'secondaryEmailAddress',
  'tertiaryEmailAddress',
] as const;

/** The most values that a property takes; more and the whole request is refused. */
export const MOST_VALUES: Readonly<Record<string, number>> = {
  emailAddresses: 3,
  businessPhones: 2,
  homePhones: 2,
  // Not documented; Exchange itself has three.
  imAddresses: 3,
};

export type TextName = (typeof TEXTS)[number];
export type TextListName = (typeof TEXT_LISTS)[number];
export type AddressName = (typeof ADDRESSES)[number];
export type PropertyName = TextName | TextListName | AddressName | 'emailAddresses' | 'birthday';

export interface EmailAddress {
  readonly name: string;
  readonly address: string;
}

export type PostalAddress = Readonly<Partial<Record<(typeof ADDRESS_PARTS)[number], string>>>;

/** What a contact holds. What is empty is not there. */
export type Properties = Readonly<
  Partial<
    Record<TextName, string> &
      Record<TextListName, readonly string[]> &
      Record<AddressName, PostalAddress> & {
        emailAddresses: readonly EmailAddress[];
        /** `1974-07-22T11:59:00Z` */
        birthday: string;
      }
  >
>;

export const PROPERTIES: readonly PropertyName[] = [
  ...TEXTS,
  ...TEXT_LISTS,
  ...ADDRESSES,
  'emailAddresses',
  'birthday',
];

/** Without what is empty. */
export function filled(properties: Readonly<Partial<Record<PropertyName, unknown>>>): Properties {
  const kept = Object.entries(properties).filter(([, value]) => !isEmpty(value));
  return Object.fromEntries(kept) as Properties;
}

export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
