import { isRecord } from '../core.ts';
import { invalidArgument } from './errors.ts';
import {
  FIELD_KEYS,
  OUTPUT_KEYS,
  READABLE_FIELDS,
  SINGLETONS,
  STORED_FIELDS,
  WRITABLE_FIELDS,
} from './person-fields.ts';
import type { ContactFields, Item, StoredField } from './person-fields.ts';

/** Said of the Contacts product: 1,024 characters in every field but the notes. */
const MAX_TEXT = 1024;
const PERSON_KEYS: readonly string[] = [
  ...READABLE_FIELDS,
  'resourceName',
  'etag',
  'fileAses',
  'ageRange',
];

/** What a client sent as a person, understood. */
export interface PersonInput {
  readonly fields: ContactFields;
  /** Resource names of groups; `undefined` when the body has no `memberships`. */
  readonly groups: readonly string[] | undefined;
  readonly etag: string | undefined;
  readonly sourceEtag: string | undefined;
}

/** @throws {GoogleFailure} for anything that the People API refuses */
export function readPerson(body: unknown): PersonInput {
  if (!isRecord(body)) throw invalidArgument('Invalid JSON payload received.');
  refuseUnknown(body, PERSON_KEYS, 'person');
  const fields: { [F in StoredField]?: readonly Item[] } = {};
  for (const field of STORED_FIELDS) {
    if (body[field] !== undefined) fields[field] = readField(field, body[field]);
  }
  return {
    fields,
    groups: body['memberships'] === undefined ? undefined : readGroups(body['memberships']),
    etag: typeof body['etag'] === 'string' ? body['etag'] : undefined,
    sourceEtag: readSourceEtag(body['metadata']),
  };
}

/** A mask for reading. @throws {GoogleFailure} naming the parameter and the bad path */
export function readMask(parameter: string, text: string): ReadonlySet<string> {
  return checkedMask(parameter, text, READABLE_FIELDS);
}

/** A mask for writing. */
export function writeMask(parameter: string, text: string | null | undefined): ReadonlySet<string> {
  return checkedMask(parameter, text ?? '', WRITABLE_FIELDS);
}

function checkedMask(parameter: string, text: string, legal: readonly string[]) {
  const paths = text
    .split(',')
    .map((path) => path.trim())
    .filter((path) => path !== '');
  if (paths.length === 0) {
    throw invalidArgument(
      `${parameter} mask is required. Please specify one or more valid paths. Valid paths are documented at https://developers.google.com/people/api/rest/v1/people/get.`,
    );
  }
  const bad = paths.find((path) => !legal.includes(path));
  if (bad !== undefined) {
    throw invalidArgument(
      `Invalid ${parameter} mask path: "${bad}". Valid paths are documented at https://developers.google.com/people/api/rest/v1/people/get.`,
    );
  }
  return new Set(paths);
}

function readField(field: StoredField, value: unknown): readonly Item[] {
  if (!Array.isArray(value)) throw invalidArgument();
  const items = value.map((item: unknown, index) => readItem(field, item, `${field}[${index}]`));
  const filled = items.filter((item) => Object.keys(item).length > 0);
  if (SINGLETONS.includes(field) && filled.length > 1) {
    throw invalidArgument(`Cannot have more than one person.${field} per source.`);
  }
  return filled;
}

function readItem(field: StoredField, item: unknown, where: string): Item {
  if (!isRecord(item)) throw invalidArgument();
  const keys: readonly string[] = FIELD_KEYS[field];
  refuseUnknown(item, [...keys, ...OUTPUT_KEYS], `person.${where}`);
  const kept = Object.entries(item).filter(
    ([key, value]) => keys.includes(key) && value !== '' && value !== null,
  );
  for (const [key, value] of kept) checkValue(field, `${where}.${key}`, value);
  return finished(field, Object.fromEntries(kept), item);
}

function checkValue(field: StoredField, where: string, value: unknown): void {
  const key = where.slice(where.lastIndexOf('.') + 1);
  if (key === 'date' || key === 'startDate' || key === 'endDate') return checkDate(value);
  const type = VALUE_TYPES[key] ?? 'string';
  if (typeof value !== type) throw invalidArgument(`Invalid value at 'person.${where}'`);
  if (field === 'biographies' || typeof value !== 'string') return;
  if (value.length > MAX_TEXT) throw invalidArgument();
}

const VALUE_TYPES: Readonly<Record<string, string>> = {
  current: 'boolean',
  fullTimeEquivalentMillipercent: 'number',
};

function checkDate(value: unknown): void {
  if (!isRecord(value)) throw invalidArgument();
  refuseUnknown(value, ['year', 'month', 'day'], 'date');
  const [year, month, day] = ['year', 'month', 'day'].map((key) => value[key] ?? 0);
  if (typeof year !== 'number' || typeof month !== 'number' || typeof day !== 'number') {
    throw invalidArgument();
  }
  // 29 February is a date of its own when the year is not known.
  const leapYear = 2000;
  const length = new Date(Date.UTC(year === 0 ? leapYear : year, month, 0)).getUTCDate();
  const legal = month >= 0 && month <= 12 && day >= 0 && (month === 0 || day <= length);
  if (!legal) throw invalidArgument();
}

function finished(field: StoredField, item: Item, sent: Item): Item {
  if (field === 'biographies' && item['value'] === undefined) return {};
  if (field === 'biographies') return { contentType: 'TEXT_PLAIN', ...item };
  if (field !== 'names') return item;
  if (Object.keys(item).length === 0 && typeof sent['displayName'] === 'string') {
    throw invalidArgument();
  }
  return withNameParts(item);
}

/** Google takes a name in one piece apart. Where parts are given too, we let the parts win. */
function withNameParts(item: Item): Item {
  const { unstructuredName, ...parts } = item;
  if (Object.keys(parts).length > 0 || typeof unstructuredName !== 'string') return parts;
  const words = unstructuredName.trim().split(/\s+/u);
  const family = words.length > 1 ? words.pop() : undefined;
  return {
    givenName: words.join(' '),
    ...(family === undefined ? {} : { familyName: family }),
  };
}

function readGroups(value: unknown): readonly string[] {
  if (!Array.isArray(value)) throw invalidArgument();
  return value.flatMap((membership: unknown) => {
    if (!isRecord(membership)) throw invalidArgument();
    const group = membership['contactGroupMembership'];
    const name = isRecord(group) ? group['contactGroupResourceName'] : undefined;
    return typeof name === 'string' ? [name] : [];
  });
}

function readSourceEtag(metadata: unknown): string | undefined {
  const sources = isRecord(metadata) ? metadata['sources'] : undefined;
  if (!Array.isArray(sources)) return undefined;
  const contact = sources.filter(isRecord).find(({ type }) => type === 'CONTACT');
  const etag = contact?.['etag'];
  return typeof etag === 'string' ? etag : undefined;
}

function refuseUnknown(record: object, known: readonly string[], where: string): void {
  const bad = Object.keys(record).find((key) => !known.includes(key));
  if (bad === undefined) return;
  throw invalidArgument(
    `Invalid JSON payload received. Unknown name "${bad}" at '${where}': Cannot find field.`,
  );
}
