import type { Address } from '../../contact/contact.ts';
import { compact, cut, filled, oneLine } from './text.ts';
import type { WireAddress } from './wire.ts';

const LONGEST_PART = 255;

/** What an address in Pipedrive says, or `undefined` when it says nothing. It has no label. */
export function addressOf(wire: WireAddress | null | undefined): Address | undefined {
  if (wire === null || wire === undefined) return undefined;
  const address = given({
    street: streetOf(wire),
    extended: filled(wire.subpremise),
    city: filled(wire.locality),
    region: filled(wire.admin_area_level_1),
    postalCode: filled(wire.postal_code),
    country: filled(wire.country),
    formatted: filled(wire.value) ?? filled(wire.formatted_address),
  });
  return Object.keys(address).length === 0 ? undefined : address;
}

function given(parts: { [K in keyof Address]: Address[K] | undefined }): Address {
  return compact(parts);
}

/** Countries differ in whether the number comes first; the one line shows how it is here. */
function streetOf({ route, street_number, value }: WireAddress): string | undefined {
  const street = filled(route);
  const number = filled(street_number);
  if (street === undefined || number === undefined) return street ?? number;
  const numberLast = `${street} ${number}`;
  return value?.includes(numberLast) === true ? numberLast : `${number} ${street}`;
}

/**
 * The one address that a person can have: home before work before other. One without a label
 * comes right after home: it may be the one that Pipedrive already holds, which has none.
 */
export function heldAddresses(addresses: readonly Address[]): readonly Address[] {
  const held = addresses.flatMap((address) => {
    const bare = heldAddress(address);
    return bare === undefined ? [] : [{ bare, rank: rank(address.label) }];
  });
  const [best] = held.toSorted((one, two) => one.rank - two.rank);
  return best === undefined ? [] : [best.bare];
}

const PREFERENCE = ['home', '', 'work'];

function rank(label: string | undefined): number {
  const at = PREFERENCE.indexOf((label ?? '').trim().toLowerCase());
  return at === -1 ? PREFERENCE.length : at;
}

/** `address` as an address field holds it; `undefined` when nothing of it can be held. */
export function heldAddress(address: Address): Address | undefined {
  const parts = given({
    street: part(address.street) ?? part(address.poBox),
    extended: part(address.extended),
    city: part(address.city),
    region: part(address.region),
    postalCode: part(address.postalCode),
    country: part(address.country),
  });
  const formatted = oneLine(address.formatted, ', ') ?? composed(parts);
  return formatted === '' ? undefined : { ...parts, formatted };
}

function part(text: string | undefined): string | undefined {
  return cut(oneLine(text, ', '), LONGEST_PART);
}

function composed({ street, extended, city, region, postalCode, country }: Address): string {
  const town = [postalCode, city].filter((text) => text !== undefined).join(' ');
  return [street, extended, town, region, country]
    .filter((text) => text !== undefined && text !== '')
    .join(', ');
}

/**
 * `address` as Pipedrive takes it. Sub-fields that are left out of a write become null (documented),
 * so those of `before` that still hold true are sent along.
 */
export function wireAddress(address: Address, before?: WireAddress | null): WireAddress {
  const { formatted, ...parts } = address;
  return compact({
    value: formatted ?? composed(parts),
    route: address.street,
    subpremise: address.extended,
    locality: address.city,
    admin_area_level_1: address.region,
    postal_code: address.postalCode,
    country: address.country,
    ...stillTrue(address, before),
  });
}

function stillTrue(address: Address, before: WireAddress | null | undefined): WireAddress {
  const old = addressOf(before);
  if (old === undefined || before === null || before === undefined) return {};
  const sameStreet = old.street !== undefined && old.street === address.street;
  const samePlace = old.city === address.city && old.region === address.region;
  return compact({
    ...(sameStreet && {
      route: before.route ?? undefined,
      street_number: before.street_number ?? undefined,
    }),
    ...(samePlace && {
      sublocality: before.sublocality ?? undefined,
      admin_area_level_2: before.admin_area_level_2 ?? undefined,
    }),
  });
}
