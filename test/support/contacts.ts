import fc from 'fast-check';
import {
  EMPTY_CONTACT,
  type Address,
  type Contact,
  type Entry,
  type Name,
} from '../../src/contact/contact.ts';
import type { Pair, Revision, Rules, Side } from '../../src/plan/model.ts';

/** A contact with nothing but what the test is about. */
export function aContact(parts: Partial<Contact> = {}): Contact {
  return { ...EMPTY_CONTACT, ...parts };
}

export function ann(parts: Partial<Contact> = {}): Contact {
  return aContact({
    name: { given: 'Ann', family: 'Lee' },
    emails: [{ value: 'ann@example.com', label: 'work' }],
    ...parts,
  });
}

export function aRevision(id: string, contact: Contact, more: Partial<Revision> = {}): Revision {
  return { id, etag: '1', contact, groups: [], owned: true, ...more };
}

/** A side that holds everything. */
const EVERYTHING = (contact: Contact): Contact => contact;

/** A CRM as this field knows them: one name of two parts, one address, whole birthdays only. */
export function heldByCrm(contact: Contact): Contact {
  const { name, addresses, birthday, ...rest } = contact;
  const order = ['home', 'work', undefined];
  const address = order
    .flatMap((label) => addresses.filter((one) => label === undefined || one.label === label))
    .at(0);
  const given =
    name?.given ??
    (name?.family === undefined ? (contact.emails[0]?.value ?? 'Unnamed') : undefined);
  const held: Name = {
    ...(given === undefined ? {} : { given }),
    ...(name?.family === undefined ? {} : { family: name.family }),
  };
  return {
    ...rest,
    name: held,
    addresses: address === undefined ? [] : [address],
    ...(birthday?.year === undefined ? {} : { birthday }),
  };
}

export function someRules(parts: Partial<Rules> = {}): Rules {
  return {
    direction: 'one-way',
    onConflict: 'newest',
    match: 'email',
    group: 'all',
    holds: { provider: EVERYTHING, crm: heldByCrm },
    ...parts,
  };
}

/** A pair whose bases are what both sides hold, changed as the test says. */
export function aPair(
  agreed: { readonly provider: Contact; readonly crm: Contact },
  now: { readonly [S in Side]?: Contact | 'deleted' | 'hidden' | 'vanished' } = {},
  more: Partial<Pair> = {},
): Pair {
  const sighting = (side: Side): Pair[Side] => {
    const state = now[side] ?? agreed[side];
    const id = side === 'provider' ? 'p1' : 'c1';
    return typeof state === 'string'
      ? { kind: 'absent', id, how: state }
      : { kind: 'present', revision: aRevision(id, state) };
  };
  return {
    mapping: { id: 1, providerId: 'p1', crmId: 'c1', bases: agreed },
    provider: sighting('provider'),
    crm: sighting('crm'),
    crmShared: false,
    ...more,
  };
}

const word = fc.constantFrom('Ann', 'Lee', 'Żółć', '李', 'O’Brien', 'van der Berg', '👩‍🚀', 'a b');
const label = fc.option(fc.constantFrom('home', 'work', 'mobile', 'Ferienhaus'), {
  nil: undefined,
});

function entry(value: fc.Arbitrary<string>): fc.Arbitrary<Entry> {
  return fc
    .record({ value, label })
    .map((one) => (one.label === undefined ? { value: one.value } : (one as Entry)));
}

function uniqueValues(value: fc.Arbitrary<string>): fc.Arbitrary<readonly Entry[]> {
  return fc.uniqueArray(entry(value), { maxLength: 4, selector: (one) => one.value });
}

const email = fc.integer({ min: 0, max: 9 }).map((n) => `person${n}@example.com`);
const phone = fc.integer({ min: 0, max: 9 }).map((n) => `+49 30 555010${n}`);
const im = fc.integer({ min: 0, max: 9 }).map((n) => `nick${n}`);

const address: fc.Arbitrary<Address> = fc
  .record({ label, street: word, city: word })
  .map((one) =>
    one.label === undefined ? { street: one.street, city: one.city } : (one as Address),
  );

function optional<T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<
  Partial<T>
> {
  return fc.record(model, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;
}

const name: fc.Arbitrary<Name> = optional<Required<Name>>({
  given: word,
  family: word,
  middle: word,
  prefix: fc.constant('Dr.'),
  suffix: fc.constant('jr.'),
}).filter((one) => Object.keys(one).length > 0);

const birthday = fc
  .record({
    year: fc.option(fc.integer({ min: 1900, max: 2020 }), { nil: undefined }),
    month: fc.integer({ min: 1, max: 12 }),
    day: fc.integer({ min: 1, max: 28 }),
  })
  .map(({ year, ...rest }) => (year === undefined ? rest : { year, ...rest }));

/** Any contact, from a small world in which values meet again. */
export const anyContact: fc.Arbitrary<Contact> = fc
  .tuple(
    fc.record({
      emails: uniqueValues(email),
      phones: uniqueValues(phone),
      ims: uniqueValues(im),
      addresses: fc.uniqueArray(address, {
        maxLength: 3,
        selector: (one) => `${one.street}|${one.city}`,
      }),
    }),
    optional<Required<Pick<Contact, 'name' | 'organization' | 'jobTitle' | 'notes' | 'birthday'>>>({
      name,
      organization: word,
      jobTitle: word,
      notes: word,
      birthday,
    }),
  )
  .map(([lists, single]) => ({ ...lists, ...single }));
