import type { Address, Birthday, Contact, Entry, ListField, Name } from './contact.ts';

/*
 * Normalising serves comparison only: nothing that comes out of this file is ever written anywhere.
 */

/** Composed Unicode, single spaces, no space at the ends. */
export function plainText(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.normalize('NFC').replace(/\s+/gu, ' ').trim();
}

/** Nothing to do: words of ASCII with single spaces between them. This is most of all text. */
const PLAIN = /^(?:[!-~]+(?: [!-~]+)*)?$/u;

/** As {@link plainText}, and case aside. */
export function folded(text: string): string {
  const plain = plainText(text);
  return (PLAIN.test(plain) ? plain : plain.normalize('NFKC')).toLowerCase();
}

/** By which organizations are told apart: case and spaces aside. */
export function organizationKey(name: string): string {
  return folded(name);
}

const EXTENSION = /(?:\bext|\bx|\bwew|;ext=|#)\W*(\d{1,6})\s*$/iu;
/** Fewer digits than this are an extension or a short code: equal only when equal to the letter. */
const SUBSCRIBER_DIGITS = 7;
/** How many last digits of a number serve to look it up; {@link samePhone} then decides. */
const LOOKUP_DIGITS = 8;

interface PhoneParts {
  readonly digits: string;
  readonly international: boolean;
  readonly extension: string;
}

function phoneParts(raw: string): PhoneParts {
  const text = raw.normalize('NFKC').trim();
  const extension = EXTENSION.exec(text)?.[1] ?? '';
  const number = extension === '' ? text : text.replace(EXTENSION, '');
  const digits = number.replace(/\(0\)/gu, '').replace(/\D/gu, '');
  if (number.startsWith('+')) return { digits, international: true, extension };
  if (digits.startsWith('00')) return { digits: digits.slice(2), international: true, extension };
  return { digits, international: false, extension };
}

/**
 * Whether two spellings are the same number. Without knowing the user's country: a national number
 * (its trunk zero aside) equals an international one that ends with it.
 */
export function samePhone(one: string, two: string): boolean {
  const [a, b] = [phoneParts(one), phoneParts(two)];
  if (a.extension !== b.extension) return false;
  if (a.digits === '' || b.digits === '') return folded(one) === folded(two);
  if (a.international === b.international) return a.digits === b.digits;
  const [national, international] = a.international ? [b, a] : [a, b];
  const subscriber = national.digits.replace(/^0/u, '');
  return subscriber.length >= SUBSCRIBER_DIGITS && international.digits.endsWith(subscriber);
}

/** Equal for all spellings of one number; rarely also for different ones. */
export function phoneLookup(raw: string): string | undefined {
  const { digits } = phoneParts(raw);
  return digits.length < SUBSCRIBER_DIGITS ? undefined : digits.slice(-LOOKUP_DIGITS);
}

/** Letter case of an address's local part distinguishes mailboxes in theory only. */
export function emailKey(email: string): string {
  return folded(email);
}

/** Whether it has the form of an e-mail address; whether it is one, nobody can tell. */
export function looksLikeEmail(value: string): boolean {
  return /^[^\s@<>(),;:]+@[^\s@<>(),;:.]+(?:\.[^\s@<>(),;:.]+)*$/u.test(value.trim());
}

export const sameValue: { readonly [F in ListField]: (one: string, two: string) => boolean } = {
  emails: (one, two) => emailKey(one) === emailKey(two),
  phones: samePhone,
  ims: (one, two) => folded(one) === folded(two),
};

export function sameLabel(one: string | undefined, two: string | undefined): boolean {
  return folded(one ?? '') === folded(two ?? '');
}

export function sameEntry(field: ListField, one: Entry, two: Entry): boolean {
  return sameValue[field](one.value, two.value) && sameLabel(one.label, two.label);
}

const ADDRESS_PARTS = [
  'street',
  'extended',
  'poBox',
  'city',
  'region',
  'postalCode',
  'country',
] as const satisfies readonly (keyof Address)[];

function addressText(address: Address): string {
  return ADDRESS_PARTS.map((part) => folded(address[part] ?? '')).join('|');
}

const NO_PARTS = '|'.repeat(ADDRESS_PARTS.length - 1);

/** Whether two addresses are the same place, their labels aside. */
export function samePlace(one: Address, two: Address): boolean {
  const [a, b] = [addressText(one), addressText(two)];
  if (a === NO_PARTS && b === NO_PARTS)
    return folded(one.formatted ?? '') === folded(two.formatted ?? '');
  return a === b;
}

export function sameAddress(one: Address, two: Address): boolean {
  return samePlace(one, two) && sameLabel(one.label, two.label);
}

export const NAME_PARTS = [
  'prefix',
  'given',
  'middle',
  'family',
  'suffix',
] as const satisfies readonly (keyof Name)[];

export function sameName(one: Name | undefined, two: Name | undefined): boolean {
  return NAME_PARTS.every((part) => plainText(one?.[part] ?? '') === plainText(two?.[part] ?? ''));
}

export function sameBirthday(one: Birthday | undefined, two: Birthday | undefined): boolean {
  return one?.year === two?.year && one?.month === two?.month && one?.day === two?.day;
}

/** Notes keep their lines; spaces at line ends and blank ends do not count. */
export function sameNotes(one: string | undefined, two: string | undefined): boolean {
  return notesText(one) === notesText(two);
}

function notesText(notes: string | undefined): string {
  return (notes ?? '')
    .normalize('NFC')
    .replace(/\r\n?/gu, '\n')
    .replace(/[^\S\n]+$/gmu, '')
    .trim();
}

export function sameLine(one: string | undefined, two: string | undefined): boolean {
  return plainText(one ?? '') === plainText(two ?? '');
}

/** Given and family name in one, for looking people up. Empty without either. */
export function nameKey(contact: Contact): string {
  return folded([contact.name?.given, contact.name?.family].filter(Boolean).join(' '));
}
