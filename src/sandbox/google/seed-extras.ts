import type { Birthday, Entry } from '../../contact/contact.ts';
import type { SandboxExtras, SandboxOrganization } from '../seed-contact.ts';
import type { ContactFields, Item } from './person-fields.ts';

/** The fields with what the neutral contact has no place for. */
export function withExtras(fields: ContactFields, extras: SandboxExtras = {}): ContactFields {
  const { nicknames = [], urls = [], sips = [], relations = [], events = [] } = extras;
  const added: ContactFields = {
    nicknames: nicknames.map((value) => ({ value })),
    urls: urls.map(valueItem),
    sipAddresses: sips.map(valueItem),
    relations: relations.map(({ value, label }) => typed({ person: value }, label)),
    events: events.map(({ date, label }) => typed({ date: dateItem(date) }, label)),
    occupations: extras.occupation === undefined ? [] : [{ value: extras.occupation }],
    organizations: organizationItems(fields, extras),
    names: nameItems(fields, extras.phonetic),
  };
  const filled = Object.entries(added).filter(([, items]) => items.length > 0);
  return { ...fields, ...Object.fromEntries(filled) };
}

function organizationItems(
  fields: ContactFields,
  { department, organizations = [] }: SandboxExtras,
): readonly Item[] {
  const [first] = fields.organizations ?? [];
  const whole = department === undefined ? first : { type: 'work', ...first, department };
  return [...(whole === undefined ? [] : [whole]), ...organizations.map(organizationItem)];
}

function organizationItem(organization: SandboxOrganization): Item {
  return { type: 'work', ...organization };
}

function nameItems(fields: ContactFields, phonetic: SandboxExtras['phonetic']): readonly Item[] {
  if (phonetic === undefined) return fields.names ?? [];
  const { given, middle, family } = phonetic;
  const parts = Object.entries({
    phoneticGivenName: given,
    phoneticMiddleName: middle,
    phoneticFamilyName: family,
  }).filter(([, value]) => value !== undefined);
  return [{ ...fields.names?.[0], ...Object.fromEntries(parts) }];
}

function valueItem({ value, label }: Entry): Item {
  return typed({ value }, label);
}

function typed(item: Item, label: string | undefined): Item {
  return label === undefined ? item : { ...item, type: label };
}

function dateItem(date: Birthday): Item {
  return { ...date };
}
