import { isRecord } from '../core.ts';
import { GraphFailure, badRequest, unknownProperty } from './errors.ts';
import {
  ADDRESSES,
  ADDRESS_PARTS,
  EMAIL_SLOTS,
  MOST_VALUES,
  TEXTS,
  TEXT_LISTS,
  filled,
} from './properties.ts';
import type { EmailAddress, PostalAddress, Properties, PropertyName } from './properties.ts';

/** What a client sent as a contact, understood. */
export interface ContactInput {
  /** What it sent, empty values among them; an empty value clears. */
  readonly values: Readonly<Partial<Record<PropertyName, unknown>>>;
  /** What it sent as an explicit null. */
  readonly nulls: readonly PropertyName[];
  readonly extended: Readonly<Record<string, string>>;
  readonly parentFolderId: string | undefined;
}

/** Sent back by clients that send whole contacts; without effect. */
const READ_ONLY: readonly string[] = [
  'id',
  'changeKey',
  'createdDateTime',
  'lastModifiedDateTime',
  'singleValueExtendedProperties',
  'parentFolderId',
];
const EXTENDED_ID =
  /^\w+ \{[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\} (?:Name .+|Id 0x[0-9a-f]+)$/iu;

/** @throws {GraphFailure} 400 for anything that the service refuses; then nothing is written */
export function readContact(body: unknown): ContactInput {
  if (!isRecord(body)) throw badRequest('Empty Payload. JSON content expected.');
  const values: Partial<Record<PropertyName, unknown>> = {};
  for (const [name, value] of Object.entries(body)) {
    if (name.startsWith('@odata.') || READ_ONLY.includes(name)) continue;
    const read = READERS[name];
    if (read === undefined) throw unknownProperty(name);
    values[name as PropertyName] = value === null ? null : read(name, value);
  }
  const parent = body['parentFolderId'];
  return {
    values,
    nulls: Object.keys(values).filter((name) => body[name] === null) as PropertyName[],
    extended: readExtended(body['singleValueExtendedProperties']),
    parentFolderId: typeof parent === 'string' ? parent : undefined,
  };
}

/** "Only what is sent changes"; an address and a list are replaced as wholes (documented). */
export function withValues(old: Properties, { values }: ContactInput): Properties {
  return filled({ ...old, ...values });
}

type Reader = (name: string, value: unknown) => unknown;

const READERS: Readonly<Record<string, Reader>> = {
  ...Object.fromEntries(TEXTS.map((name) => [name, readText])),
  ...Object.fromEntries(TEXT_LISTS.map((name) => [name, readTexts])),
  ...Object.fromEntries(ADDRESSES.map((name) => [name, readAddress])),
  ...Object.fromEntries(EMAIL_SLOTS.map((name) => [name, refuseSlot])),
  emailAddresses: readEmails,
  birthday: readBirthday,
  personalNotes: (name, value) => readText(name, value).replaceAll(/\r\n|\r|\n/gu, '\r\n'),
};

function readText(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw invalidValue(name);
}

function readTexts(name: string, value: unknown): readonly string[] {
  const texts = readList(name, value).map((text) => readText(name, text));
  return texts.filter((text) => text !== '');
}

function readList(name: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw invalidValue(name);
  const most = MOST_VALUES[name] ?? Number.POSITIVE_INFINITY;
  if (value.length > most) {
    const title = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    throw badRequest(
      `The multi value property ${title} has ${value.length} entries, that exceeds the max allowed value of ${most}`,
      'ErrorInvalidProperty',
    );
  }
  return value as readonly unknown[];
}

function readAddress(name: string, value: unknown): PostalAddress {
  if (!isRecord(value)) throw invalidValue(name);
  const bad = Object.keys(value).find((part) => !ADDRESS_PARTS.some((known) => known === part));
  if (bad !== undefined) throw unknownProperty(bad);
  const parts = Object.entries(value).filter(([, text]) => text !== null && text !== '');
  return Object.fromEntries(parts.map(([part, text]) => [part, readText(name, text)]));
}

/** A malformed address is dropped without an error; a name that is missing is the address (reports). */
function readEmails(name: string, value: unknown): readonly EmailAddress[] {
  return readList(name, value).flatMap((entry) => {
    if (!isRecord(entry)) throw invalidValue(name);
    const address = readText(name, entry['address'] ?? '').trim();
    if (!/^[^\s@,;]+@[^\s@,;]+$/u.test(address)) return [];
    const called = readText(name, entry['name'] ?? '');
    return [{ name: called === '' ? address : called, address }];
  });
}

/** A DateTimeOffset, or a plain date as in the documents' example; kept as UTC. */
function readBirthday(name: string, value: unknown): string {
  const text = readText(name, value);
  const at = new Date(text);
  if (
    !/^\d{4}-\d{2}-\d{2}(?:T.+(?:Z|[+-]\d{2}:\d{2}))?$/u.test(text) ||
    Number.isNaN(at.getTime())
  ) {
    throw badRequest(
      `Cannot convert the literal '${text}' to the expected type 'Edm.DateTimeOffset'.`,
    );
  }
  return at.toISOString().replace(/\.\d+Z$/u, 'Z');
}

/** Whether these can be written is not described; whoever tries is told so. */
function refuseSlot(name: string): never {
  throw badRequest(`The property '${name}' is read-only.`, 'ErrorInvalidProperty');
}

function readExtended(value: unknown): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return {};
  if (!Array.isArray(value)) throw invalidValue('singleValueExtendedProperties');
  return Object.fromEntries(
    value.map((entry: unknown) => {
      const { id, value: text } = isRecord(entry) ? entry : {};
      if (typeof id !== 'string' || typeof text !== 'string' || !EXTENDED_ID.test(id)) {
        throw invalidValue('singleValueExtendedProperties');
      }
      return [id, text];
    }),
  );
}

function invalidValue(name: string): GraphFailure {
  return badRequest(`The value of the property '${name}' is invalid.`, 'ErrorInvalidProperty');
}
