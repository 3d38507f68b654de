import { readdirSync, readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { transformSync } from '@swc/core';
import fc from 'fast-check';
import type { Contact, Patch } from '../../src/contact/contact.ts';
import { sameField } from '../../src/contact/fields.ts';
import { FIELDS } from '../../src/contact/contact.ts';
import { readBirthday, writeBirthday } from '../../src/providers/microsoft/birthday.ts';
import { contactOf, observe } from '../../src/providers/microsoft/map.ts';
import { holds, newContact, patched } from '../../src/providers/microsoft/patch.ts';
import type { GraphContact } from '../../src/providers/microsoft/wire.ts';
import { aContact, anyContact } from '../support/contacts.ts';

interface Fixture {
  readonly it: string;
  readonly contact: unknown;
  readonly reads: { readonly revision?: { readonly photo?: string; readonly contact?: Contact } };
  readonly because?: string;
}

const FOLDER = new URL('../../fixtures/microsoft/', import.meta.url);
const fixtures = readdirSync(FOLDER).map((file) => {
  const fixture = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Fixture;
  return [fixture.it, fixture] as const;
});
const AT = { defaultFolder: 'AQMkADAwDefault=' };

describe('reading a contact takes', () => {
  it.each(fixtures)('%s', (_it, { contact, reads, because }) => {
    const observed = observe(contact, AT);
    expect(observed).toMatchObject(reads);
    const revision = observed.kind === 'revision' ? observed.revision : undefined;
    expect(revision?.photo).toBe(reads.revision?.photo);
    if (reads.revision?.contact?.emails !== undefined) {
      expect(revision?.contact).toEqual(reads.revision.contact);
    }
    expect(observed.kind === 'malformed' ? observed.reason : '').toContain(because ?? '');
  });

  it.each([[null], ['AAMk'], [{}], [{ id: '' }], [[]], [{ id: 'a', changeKey: 1 }]])(
    '%j for malformed, without throwing',
    (value) => {
      expect(observe(value, AT).kind).toBe('malformed');
    },
  );

  it('anything, without throwing', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        observe(value, AT);
        observe({ id: 'a', changeKey: 'b', birthday: value, emailAddresses: value }, AT);
      }),
    );
  });

  it('no word of a malformed contact into its reason', () => {
    const observed = observe({ id: 'a', changeKey: 'b', givenName: ['Secret'] }, AT);
    expect(JSON.stringify(observed)).not.toContain('Secret');
  });
});

const phone = (value: string, label?: string) => ({ value, ...(label !== undefined && { label }) });
const email = (value: string) => ({ value });

describe('Outlook holds', () => {
  it.each<[string, Partial<Contact>, Partial<Contact>]>([
    [
      'three e-mails without labels, the leading one first',
      {
        emails: [
          { value: 'a@x.example', label: 'work' },
          { value: 'b@x.example', label: 'home' },
          { value: 'c@x.example', primary: true },
          { value: 'd@x.example' },
        ],
      },
      {
        emails: [
          { value: 'c@x.example', primary: true },
          email('a@x.example'),
          email('b@x.example'),
        ],
      },
    ],
    [
      'two work phones, two home phones and a mobile',
      {
        phones: [
          phone('1', 'home'),
          phone('2', 'work'),
          phone('3', 'mobile'),
          phone('4', 'work'),
          phone('5', 'home'),
          phone('6', 'work'),
          phone('7', 'home'),
        ],
      },
      {
        phones: [
          phone('2', 'work'),
          phone('4', 'work'),
          phone('1', 'home'),
          phone('5', 'home'),
          phone('3', 'mobile'),
        ],
      },
    ],
    [
      'numbers of no certain kind wherever there is room, after those that say what they are',
      { phones: [phone('1', 'other'), phone('2'), phone('3', 'Ferienhaus'), phone('4', 'work')] },
      { phones: [phone('4', 'work'), phone('1', 'work'), phone('2', 'home'), phone('3', 'home')] },
    ],
    [
      'a second mobile beside the work phones',
      { phones: [phone('1', 'mobile'), phone('2', 'work mobile')] },
      { phones: [phone('2', 'work'), phone('1', 'mobile')] },
    ],
    ['no fax and no pager', { phones: [phone('1', 'home fax'), phone('2', 'pager')] }, {}],
    [
      'one address of each kind, and a second one as the other',
      {
        addresses: [
          { label: 'work', city: 'Ulm' },
          { label: 'work', city: 'Köln' },
          { label: 'home', city: 'Bonn' },
          { label: 'home', city: 'Trier' },
        ],
      },
      {
        addresses: [
          { label: 'work', city: 'Ulm' },
          { label: 'home', city: 'Bonn' },
          { label: 'other', city: 'Köln' },
        ],
      },
    ],
    [
      'what has no place of its own in the street',
      { addresses: [{ street: '1 Main St', extended: 'Apt 2', poBox: 'PO Box 3', city: 'Ulm' }] },
      { addresses: [{ label: 'other', street: '1 Main St\nApt 2\nPO Box 3', city: 'Ulm' }] },
    ],
    [
      'an address of one piece in the street',
      { addresses: [{ label: 'home', formatted: '1 Main St\nUlm' }] },
      { addresses: [{ label: 'home', street: '1 Main St\nUlm' }] },
    ],
    ['no notes', { notes: 'secret' }, {}],
    [
      'messengers without their service, three of them',
      { ims: ['a', 'b', 'c', 'd'].map((value) => ({ value, label: 'skype' })) },
      { ims: ['a', 'b', 'c'].map((value) => ({ value })) },
    ],
    ['no birthday without a year', { birthday: { month: 2, day: 29 } }, {}],
    ['no 29 February 1900', { birthday: { year: 1900, month: 2, day: 29 } }, {}],
    [
      '29 February 2000',
      { birthday: { year: 2000, month: 2, day: 29 } },
      { birthday: { year: 2000, month: 2, day: 29 } },
    ],
    [
      'an organization’s entry without making up a name',
      { organization: 'Acme' },
      { organization: 'Acme' },
    ],
    ['a fax alone as nothing, not even as a name', { phones: [phone('030 1', 'fax')] }, {}],
    ['nothing at all', {}, {}],
  ])('%s', (_what, before, after) => {
    expect(holds(aContact(before))).toEqual(aContact(after));
    expect(holds(holds(aContact(before)))).toEqual(holds(aContact(before)));
  });

  it('no more of what it holds already, whatever it is', () => {
    fc.assert(
      fc.property(anyContact, (contact) => {
        expect(holds(holds(contact))).toEqual(holds(contact));
      }),
    );
  });

  it('nothing that was not there', () => {
    fc.assert(
      fc.property(anyContact, (contact) => {
        const held = holds(contact);
        expect(held.name).toEqual(contact.name);
        for (const list of ['emails', 'phones', 'ims'] as const) {
          const values = contact[list].map(({ value }) => value);
          expect(values).toEqual(expect.arrayContaining(held[list].map(({ value }) => value)));
        }
      }),
    );
  });
});

describe('a patch on a contact', () => {
  const jane: GraphContact = {
    id: 'AAMk1=',
    changeKey: 'ck1',
    displayName: 'Jane Doe',
    fileAs: 'Doe, Jane',
    givenName: 'Jane',
    surname: 'Doe',
    nickName: 'Janie',
    department: 'Books',
    emailAddresses: [
      { name: 'Jane at work', address: 'Jane@Example.com' },
      { name: 'jane@example.org', address: 'jane@example.org' },
    ],
    businessPhones: ['1'],
    homePhones: [],
    mobilePhone: '3',
    businessAddress: { street: '1 Road', city: 'Tallinn', countryOrRegion: 'Estonia' },
    homeAddress: {},
    companyName: 'Acme',
    jobTitle: 'CFO',
    birthday: '1974-07-21T22:00:00Z',
  };

  it('sends only what it is about, and the name as it is shown', () => {
    expect(patched(jane, { jobTitle: 'CEO' })).toEqual({
      jobTitle: 'CEO',
      displayName: 'Jane Doe',
    });
    expect(patched({ ...jane, displayName: 'Mum' }, { jobTitle: 'CEO' }).displayName).toBe('Mum');
  });

  it('sends nothing where nothing changes', () => {
    const same: Patch = {
      name: { given: 'Jane', family: 'Doe' },
      emails: [{ value: 'Jane@Example.com' }, { value: 'jane@example.org' }],
      phones: [phone('1', 'work'), phone('3', 'mobile')],
      ims: [],
      addresses: [{ label: 'work', street: '1 Road', city: 'Tallinn', country: 'Estonia' }],
      organization: 'Acme',
      jobTitle: 'CFO',
      birthday: { year: 1974, month: 7, day: 22 },
    };
    expect(patched(jane, same)).toEqual({});
  });

  it('keeps an e-mail’s shown name when it stays', () => {
    const emails = [email('new@example.com'), email('jane@example.com')];
    expect(patched(jane, { emails }).emailAddresses).toEqual([
      { address: 'new@example.com' },
      { address: 'jane@example.com', name: 'Jane at work' },
    ]);
  });

  it('sends an address as a complete set, and empties one part by part', () => {
    const home = [{ label: 'home', city: 'Tartu' }];
    const empty = { street: '', city: '', state: '', postalCode: '', countryOrRegion: '' };
    expect(patched(jane, { addresses: home })).toEqual({
      businessAddress: empty,
      homeAddress: { ...empty, city: 'Tartu' },
      displayName: 'Jane Doe',
    });
  });

  it('sends null only for what there is to clear', () => {
    const cleared: Patch = {
      organization: null,
      jobTitle: null,
      birthday: null,
      phones: null,
      emails: null,
      ims: null,
    };
    expect(patched(jane, cleared)).toEqual({
      companyName: null,
      jobTitle: null,
      birthday: null,
      businessPhones: [],
      mobilePhone: null,
      emailAddresses: [],
      displayName: 'Jane Doe',
    });
    expect(patched({ id: 'x', displayName: 'X' }, cleared)).toEqual({});
  });

  it('leaves a birthday alone that it cannot write', () => {
    expect(patched(jane, { birthday: { month: 7, day: 22 } })).toEqual({});
  });

  it.each<[string, GraphContact, Patch['name'], object]>([
    [
      'in the manner it was written in',
      { ...jane, displayName: 'Doe, Jane' },
      { given: 'Jane', family: 'Miller' },
      { displayName: 'Miller, Jane', fileAs: 'Miller, Jane' },
    ],
    [
      'plainly, where it was the user’s own; how it is filed then stays',
      { ...jane, displayName: 'Mum', fileAs: 'Mum' },
      { given: 'Jane', family: 'Miller' },
      { displayName: 'Jane Miller' },
    ],
    ['to what is left, where the name goes', jane, null, { displayName: 'Acme' }],
  ])('lets the shown name follow the name %s', (_how, wire, name, shown) => {
    const { displayName, fileAs } = patched(wire, { name: name ?? null });
    expect({ displayName, ...(fileAs !== undefined && { fileAs }) }).toEqual(shown);
  });

  it('lets a company’s entry be shown under its new name, without making that a person’s', () => {
    const company: GraphContact = { displayName: 'Acme', companyName: 'Acme' };
    const now = { ...company, ...patched(company, { organization: 'Apex' }) };
    expect(contactOf(now)).toEqual(aContact({ organization: 'Apex' }));
  });

  it('of a whole contact makes the contact read as that, whatever was there', () => {
    fc.assert(
      fc.property(anyContact, anyContact, (before, after) => {
        const there: GraphContact = { ...newContact(before), id: 'x' };
        const wanted = holds(after);
        const patch = {
          ...wanted,
          name: wanted.name ?? null,
          organization: wanted.organization ?? null,
          jobTitle: wanted.jobTitle ?? null,
          birthday: wanted.birthday ?? null,
        };
        const now = contactOf({ ...there, ...patched(there, patch) });
        for (const field of FIELDS) {
          expect([field, sameField(field, now, wanted)]).toEqual([field, true]);
        }
      }),
    );
  });
});

describe('a birthday', () => {
  const ZONES = ['UTC', 'America/Los_Angeles', 'Pacific/Kiritimati', 'Asia/Tokyo', 'Europe/Riga'];
  const DAYS = ['1850-06-01', '1969-12-31', '1970-01-01', '1974-07-22', '2000-02-29', '2020-01-01'];

  it('is the same day in every time zone, before 1970 too', () => {
    const source = readFileSync(
      new URL('../../src/providers/microsoft/birthday.ts', import.meta.url),
      'utf8',
    );
    const { code } = transformSync(source, { jsc: { parser: { syntax: 'typescript' } } });
    const times = ['T00:00:00Z', 'T11:59:00Z', 'T05:00:00Z'];
    const instants = DAYS.flatMap((day) => times.map((time) => `${day}${time}`));
    const program = `${code}
      const days = ${JSON.stringify(instants)}.map((instant) => readBirthday(instant));
      process.stdout.write(JSON.stringify([new Date(0).getTimezoneOffset(), days.map((day) => writeBirthday(day))]));`;
    const offsets = ZONES.map((zone) => {
      const args = ['--input-type=module', '--eval', program];
      const child = spawnSync(process.execPath, args, { env: { TZ: zone }, encoding: 'utf8' });
      const [offset, written] = JSON.parse(child.stdout) as [number, string[]];
      expect(written).toEqual(DAYS.flatMap((day) => times.map(() => `${day}T11:59:00Z`)));
      return offset;
    });
    expect(new Set(offsets).size).toBeGreaterThan(3);
  });

  it.each([
    ['1974-07-21T22:00:00Z', { year: 1974, month: 7, day: 22 }],
    ['1974-07-22T11:59:59+00:00', { year: 1974, month: 7, day: 22 }],
    ['1999-12-31T23:00:00Z', { year: 2000, month: 1, day: 1 }],
    ['no date', undefined],
  ])('%s is read as %j', (instant, date) => {
    expect(readBirthday(instant)).toEqual(date);
  });

  it.each([
    [{ year: 2001, month: 2, day: 29 }],
    [{ year: 1604, month: 2, day: 29 }],
    [{ year: 999, month: 1, day: 1 }],
    [{ month: 1, day: 1 }],
    [{ year: 2000, month: 13, day: 1 }],
  ])('%j cannot be written', (birthday) => {
    expect(writeBirthday(birthday)).toBeUndefined();
  });
});
