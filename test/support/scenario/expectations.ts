import { fullName, type Address, type Contact, type Entry } from '../../../src/contact/contact.ts';
import { sameBirthday } from '../../../src/contact/normalize.ts';
import { counts } from '../world.ts';
import type { Act, Words } from './acts.ts';
import {
  addressOf,
  birthdayOf,
  isNamePart,
  isScalar,
  listOf,
  parsePart,
  splitParts,
  type Part,
} from './parts.ts';
import { contactSeen, idOf, recordOf, type Actor, type Stage } from './stage.ts';

/** A sentence that turned out not to be true. */
export class NotSo extends Error {}

const SCALARS = { organization: 'organization', title: 'jobTitle', notes: 'notes' } as const;

function expectContact(stage: Stage, { side = '', label = '', parts = '' }: Words): void {
  const actor = stage.actor(side);
  const id = idOf(actor, label);
  const record = id === undefined ? undefined : recordOf(actor, id);
  if (record === undefined) throw new NotSo(`${side} has no ${label}; it has ${everybody(actor)}`);
  const contact = contactSeen(actor, record);
  for (const text of splitParts(parts)) {
    const negated = text.startsWith('no ');
    const part = parsePart(negated ? text.slice(3) : text);
    const held =
      part.word === 'group'
        ? record.groups.includes(stage.groupId(part.value))
        : holds(contact, part);
    if (held === negated) throw new NotSo(`${side} has ${label}: ${described(contact)}`);
  }
}

/** Whether this can be said of the contact, to the letter. */
function holds(contact: Contact, part: Part): boolean {
  const { word, value } = part;
  const list = listOf(word);
  if (list !== undefined) return contact[list].some((one) => fits(one, part));
  const plural = listOf(value.replace(/s$/u, ''));
  if (plural !== undefined) return contact[plural].length === Number(word);
  if (isNamePart(word)) return said(contact.name?.[word], value);
  if (isScalar(word)) return said(contact[SCALARS[word]], value);
  switch (word) {
    case 'name':
      return said(contact.name && fullName(contact.name), value);
    case 'address':
      return contact.addresses.some((one) => isAddress(one, part));
    case 'birthday':
      return value === ''
        ? contact.birthday !== undefined
        : sameBirthday(contact.birthday, birthdayOf(value));
    default:
      return contact.addresses.length === Number(word) && value === 'addresses';
  }
}

/** `no title` says that there is none at all. */
function said(held: string | undefined, value: string): boolean {
  return value === '' ? held !== undefined : held === value;
}

function fits(entry: Entry, { value, label }: Part): boolean {
  if (value !== '' && entry.value !== value) return false;
  return label === undefined || entry.label === label;
}

function isAddress(address: Address, part: Part): boolean {
  const { label, ...wanted } = addressOf(part);
  const parts = Object.entries(wanted) as [keyof Address, string][];
  if (label !== undefined && address.label !== label) return false;
  return parts.every(([key, text]) => address[key] === text);
}

function everybody({ side }: Actor): string {
  const names = side.records().map(({ contact }) => contact.name?.given ?? '(no name)');
  return names.length === 0 ? 'nobody' : names.join(', ');
}

function described(contact: Contact): string {
  const entries = (word: string, list: readonly Entry[]): readonly string[] =>
    list.map(({ value, label }) => `${word} ${value}${label === undefined ? '' : ` (${label})`}`);
  const { name, emails, phones, ims, addresses, ...scalars } = contact;
  return [
    `name "${fullName(name)}"`,
    ...entries('email', emails),
    ...entries('phone', phones),
    ...entries('im', ims),
    ...addresses.map((address) => `address ${JSON.stringify(address)}`),
    ...Object.entries(scalars).map(([word, value]) => `${word} ${JSON.stringify(value)}`),
  ].join(', ');
}

function expectNobody(stage: Stage, { side = '', label = '' }: Words): void {
  const actor = stage.actor(side);
  const id = idOf(actor, label);
  if (id !== undefined && recordOf(actor, id) !== undefined) {
    throw new NotSo(`${side} has ${label}`);
  }
}

function expectCount(stage: Stage, { side = '', count = '' }: Words): void {
  const actor = stage.actor(side);
  const found = actor.side.records().length;
  if (found !== Number(count)) throw new NotSo(`${side} holds ${found}: ${everybody(actor)}`);
}

function expectOrganizations(stage: Stage, { side = '', parts = '' }: Words): void {
  const found = stage.actor(side).side.organizationNames().join(', ');
  if (found !== parts) throw new NotSo(`${side} has the organizations ${found}`);
}

function expectWrites(stage: Stage, { numbers = '' }: Words): void {
  for (const [, side = '', count] of numbers.matchAll(/(\w+) (\d+)/gu)) {
    const found = stage.last.writes.get(side);
    if (found !== Number(count)) {
      const all = [...stage.last.writes].map(([name, number]) => `${name} ${number}`).join(' ');
      throw new NotSo(`the last sync's writes are ${all}`);
    }
  }
}

function expectPart(found: string | number | undefined, wanted: string, what: string): void {
  if (String(found) !== wanted) throw new NotSo(`${what} ${String(found)}`);
}

export const EXPECTATIONS: readonly (readonly [RegExp, Act])[] = [
  [/^expect (?<side>\w+) no (?<label>\w+)$/u, expectNobody],
  [/^expect (?<side>\w+) holds (?<count>\d+)$/u, expectCount],
  [/^expect (?<side>crm) organizations (?<parts>.+)$/u, expectOrganizations],
  [/^expect writes(?<numbers>(?: \w+ \d+)+)$/u, expectWrites],
  [
    /^expect status (?<status>[-\w]+)$/u,
    ({ last }, { status = '' }) => expectPart(last.report?.status, status, 'the status is'),
  ],
  [
    /^expect report (?<text>.+)$/u,
    ({ last }, { text = '' }) =>
      expectPart(last.report && counts(last.report), text, 'the report says'),
  ],
  [
    /^expect conflicts (?<count>\d+)$/u,
    ({ last }, { count = '' }) => expectPart(last.report?.conflicts, count, 'conflicts found:'),
  ],
  [
    /^expect set aside (?<label>.+)$/u,
    ({ last }, { label = '' }) => {
      const names = (last.report?.setAside ?? []).map(({ contact }) => contact);
      if (!names.some((name) => name.split(' ')[0] === label || name === label)) {
        throw new NotSo(`set aside: ${names.join(', ') || 'nobody'}`);
      }
    },
  ],
  [/^expect (?<side>\w+) (?<label>\w+)(?:: (?<parts>.+))?$/su, expectContact],
];
