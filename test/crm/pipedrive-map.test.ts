import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import * as v from 'valibot';
import { EMPTY_CONTACT, type Contact } from '../../src/contact/contact.ts';
import type { FieldCodes } from '../../src/crm/pipedrive/field-codes.ts';
import { holds } from '../../src/crm/pipedrive/holds.ts';
import { contactOf, creationBody, patchBody, revisionOf } from '../../src/crm/pipedrive/map.ts';
import { PersonSchema, reading, type Person } from '../../src/crm/pipedrive/wire.ts';
import { anyContact, BUILT_IN, OWN } from './pipedrive-arbitraries.ts';

const SETS: readonly { readonly title: string; readonly codes: FieldCodes }[] = [
  { title: 'Pipedrive’s own fields', codes: BUILT_IN },
  { title: 'custom fields of ours', codes: OWN },
  { title: 'some of each', codes: { ...BUILT_IN, ims: OWN.ims ?? '', notes: OWN.notes ?? '' } },
  { title: 'no such field', codes: {} },
];

/** What Pipedrive would keep of a body, and show of it from then on. */
function kept(body: Readonly<Record<string, unknown>>): Person {
  const { name, first_name, last_name, custom_fields, ...rest } = body;
  const [, first = null, last = null] =
    /^(\S+)\s*(.*)$/su.exec(typeof name === 'string' ? name : '') ?? [];
  const parts =
    name === undefined ? { first_name, last_name } : { first_name: first, last_name: last || null };
  return v.parse(PersonSchema, {
    id: 1,
    name: name ?? `${String(first_name)} ${String(last_name)}`.trim(),
    ...parts,
    ...(JSON.parse(JSON.stringify(rest)) as object),
    custom_fields,
  });
}

function person(rest: object): Person {
  return v.parse(PersonSchema, { id: 1, ...rest });
}

function contact(rest: Partial<Contact>): Contact {
  return { ...EMPTY_CONTACT, name: { given: 'Ann' }, ...rest };
}

interface Fixture {
  readonly title: string;
  readonly codes: 'built-in' | 'own';
  readonly person: unknown;
  readonly contact: Contact;
}
const fixtures = JSON.parse(
  readFileSync(new URL('../../fixtures/pipedrive/persons.json', import.meta.url), 'utf8'),
) as readonly Fixture[];

describe('reading a person', () => {
  it.each(fixtures)('understands $title', (fixture) => {
    const read = v.parse(PersonSchema, fixture.person);
    const codes = fixture.codes === 'own' ? OWN : BUILT_IN;
    expect(contactOf(read, codes)).toStrictEqual(fixture.contact);
  });

  it('names the key of a person that cannot be understood, never its value', () => {
    const odd = reading(PersonSchema, { id: 1, emails: [{ value: { secret: 'x@y' } }] });
    expect(odd).toStrictEqual({
      kind: 'malformed',
      reason: 'Pipedrive sent a strange “emails.0.value”.',
    });
  });

  it('ignores fields without a code', () => {
    const read = person({
      name: 'A',
      notes: 'secret',
      im: [{ value: 'x' }],
      birthday: '2000-01-01',
    });
    expect(contactOf(read, {})).toStrictEqual({ ...EMPTY_CONTACT, name: { given: 'A' } });
  });

  it('tells whose it is, where it works and whether it has a picture', () => {
    const read = person({ name: 'A', owner_id: 7, org_id: 5, picture_id: 9 });
    expect(revisionOf(read, {}, 7)).toMatchObject({ owned: true, organizationId: '5', photo: '9' });
    expect(revisionOf(read, {}, 8).owned).toBe(false);
    expect(revisionOf(person({ name: 'A' }), {}, 8)).not.toHaveProperty('photo');
  });

  it('has an etag that moves with the content, the link and the owner, and not with the time', () => {
    const etag = (rest: object): string =>
      revisionOf(person({ name: 'A', ...rest }), BUILT_IN, 1).etag;
    expect(etag({ update_time: '2026-01-01T00:00:00Z' })).toBe(
      etag({ update_time: null, extra: 1 }),
    );
    const others = [{ org_id: 5 }, { owner_id: 5 }, { notes: 'x' }, { picture_id: 5 }].map(etag);
    expect(new Set([etag({}), ...others]).size).toBe(5);
  });
});

describe('what Pipedrive holds', () => {
  it.each(SETS)('is idempotent with $title', ({ codes }) => {
    fc.assert(
      fc.property(anyContact, (any) => {
        const held = holds(any, codes);
        expect(holds(held, codes)).toStrictEqual(held);
      }),
    );
  });

  it.each(SETS)('comes back from Pipedrive as it was sent, with $title', ({ codes }) => {
    fc.assert(
      fc.property(anyContact, (any) => {
        const { organization: _, ...held } = holds(any, codes);
        expect(contactOf(kept(creationBody(held, codes)), codes)).toStrictEqual(held);
      }),
    );
  });

  it.each([
    ['the organization', { organization: 'Acme Ltd', emails: [{ value: 'a@b' }] }, 'Acme', 'Ltd'],
    [
      'the first e-mail',
      { emails: [{ value: 'a@b' }], phones: [{ value: '1' }] },
      'a@b',
      undefined,
    ],
    ['the phone', { phones: [{ value: '1 2' }] }, '1', '2'],
    ['the other parts of the name', { name: { middle: 'Q' }, organization: 'X' }, 'Q', undefined],
    ['nothing', {}, 'Unnamed', 'contact'],
  ])('makes up a name from %s', (_, rest, given, family) => {
    const made = holds({ ...EMPTY_CONTACT, ...rest }, {}).name;
    expect(made).toStrictEqual({ given, ...(family !== undefined && { family }) });
  });

  it('keeps the given and the family name, and leaves the rest of it out', () => {
    const name = {
      prefix: 'Dr',
      given: 'Anna Maria',
      middle: 'Q',
      family: 'van Dyke',
      suffix: 'Jr',
    };
    expect(holds(contact({ name }), {}).name).toStrictEqual({
      given: 'Anna Maria',
      family: 'van Dyke',
    });
  });

  it('cuts a name at 255 units without breaking a character', () => {
    const { name } = holds(contact({ name: { given: `${'x'.repeat(254)}🙂` } }), {});
    expect(name?.given).toBe('x'.repeat(254));
  });

  it.each([
    [
      'home before work',
      [
        ['work', 'W'],
        ['home', 'H'],
      ],
      'H',
    ],
    [
      'work before other',
      [
        ['other', 'O'],
        ['work', 'W'],
      ],
      'W',
    ],
    [
      'the first of two',
      [
        ['home', 'H1'],
        ['home', 'H2'],
      ],
      'H1',
    ],
    [
      'what is there before work',
      [
        [undefined, 'P'],
        ['work', 'W'],
      ],
      'P',
    ],
    [
      'home before what is there',
      [
        [undefined, 'P'],
        ['home', 'H'],
      ],
      'H',
    ],
  ] as const)('takes one address: %s', (_, given, street) => {
    const addresses = given.map(([label, line]) => ({
      ...(label !== undefined && { label }),
      street: line,
    }));
    expect(holds(contact({ addresses }), BUILT_IN).addresses).toStrictEqual([
      { street, formatted: street },
    ]);
  });

  it('passes over an address with nothing in it', () => {
    const addresses = [{ label: 'home' }, { label: 'work', city: 'Bonn' }];
    expect(holds(contact({ addresses }), BUILT_IN).addresses[0]?.city).toBe('Bonn');
  });

  it.each([
    ['without a year', { month: 5, day: 1 }, false],
    ['on 29 February of a leap year', { year: 2024, month: 2, day: 29 }, true],
    ['on 29 February of another year', { year: 1900, month: 2, day: 29 }, false],
    ['on a day that does not exist', { year: 2001, month: 4, day: 31 }, false],
  ])('takes a birthday only when it is a date: %s', (_, birthday, taken) => {
    expect(holds(contact({ birthday }), BUILT_IN).birthday).toStrictEqual(
      taken ? birthday : undefined,
    );
  });

  it('cuts notes at what the field takes', () => {
    const notes = 'n'.repeat(30_000);
    expect(holds(contact({ notes }), BUILT_IN).notes).toHaveLength(10_000);
    expect(holds(contact({ notes }), OWN).notes).toHaveLength(20_000);
  });

  it('keeps labels and equal values, and names one entry primary', () => {
    const emails = [
      { value: 'a@b', label: 'Büro' },
      { value: 'a@b', label: 'home', primary: true as const },
      { value: 'c@d', primary: true as const },
      { value: '  ' },
    ];
    expect(holds(contact({ emails }), {}).emails).toStrictEqual([
      { value: 'a@b', label: 'Büro' },
      { value: 'a@b', label: 'home', primary: true },
      { value: 'c@d', label: 'other' },
    ]);
  });
});

describe('writing a person', () => {
  it.each([
    [{ given: 'Ann', family: 'Lee Fox' }, { name: 'Ann Lee Fox' }],
    [{ given: 'Ann' }, { name: 'Ann' }],
    [
      { given: 'Anna Maria', family: 'Fox' },
      { first_name: 'Anna Maria', last_name: 'Fox' },
    ],
    [{ given: 'Anna Maria' }, { first_name: 'Anna Maria', last_name: '' }],
    [{ family: 'Fox' }, { first_name: '', last_name: 'Fox' }],
  ])('sends the name %j as %j', (name, body) => {
    expect(creationBody({ ...EMPTY_CONTACT, name }, {})).toStrictEqual(body);
  });

  it('leaves out what a new contact does not have', () => {
    expect(creationBody(holds(contact({}), BUILT_IN), BUILT_IN)).toStrictEqual({ name: 'Ann' });
  });

  it('sends exactly the patched fields, and clears with null or an empty list', () => {
    expect(patchBody({ emails: [], ims: [], notes: null, addresses: [] }, BUILT_IN)).toStrictEqual({
      emails: [],
      im: [],
      notes: null,
      postal_address: null,
    });
    expect(patchBody({ ims: [], jobTitle: null, birthday: null }, OWN)).toStrictEqual({
      custom_fields: {
        [OWN.ims ?? '']: null,
        [OWN.jobTitle ?? '']: null,
        [OWN.birthday ?? '']: null,
      },
    });
    expect(patchBody({ notes: 'x', organization: 'y' }, {})).toStrictEqual({});
  });

  it('keeps the sub-fields of an address that a change leaves true', () => {
    const before = person({
      postal_address: {
        value: '1 Main St, Sunnyvale',
        route: 'Main St',
        street_number: '1',
        locality: 'Sunnyvale',
        admin_area_level_2: 'Santa Clara',
        sublocality: 'Downtown',
      },
    });
    const address = { street: '1 Main St', city: 'Sunnyvale', country: 'USA', formatted: 'new' };
    expect(patchBody({ addresses: [address] }, BUILT_IN, before)).toStrictEqual({
      postal_address: {
        value: 'new',
        route: 'Main St',
        street_number: '1',
        locality: 'Sunnyvale',
        admin_area_level_2: 'Santa Clara',
        sublocality: 'Downtown',
        country: 'USA',
      },
    });
    const elsewhere = { street: '2 Side St', city: 'Bonn', formatted: 'x' };
    expect(patchBody({ addresses: [elsewhere] }, BUILT_IN, before)).toStrictEqual({
      postal_address: { value: 'x', route: '2 Side St', locality: 'Bonn' },
    });
  });
});
