import type { Address, Entry } from '../../contact/contact.ts';
import type { Card } from './card.ts';
import { labelOf } from './card.ts';
import { messengerOf } from './messengers.ts';
import type { Property } from './property.ts';
import { components, param, preference, text } from './property.ts';
import { present, unescape } from './text.ts';

interface Found {
  readonly value: string;
  readonly label: string | undefined;
  readonly preference: number | undefined;
}

export function emailsOf(card: Card): readonly Entry[] {
  return entries(labelled(card, 'EMAIL', (value) => value.replace(/^mailto:/i, '')));
}

/** Any other kind of property, as entries. */
export function entriesOf(card: Card, names: readonly string[]): readonly Entry[] {
  return entries(names.flatMap((name) => labelled(card, name, (value) => value)));
}

export function phonesOf(card: Card): readonly Entry[] {
  // Outlook keeps numbers that vCard 2.1 has no type for apart.
  return entries(['TEL', 'X-MS-TEL'].flatMap((name) => labelled(card, name, telephone)));
}

export function imsOf(card: Card): readonly Entry[] {
  const found = card.properties.flatMap((property): Found[] => {
    const messenger = messengerOf(property);
    if (messenger === undefined) return [];
    const { value, service } = messenger;
    return [{ value, label: service, preference: preference(property) }];
  });
  return entries(found);
}

export function addressesOf(card: Card): readonly Address[] {
  const addresses = card.properties
    .filter((property) => property.name === 'ADR')
    .map((property) => addressOf(card, property));
  for (const property of card.properties.filter(({ name }) => name === 'LABEL')) {
    attach(addresses, labelOf(card, property), text(property).trim());
  }
  return addresses.filter(hasParts);
}

function hasParts(address: Address): boolean {
  return Object.keys(address).some((key) => key !== 'label');
}

function labelled(card: Card, name: string, read: (value: string) => string): readonly Found[] {
  return card.properties
    .filter((property) => property.name === name)
    .map((property) => ({
      value: read(text(property).trim()),
      label: labelOf(card, property),
      preference: preference(property),
    }));
}

/** Each once, as Apple writes a messenger under two names; the most preferred one is the primary. */
function entries(found: readonly Found[]): readonly Entry[] {
  const distinct = new Map<string, Found>();
  for (const entry of found) {
    const key = JSON.stringify([entry.value, entry.label]);
    if (entry.value !== '' && !distinct.has(key)) distinct.set(key, entry);
  }
  const all = [...distinct.values()];
  const best = all.reduce((least, { preference }) => Math.min(least, preference ?? 101), 101);
  const primary = all.find((entry) => entry.preference === best);
  return all.map((entry) =>
    present<Entry>({
      value: entry.value,
      label: entry.label,
      primary: entry === primary ? true : undefined,
    }),
  );
}

/** RFC 3966: `tel:+1-555-0100;ext=12`. */
function telephone(value: string): string {
  const [, number] = /^tel:(\+?[\d(].*)$/is.exec(value) ?? [];
  return number === undefined ? value : number.replace(/;ext=/i, ' ext. ').replace(/;.*$/s, '');
}

function addressOf(card: Card, property: Property): Address {
  const [poBox, extended, street, city, region, postalCode, country] = components(property).map(
    (component) => component.trim(),
  );
  const [shown] = param(property, 'LABEL');
  return present<Address>({
    label: labelOf(card, property),
    street,
    extended,
    poBox,
    city,
    region,
    postalCode,
    country,
    formatted: shown === undefined ? undefined : unescape(shown, true).trim(),
  });
}

/** A `LABEL` property of vCard 2.1 and 3.0 belongs to the address with the same types. */
function attach(addresses: Address[], label: string | undefined, formatted: string): void {
  const position = addresses.findIndex(
    (address) => address.label === label && address.formatted === undefined,
  );
  const owner = addresses[position];
  if (owner === undefined) addresses.push(present<Address>({ label, formatted }));
  else addresses[position] = present<Address>({ ...owner, label: owner.label, formatted });
}
