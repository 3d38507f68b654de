import {
  type Address,
  type Birthday,
  type Contact,
  type Entry,
  EMPTY_CONTACT,
  type ListField,
  type Name,
} from '../../../src/contact/contact.ts';

/*
 * The words in which a scenario says what a contact has: `email ada@example.com (work), title "X"`.
 */

/** One thing said of a contact: a word, and what follows it. */
export interface Part {
  readonly word: string;
  readonly value: string;
  readonly label?: string;
}

const LISTS: Readonly<Record<string, ListField>> = { email: 'emails', phone: 'phones', im: 'ims' };
const NAME_PARTS = ['given', 'family', 'middle', 'prefix', 'suffix'] as const;
const SCALARS = { organization: 'organization', title: 'jobTitle', notes: 'notes' } as const;

export function listOf(word: string): ListField | undefined {
  return LISTS[word];
}

/** Cuts at commas that are not inside quotes. */
export function splitParts(text: string): readonly string[] {
  const parts = text.match(/(?:"[^"]*"|[^,"])+/gu) ?? [];
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** `phone +49 30 1 (mobile)`: a word, its value (quotes aside), and a label. */
export function parsePart(text: string): Part {
  const match = /^(\S+)(?:\s+(.*?))?(?:\s+\(([^()]+)\))?$/su.exec(text);
  if (match === null) throw new Error(`cannot read "${text}"`);
  const [, word = '', value = '', label] = match;
  return { word, value: unquoted(value), ...(label === undefined ? {} : { label }) };
}

export function unquoted(text: string): string {
  const inner = /^"(.*)"$/su.exec(text.trim())?.[1] ?? text.trim();
  return inner.replaceAll('\\n', '\n');
}

export function entryOf({ value, label }: Part): Entry {
  return label === undefined ? { value } : { value, label };
}

/** `1 Main St; Springfield; 12345; USA`: street, city, postal code, country. */
export function addressOf({ value, label }: Part): Address {
  const keys = ['street', 'city', 'postalCode', 'country'] as const;
  const texts = value.split(';').map((text) => text.trim());
  const parts = keys.map((key, at) => [key, texts[at]] as const);
  const said = Object.fromEntries(parts.filter(([, text]) => text !== undefined && text !== ''));
  return { ...said, ...(label === undefined ? {} : { label }) };
}

/** `1980-02-29`, or `02-29` without a year. */
export function birthdayOf(text: string): Birthday {
  const [, year, month = '', day = ''] = /^(?:(\d{4})-)?(\d\d)-(\d\d)$/u.exec(text) ?? [];
  const date = { month: Number(month), day: Number(day) };
  return year === undefined ? date : { year: Number(year), ...date };
}

/** The last word is the family name, `Dr.` a prefix, what is between the middle. */
export function nameOf(text: string): Name {
  const words = text.split(' ').filter((word) => word !== '');
  const prefix = words[0]?.endsWith('.') ? words.shift() : undefined;
  const given = words.shift();
  const family = words.pop();
  const middle = words.length === 0 ? undefined : words.join(' ');
  const parts = Object.entries({ prefix, given, middle, family });
  return Object.fromEntries(parts.filter(([, part]) => part !== undefined)) as Name;
}

/** `contact` with this part said of it: added to a list, set elsewhere. */
export function withPart(contact: Contact, part: Part): Contact {
  const { word, value } = part;
  const list = listOf(word);
  if (list !== undefined) return { ...contact, [list]: [...contact[list], entryOf(part)] };
  if (isNamePart(word)) return { ...contact, name: { ...contact.name, [word]: value } };
  if (isScalar(word)) return { ...contact, [SCALARS[word]]: value };
  switch (word) {
    case 'name':
      return { ...contact, name: nameOf(value) };
    case 'address':
      return { ...contact, addresses: [...contact.addresses, addressOf(part)] };
    case 'birthday':
      return { ...contact, birthday: birthdayOf(value) };
    default:
      throw new Error(`a contact has no "${word}"`);
  }
}

/** What `no title`, `no phone …`, `no middle` take away. */
export function withoutPart(contact: Contact, { word, value }: Part): Contact {
  const list = listOf(word);
  if (list !== undefined) {
    return { ...contact, [list]: removed(contact[list], (one) => one.value === value, value) };
  }
  if (word === 'address') {
    const addresses = removed(contact.addresses, ({ street }) => street === value, value);
    return { ...contact, addresses };
  }
  if (isNamePart(word)) {
    const { [word]: _, ...name } = contact.name ?? {};
    return { ...contact, name };
  }
  const field = isScalar(word) ? SCALARS[word] : word;
  const { [field as 'notes']: _, ...rest } = contact;
  return rest;
}

function removed<T>(entries: readonly T[], fits: (one: T) => boolean, value: string): readonly T[] {
  const kept = value === '' ? [] : entries.filter((one) => !fits(one));
  if (kept.length === entries.length) throw new Error(`there is no ${value} to take away`);
  return kept;
}

export function isNamePart(word: string): word is (typeof NAME_PARTS)[number] {
  return (NAME_PARTS as readonly string[]).includes(word);
}

export function isScalar(word: string): word is keyof typeof SCALARS {
  return word in SCALARS;
}

/** The contact, its name the label unless another is given (`nameless` for none at all). */
export function contactOf(label: string, parts: readonly Part[]): Contact {
  const named = parts.some(({ word }) => word === 'name' || isNamePart(word));
  const nameless = parts.some(({ word }) => word === 'nameless');
  const start: Contact = named || nameless ? EMPTY_CONTACT : withName(label);
  return parts.filter(({ word }) => word !== 'nameless').reduce(withPart, start);
}

function withName(label: string): Contact {
  return { ...EMPTY_CONTACT, name: { given: label } };
}

const CHANGES: readonly (readonly [
  RegExp,
  (contact: Contact, match: readonly string[]) => Contact,
])[] = [
  [/^no (.+)$/su, (contact, [, rest = '']) => withoutPart(contact, parsePart(rest))],
  [
    /^change (email|phone|im) (.+?) to (.+)$/su,
    (contact, [, word = '', from = '', to = '']) =>
      replaced(contact, word, from, (entry) => ({ ...entry, value: to })),
  ],
  [
    /^label (email|phone|im) (.+?) as (.+)$/su,
    (contact, [, word = '', value = '', label = '']) =>
      replaced(contact, word, value, (entry) => ({ ...entry, label: unquoted(label) })),
  ],
  [
    /^put (email|phone|im) (.+) first$/su,
    (contact, [, word = '', value = '']) => putFirst(contact, word, value),
  ],
];

/** One edit: `no title`, `change phone A to B`, `label phone A as home`, `put email A first`, or a part to add or set. */
export function edited(contact: Contact, text: string): Contact {
  for (const [pattern, change] of CHANGES) {
    const match = pattern.exec(text);
    if (match !== null) return change(contact, match);
  }
  return withPart(contact, parsePart(text));
}

function replaced(
  contact: Contact,
  word: string,
  value: string,
  change: (entry: Entry) => Entry,
): Contact {
  const list = listOf(word) as ListField;
  if (!contact[list].some((one) => one.value === value)) throw new Error(`there is no ${value}`);
  return {
    ...contact,
    [list]: contact[list].map((one) => (one.value === value ? change(one) : one)),
  };
}

function putFirst(contact: Contact, word: string, value: string): Contact {
  const list = listOf(word) as ListField;
  const [first, others] = [
    contact[list].filter((one) => one.value === value),
    contact[list].filter((one) => one.value !== value),
  ];
  const plain = others.map(({ primary: _primary, ...rest }): Entry => rest);
  return {
    ...contact,
    [list]: [...first.map((one): Entry => ({ ...one, primary: true })), ...plain],
  };
}
