import type { Address, Birthday, Contact, Entry } from './contact.ts';
import { fullName } from './contact.ts';

export interface VCardOptions {
  readonly uid?: string;
  readonly categories?: readonly string[];
  /** The picture's address: `https:` or `data:`. */
  readonly photo?: string;
}

/**
 * The contact as a vCard 4.0 (RFC 6350, https://www.rfc-editor.org/rfc/rfc6350), ending in CRLF.
 *
 * Everything of the contact is in it. What the RFC has no word for is written as Apple and Google
 * do: free labels as `X-ABLABEL` of an item group, a messenger's service as `X-SERVICE-TYPE`.
 * Control characters other than line ends and tabs are left out; a lone surrogate becomes U+FFFD.
 */
export function toVCard(contact: Contact, options: VCardOptions = {}): string {
  const properties = [
    ...heading(contact, options),
    ...contact.emails.map((entry) => labelled('EMAIL', entry, EMAIL_TYPES)),
    ...contact.phones.map((entry) => labelled('TEL', entry, PHONE_TYPES)),
    ...contact.ims.map(messenger),
    ...contact.addresses.map(postal),
    ...optional('ORG', contact.organization),
    ...optional('TITLE', contact.jobTitle),
    ...optional('NOTE', contact.notes),
    ...(contact.birthday === undefined ? [] : [plain('BDAY', dateOf(contact.birthday))]),
    ...belongings(options),
  ];
  const lines = ['BEGIN:VCARD', 'VERSION:4.0', ...grouped(properties), 'END:VCARD'];
  return lines.map((line) => `${fold(line)}\r\n`).join('');
}

const LINE_OCTETS = 75;

/** A property without its group; one with a free label gets a group when all are known. */
interface Property {
  readonly name: string;
  readonly params?: readonly Param[];
  readonly value: string;
  readonly freeLabel?: string;
}

type Param = readonly [name: string, value: string];

const EMAIL_TYPES: Readonly<Record<string, string>> = { home: 'home', work: 'work' };

/** Fixed words for phones, as RFC 6350 section 6.4.1 spells them. */
const PHONE_TYPES: Readonly<Record<string, string>> = {
  home: 'home',
  work: 'work',
  mobile: 'cell',
  workMobile: 'work,cell',
  homeFax: 'home,fax',
  workFax: 'work,fax',
  pager: 'pager',
  workPager: 'work,pager',
};

const ADDRESS_TYPES = EMAIL_TYPES;

/** The URI schemes in use; `im` (RFC 3860) stands for any other service. */
const SCHEMES: Readonly<Record<string, string>> = {
  aim: 'aim',
  googleTalk: 'xmpp',
  icq: 'icq',
  jabber: 'xmpp',
  msn: 'msnim',
  qq: 'qq',
  skype: 'skype',
  yahoo: 'ymsgr',
};

function heading(contact: Contact, options: VCardOptions): Property[] {
  const { family, given, middle, prefix, suffix } = contact.name ?? {};
  const shown =
    fullName(contact.name) ||
    (contact.organization ?? contact.emails[0]?.value ?? contact.phones[0]?.value ?? '');
  return [
    ...(options.uid === undefined ? [] : [identifier(options.uid)]),
    plain('FN', escape(shown)),
    plain('N', structured([family, given, middle, prefix, suffix])),
  ];
}

function identifier(uid: string): Property {
  return /^[a-z][a-z0-9+.-]*:[\w!#$&'()*+,./:;=?@~%-]+$/i.test(uid)
    ? plain('UID', uid)
    : { name: 'UID', params: [['VALUE', 'text']], value: escape(uid) };
}

function belongings({ categories = [], photo }: VCardOptions): Property[] {
  return [
    ...(categories.length === 0 ? [] : [plain('CATEGORIES', categories.map(escape).join(','))]),
    ...(photo === undefined ? [] : [plain('PHOTO', uriOf(photo))]),
  ];
}

function labelled(name: string, entry: Entry, types: Readonly<Record<string, string>>): Property {
  return {
    name,
    ...labelParams(entry.label, types, entry.primary),
    value: escape(entry.value),
  };
}

function messenger(entry: Entry): Property {
  const scheme = wordFor(entry.label, SCHEMES) ?? 'im';
  const service: Param[] = entry.label === undefined ? [] : [['X-SERVICE-TYPE', entry.label]];
  const handle = encodeURIComponent(clean(entry.value)).replaceAll('%40', '@');
  return {
    name: 'IMPP',
    params: [...service, ...preference(entry.primary)],
    value: `${scheme}:${handle}`,
  };
}

function postal(address: Address): Property {
  const { poBox, extended, street, city, region, postalCode, country, formatted } = address;
  const { params, freeLabel } = labelParams(address.label, ADDRESS_TYPES);
  const shown: Param[] =
    formatted === undefined ? [] : [['LABEL', formatted.replaceAll('\\', '\\\\')]];
  return {
    name: 'ADR',
    params: [...params, ...shown],
    value: structured([poBox, extended, street, city, region, postalCode, country]),
    ...(freeLabel === undefined ? {} : { freeLabel }),
  };
}

function labelParams(
  label: string | undefined,
  types: Readonly<Record<string, string>>,
  primary?: true,
): { readonly params: readonly Param[]; readonly freeLabel?: string } {
  const pref = preference(primary);
  if (label === undefined) return { params: pref };
  const type = wordFor(label, types);
  return type === undefined
    ? { params: pref, freeLabel: label }
    : { params: [['TYPE', type], ...pref] };
}

function wordFor(
  label: string | undefined,
  words: Readonly<Record<string, string>>,
): string | undefined {
  return label !== undefined && Object.hasOwn(words, label) ? words[label] : undefined;
}

function preference(primary: true | undefined): Param[] {
  return primary === undefined ? [] : [['PREF', '1']];
}

/** RFC 6350 section 4.3.1: `YYYYMMDD`, or `--MMDD` when the year is not known. */
function dateOf({ year, month, day }: Birthday): string {
  return `${year === undefined ? '--' : digits(year, 4)}${digits(month, 2)}${digits(day, 2)}`;
}

function digits(value: number, count: number): string {
  return String(value).padStart(count, '0');
}

function optional(name: string, value: string | undefined): Property[] {
  return value === undefined ? [] : [plain(name, escape(value))];
}

function plain(name: string, value: string): Property {
  return { name, value };
}

function structured(components: readonly (string | undefined)[]): string {
  return components.map((component) => escape(component ?? '')).join(';');
}

function* grouped(properties: readonly Property[]): Generator<string> {
  let items = 0;
  for (const property of properties) {
    if (property.freeLabel === undefined) {
      yield lineOf(property);
    } else {
      items += 1;
      yield `item${items}.${lineOf(property)}`;
      yield `item${items}.X-ABLABEL:${escape(property.freeLabel)}`;
    }
  }
}

function lineOf({ name, params = [], value }: Property): string {
  const shown = params.map(([param, text]) => `;${param}=${paramValue(text)}`);
  return `${name}${shown.join('')}:${value}`;
}

/** RFC 6868: `^n`, `^'` and `^^` for what a parameter cannot hold. */
function paramValue(text: string): string {
  if (/^[\w.-]+$/.test(text)) return text;
  const safe = clean(text).replaceAll('^', '^^').replaceAll('\n', '^n').replaceAll('"', "^'");
  return `"${safe}"`;
}

/** RFC 6350 section 3.4. */
function escape(text: string): string {
  return clean(text)
    .replaceAll(/[\\;,]/g, (character) => `\\${character}`)
    .replaceAll('\n', '\\n');
}

function uriOf(address: string): string {
  return clean(address).replaceAll(/\s/g, '');
}

/** Line ends as `\n`, no other control character but the tab, and nothing that UTF-8 cannot hold. */
function clean(text: string): string {
  return text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[^\P{Cc}\n\t]/gu, '')
    .replaceAll(/\p{Cs}/gu, '\uFFFD');
}

/** RFC 6350 section 3.2: at most 75 octets a line, never inside a character. */
function fold(line: string): string {
  if (line.length * 3 <= LINE_OCTETS) return line;
  const lines: string[] = [];
  let start = 0;
  let octets = 0;
  let position = 0;
  for (const character of line) {
    const size = octetsOf(character);
    if (octets + size > LINE_OCTETS) {
      lines.push(line.slice(start, position));
      start = position;
      octets = 1;
    }
    octets += size;
    position += character.length;
  }
  return [...lines, line.slice(start)].join('\r\n ');
}

function octetsOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}
