import type { Entry } from '../../contact/contact.ts';
import type { SandboxExtras, SandboxOrganization } from '../seed-contact.ts';
import { parseBirthday } from './birthday.ts';
import type { Card } from './card.ts';
import { firstText, labelOf, named } from './card.ts';
import { entriesOf } from './entries.ts';
import type { Property } from './property.ts';
import { components, list, param, text } from './property.ts';
import { present } from './text.ts';

/** How writers other than Apple spell a relation or a day: by the property's name. */
const RELATIONS: Readonly<Record<string, string>> = {
  'X-SPOUSE': 'spouse',
  'X-EVOLUTION-SPOUSE': 'spouse',
  'X-MS-SPOUSE': 'spouse',
  'X-EVOLUTION-MANAGER': 'manager',
  'X-MS-MANAGER': 'manager',
  'X-EVOLUTION-ASSISTANT': 'assistant',
  'X-MS-ASSISTANT': 'assistant',
};
const ANNIVERSARIES = [
  'ANNIVERSARY',
  'X-ANNIVERSARY',
  'X-EVOLUTION-ANNIVERSARY',
  'X-MS-ANNIVERSARY',
];
/** `X-ANDROID-CUSTOM:vnd.android.cursor.item/nickname;Jon;1;;;…` */
const ANDROID = 'vnd.android.cursor.item/';

/** `undefined` where the card has nothing of the kind. */
export function extrasOf(card: Card): SandboxExtras | undefined {
  const [first, ...others] = organizationsOf(card);
  const extras = present<SandboxExtras>({
    nicknames: some(nicknamesOf(card)),
    urls: some(entriesOf(card, ['URL']).map(inOurWords)),
    sips: some(entriesOf(card, ['X-SIP'])),
    relations: some(relationsOf(card)),
    events: some(eventsOf(card)),
    occupation: firstText(card, 'ROLE'),
    department: first?.department,
    organizations: some(others),
    phonetic: phoneticOf(card),
  });
  return Object.keys(extras).length === 0 ? undefined : extras;
}

/** Every company with its departments, named ones first; a title belongs to the company in its place. */
export function organizationsOf(card: Card): readonly SandboxOrganization[] {
  const companies = named(card, 'ORG').map(components);
  const titles = named(card, 'TITLE').map((property) => text(property).trim());
  return Array.from({ length: Math.max(companies.length, titles.length) }, (_, at) => {
    const [name = '', ...departments] = (companies[at] ?? []).map((part) => part.trim());
    return present<SandboxOrganization>({
      name,
      title: titles[at],
      department: departments.filter((part) => part !== '').join(', '),
    });
  })
    .filter((one) => Object.keys(one).length > 0)
    .toSorted((one, two) => Number(two.name !== undefined) - Number(one.name !== undefined));
}

function nicknamesOf(card: Card): readonly string[] {
  const names = [
    ...named(card, 'NICKNAME').flatMap(list),
    ...androidOf(card, 'nickname').map(([name = '']) => name),
  ];
  return [...new Set(names.map((name) => name.trim()).filter((name) => name !== ''))];
}

/** vCard 4.0 may name the person by an address (`urn:uuid:…`), which says nothing to a reader. */
function relationsOf(card: Card): readonly Entry[] {
  const free = entriesOf(card, ['X-ABRELATEDNAMES', 'RELATED'])
    .filter(({ value }) => !/^urn:/i.test(value))
    .map(inOurWords);
  const spelled = Object.entries(RELATIONS).flatMap(([name, label]) =>
    named(card, name).map((property): Entry => ({ value: text(property).trim(), label })),
  );
  return [...free, ...spelled.filter(({ value }) => value !== '')];
}

/** Google exports its fixed labels in capitals (`DOMESTIC_PARTNER`), Apple with one (`Spouse`). */
function inOurWords({ value, label }: Entry): Entry {
  const isFixed = label !== undefined && /^(?:[A-Z]+(?:_[A-Z]+)*|[A-Z][a-z]+)$/.test(label);
  const word = isFixed
    ? label.toLowerCase().replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase())
    : label;
  return present<Entry>({ value, label: word, primary: undefined });
}

function eventsOf(card: Card): NonNullable<SandboxExtras['events']> {
  const read = (property: Property, label: string | undefined) => {
    const date = parseBirthday(text(property), param(property, 'X-APPLE-OMIT-YEAR')[0]);
    return date === undefined ? [] : [present<Event>({ date, label })];
  };
  return [
    ...named(card, 'X-ABDATE').flatMap((property) =>
      read(property, labelOf(card, property)?.replace(/^Anniversary$/i, 'anniversary')),
    ),
    ...ANNIVERSARIES.flatMap((name) => named(card, name)).flatMap((property) =>
      read(property, 'anniversary'),
    ),
  ];
}

type Event = NonNullable<SandboxExtras['events']>[number];

function phoneticOf(card: Card): SandboxExtras['phonetic'] {
  const phonetic = present<NonNullable<SandboxExtras['phonetic']>>({
    given: firstText(card, 'X-PHONETIC-FIRST-NAME'),
    middle: firstText(card, 'X-PHONETIC-MIDDLE-NAME'),
    family: firstText(card, 'X-PHONETIC-LAST-NAME'),
  });
  return Object.keys(phonetic).length === 0 ? undefined : phonetic;
}

function androidOf(card: Card, kind: string): readonly (readonly string[])[] {
  return named(card, 'X-ANDROID-CUSTOM')
    .map(components)
    .filter(([type]) => type === ANDROID + kind)
    .map(([, ...values]) => values);
}

function some<T>(values: readonly T[]): readonly T[] | undefined {
  return values.length === 0 ? undefined : values;
}
