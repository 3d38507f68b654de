/**
 * The neutral contact: what a person looks like, whoever holds it. It has no id, no etag and no
 * owner; those belong to a {@link ../plan/model.ts Revision}.
 *
 * Absent is `undefined` (the key is missing) or the empty list, never `null` or `''`.
 * Values keep the user's own spelling; normalising serves comparison only (`normalize.ts`).
 */
export interface Contact {
  readonly name?: Name;
  readonly emails: readonly Entry[];
  readonly phones: readonly Entry[];
  /** The label of a messenger is its service: `skype`, `jabber`, … */
  readonly ims: readonly Entry[];
  readonly addresses: readonly Address[];
  readonly organization?: string;
  readonly jobTitle?: string;
  /** Plain text, line ends as `\n`. */
  readonly notes?: string;
  readonly birthday?: Birthday;
}

/** The parts of a name as the holder spells them. A name has at least one part. */
export interface Name {
  readonly given?: string;
  readonly family?: string;
  readonly middle?: string;
  readonly prefix?: string;
  readonly suffix?: string;
}

/** One e-mail address, phone number or messenger. */
export interface Entry {
  readonly value: string;
  /** Lower case where the vendor has a fixed word for it (`home`, `work`, `mobile`, `other`), else free text. */
  readonly label?: string;
  /** At most one entry of a list; a hint for a side that needs one, never compared. */
  readonly primary?: true;
}

export interface Address {
  readonly label?: string;
  readonly street?: string;
  readonly extended?: string;
  readonly poBox?: string;
  readonly city?: string;
  readonly region?: string;
  readonly postalCode?: string;
  readonly country?: string;
  /** The whole address as its holder shows it; compared only when neither side has parts. */
  readonly formatted?: string;
}

/** A civil date. Many people's birthdays are known without the year. */
export interface Birthday {
  readonly year?: number;
  /** 1 to 12 */
  readonly month: number;
  /** 1 to 31 */
  readonly day: number;
}

export type ListField = 'emails' | 'phones' | 'ims';
export type FieldName = keyof Contact;

/** Every field, in the order in which people are shown them. */
export const FIELDS = [
  'name',
  'emails',
  'phones',
  'ims',
  'addresses',
  'organization',
  'jobTitle',
  'notes',
  'birthday',
] as const satisfies readonly FieldName[];

/** What people call the fields. */
export const FIELD_WORDS: { readonly [F in FieldName]: string } = {
  name: 'name',
  emails: 'e-mails',
  phones: 'phones',
  ims: 'messengers',
  addresses: 'postal address',
  organization: 'organization',
  jobTitle: 'job title',
  notes: 'notes',
  birthday: 'birthday',
};

export const EMPTY_CONTACT: Contact = { emails: [], phones: [], ims: [], addresses: [] };

/** A field's new value in a patch: `null` clears it. */
export type Patch = {
  readonly [F in FieldName]?: Contact[F] | null;
};

/** The name as one line, in the order prefix, given, middle, family, suffix. */
export function fullName(name: Name | undefined): string {
  if (name === undefined) return '';
  return [name.prefix, name.given, name.middle, name.family, name.suffix]
    .filter((part) => part !== undefined && part !== '')
    .join(' ');
}

/** What to call a contact on a screen: name, else organization, else e-mail, else phone. */
export function displayName(contact: Contact): string {
  const name = fullName(contact.name);
  if (name !== '') return name;
  return (
    contact.organization ?? contact.emails[0]?.value ?? contact.phones[0]?.value ?? '(no name)'
  );
}
