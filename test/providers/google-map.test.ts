import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Contact } from '../../src/contact/contact.ts';
import { isPossible, observe } from '../../src/providers/google/map.ts';
import { holds, patched, personOf } from '../../src/providers/google/patch.ts';
import { photoRef } from '../../src/providers/google/photo-ref.ts';
import type { Person } from '../../src/providers/google/wire.ts';
import { aContact, anyContact } from '../support/contacts.ts';

interface Fixture {
  readonly it: string;
  readonly person: unknown;
  readonly reads: { readonly revision?: { readonly photo?: string } };
  readonly because?: string;
}

const FOLDER = new URL('../../fixtures/google/', import.meta.url);
const fixtures = readdirSync(FOLDER).map((file) => {
  const fixture = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Fixture;
  return [file, fixture] as const;
});

describe('reading a person', () => {
  it.each(fixtures)('%s', (_file, fixture) => {
    const observed = observe(fixture.person);
    expect(observed).toMatchObject(fixture.reads);
    const photo = observed.kind === 'revision' ? observed.revision.photo : undefined;
    expect(photo).toBe(fixture.reads.revision?.photo);
    const reason = observed.kind === 'malformed' ? observed.reason : '';
    expect(reason).toContain(fixture.because ?? '');
  });

  it.each([
    [null],
    ['people/c1'],
    [{}],
    [{ resourceName: '' }],
    [[]],
    [{ resourceName: 'people/c1', metadata: [] }],
  ])('takes %j for malformed, without throwing', (value) => {
    expect(observe(value).kind).toBe('malformed');
  });

  it('never throws, whatever comes', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        observe(value);
        observe({ resourceName: 'people/c1', names: value, metadata: value });
      }),
    );
  });

  it('says where a malformed person is malformed, but not with which words', () => {
    const observed = observe({ resourceName: 'people/c1', names: [{ givenName: ['Secret'] }] });
    expect(JSON.stringify(observed)).not.toContain('Secret');
  });
});

describe('what Google holds', () => {
  it('is every well-formed contact, unchanged', () => {
    fc.assert(
      fc.property(anyContact, (contact) => {
        expect(holds(contact)).toEqual(contact);
      }),
    );
  });

  it('is what a created person reads as', () => {
    fc.assert(
      fc.property(anyContact, (contact) => {
        const person = { resourceName: 'people/c1', etag: 'x', ...personOf(contact) };
        expect(observe(person)).toMatchObject({ revision: { contact } });
      }),
    );
  });

  const long = 'emoji 👩‍🚀 '.repeat(2000);
  it.each<[string, Partial<Contact>, Partial<Contact>]>([
    ['long notes', { notes: long }, { notes: long }],
    ['29 February', { birthday: { month: 2, day: 29 } }, { birthday: { month: 2, day: 29 } }],
    ['no 30 February', { birthday: { month: 2, day: 30 } }, {}],
    ['no 29 February 1900', { birthday: { year: 1900, month: 2, day: 29 } }, {}],
    ['no hints', { emails: [{ value: 'a@b', primary: true }] }, { emails: [{ value: 'a@b' }] }],
    ['no empty values', { phones: [{ value: ' ' }], notes: ' ', name: { given: '' } }, {}],
    ['no empty addresses', { addresses: [{ label: 'home' }] }, {}],
    [
      'whole addresses only where there are no parts',
      { addresses: [{ city: 'Ulm', formatted: 'Ulm!' }, { formatted: '1 Main St' }] },
      { addresses: [{ city: 'Ulm' }, { formatted: '1 Main St' }] },
    ],
    [
      'its own words for labels',
      {
        phones: [
          { value: '1', label: 'HomeFax' },
          { value: '2', label: 'Boot' },
        ],
      },
      {
        phones: [
          { value: '1', label: 'home fax' },
          { value: '2', label: 'Boot' },
        ],
      },
    ],
    ['line ends as one', { notes: 'a\r\nb\rc' }, { notes: 'a\nb\nc' }],
  ])('%s', (_what, before, after) => {
    expect(holds(aContact(before))).toEqual(aContact(after));
    expect(holds(holds(aContact(before)))).toEqual(holds(aContact(before)));
  });

  it.each([
    [{ month: 13, day: 1 }, false],
    [{ month: 4, day: 31 }, false],
    [{ month: 4, day: 1.5 }, false],
    [{ year: 2000, month: 2, day: 29 }, true],
    [{ year: 10_000, month: 1, day: 1 }, false],
  ])('a birthday %j is possible: %s', (birthday, possible) => {
    expect(isPossible(birthday)).toBe(possible);
  });
});

describe('a patch on a person', () => {
  const source = { metadata: { primary: true, source: { type: 'CONTACT', id: '1f' } } };
  const person: Person = {
    resourceName: 'people/c31',
    names: [
      {
        ...source,
        displayName: 'Dr. Ann Lee',
        displayNameLastFirst: 'Lee, Dr. Ann',
        unstructuredName: 'Dr. Ann Lee',
        givenName: 'Ann',
        familyName: 'Lee',
        honorificPrefix: 'Dr.',
        phoneticGivenName: 'Än',
      },
    ],
    emailAddresses: [
      { ...source, value: 'Ann@Example.com', type: 'work', displayName: 'Ann at work' },
      { value: 'ann@example.org', type: 'Ferienhaus', formattedType: 'Ferienhaus' },
      {
        metadata: { source: { type: 'PROFILE', id: '9' } },
        value: 'profile@example.com',
      },
    ],
    phoneNumbers: [{ value: '030 5550100', canonicalForm: '+49305550100', type: 'workMobile' }],
    addresses: [
      {
        ...source,
        type: 'home',
        formattedType: 'Home',
        streetAddress: '1 Main St',
        city: 'Springfield',
        country: 'USA',
        countryCode: 'US',
        formattedValue: '1 Main St, Springfield',
      },
    ],
    organizations: [
      { name: 'Old Mill', title: 'Miller', endDate: { year: 2001 } },
      { ...source, name: 'New Mill', title: 'Owner', department: 'Flour', current: true },
    ],
    imClients: [{ username: 'ann', protocol: 'skype', type: 'home', formattedProtocol: 'Skype' }],
  };

  it('names only the fields it is about', () => {
    expect(Object.keys(patched(person, { notes: 'x', jobTitle: null }))).toEqual([
      'organizations',
      'biographies',
    ]);
    expect(patched(person, {})).toEqual({});
  });

  it('keeps the parts of a name that contacts lack and drops what Google renders', () => {
    expect(patched(person, { name: { given: 'Anna', family: 'Lee' } }).names).toEqual([
      { givenName: 'Anna', familyName: 'Lee', phoneticGivenName: 'Än' },
    ]);
  });

  it('keeps an entry’s other attributes when it stays, moves, or is respelled', () => {
    const emails = [
      { value: 'ann@example.org', label: 'Ferienhaus' },
      { value: 'ann@example.com', label: 'work' },
      { value: 'new@example.com', label: 'home' },
    ];
    expect(patched(person, { emails }).emailAddresses).toEqual([
      { value: 'ann@example.org', type: 'Ferienhaus' },
      { value: 'ann@example.com', type: 'work', displayName: 'Ann at work' },
      { value: 'new@example.com', type: 'home' },
    ]);
  });

  it('takes an entry with the same label for the one that was edited', () => {
    const emails = [{ value: 'a.lee@example.com', label: 'work' }];
    expect(patched(person, { emails }).emailAddresses).toEqual([
      { value: 'a.lee@example.com', type: 'work', displayName: 'Ann at work' },
    ]);
  });

  it('never writes back what belongs to a profile', () => {
    const sent = JSON.stringify(patched(person, { emails: [{ value: 'x@example.com' }] }));
    expect(sent).not.toContain('profile@example.com');
  });

  it('writes phones as typed, with Google’s word for the label', () => {
    const phones = [{ value: '+49 30 5550100', label: 'work mobile' }];
    expect(patched(person, { phones }).phoneNumbers).toEqual([
      { value: '+49 30 5550100', type: 'workMobile' },
    ]);
  });

  it('keeps a messenger’s kind when its name changes', () => {
    const ims = [{ value: 'ann.lee', label: 'skype' }];
    expect(patched(person, { ims }).imClients).toEqual([
      { username: 'ann.lee', protocol: 'skype', type: 'home' },
    ]);
  });

  it('leaves an address that did not change wholly alone', () => {
    const addresses = [
      { label: 'home', street: '1 Main St', city: 'Springfield', country: 'USA' },
      { city: 'Ulm' },
    ];
    expect(patched(person, { addresses }).addresses).toEqual([
      {
        type: 'home',
        streetAddress: '1 Main St',
        city: 'Springfield',
        country: 'USA',
        countryCode: 'US',
        formattedValue: '1 Main St, Springfield',
      },
      { city: 'Ulm' },
    ]);
  });

  it('drops an address’s old whole when a part changes, and its code when the country does', () => {
    const street = [{ label: 'home', street: '2 Main St', city: 'Springfield', country: 'USA' }];
    expect(patched(person, { addresses: street }).addresses).toEqual([
      {
        type: 'home',
        streetAddress: '2 Main St',
        city: 'Springfield',
        country: 'USA',
        countryCode: 'US',
      },
    ]);
    const country = [
      { label: 'home', street: '1 Main St', city: 'Springfield', country: 'Kanada' },
    ];
    expect(patched(person, { addresses: country }).addresses?.[0]).not.toHaveProperty(
      'countryCode',
    );
  });

  it('changes a title inside its organization, beside the others', () => {
    expect(patched(person, { jobTitle: 'Boss' }).organizations).toEqual([
      { name: 'Old Mill', title: 'Miller', endDate: { year: 2001 } },
      { name: 'New Mill', title: 'Boss', department: 'Flour', current: true },
    ]);
  });

  it('keeps an organization that loses name and title but not its department', () => {
    const cleared = patched(person, { jobTitle: null, organization: null });
    expect(cleared.organizations?.[1]).toEqual({ department: 'Flour', current: true });
    const small: Person = { organizations: [{ name: 'Mill', type: 'work', current: true }] };
    expect(patched(small, { organization: null }).organizations).toEqual([]);
  });

  it('clears what it clears', () => {
    const patch = { emails: [], notes: null, birthday: null, addresses: null, phones: null };
    expect(patched(person, patch)).toEqual({
      emailAddresses: [],
      phoneNumbers: [],
      addresses: [],
      biographies: [],
      birthdays: [],
    });
  });

  it('of a whole contact makes the person read as that contact, whatever was there', () => {
    fc.assert(
      fc.property(anyContact, anyContact, (before, after) => {
        const there: Person = { resourceName: 'people/c1', etag: 'x', ...personOf(before) };
        const patch = {
          ...after,
          name: after.name ?? null,
          organization: after.organization ?? null,
          jobTitle: after.jobTitle ?? null,
          notes: after.notes ?? null,
          birthday: after.birthday ?? null,
        };
        const now = { ...there, ...patched(there, patch) };
        expect(observe(now)).toMatchObject({ revision: { contact: after } });
      }),
    );
  });
});

describe('the reference of a picture', () => {
  const bare = 'https://lh3.googleusercontent.com/contacts/abc';
  it.each(['', '=s100', '=s96-c', '=s0', '=w64-h64', '=s100-p-k-no'])(
    'does not change with the size suffix %j',
    (suffix) => {
      expect(photoRef(`${bare}${suffix}`)).toBe(`${bare}=s512`);
    },
  );

  it.each([
    [
      'https://lh3.googleusercontent.com/contacts/ab=cd=s100',
      'https://lh3.googleusercontent.com/contacts/ab=cd=s512',
    ],
    ['https://pictures.example.com/p?id=7&sz=50', 'https://pictures.example.com/p?id=7&sz=512'],
    ['https://pictures.example.com/p.jpg', 'https://pictures.example.com/p.jpg'],
    [
      'http://127.0.0.1:80/photos/contacts/1/v2=s100',
      'http://127.0.0.1:80/photos/contacts/1/v2=s512',
    ],
  ])('of %s is %s', (url, ref) => {
    expect(photoRef(url)).toBe(ref);
  });
});
