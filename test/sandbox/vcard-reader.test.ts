import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Address, Birthday, Contact, Entry, Name } from '../../src/contact/contact.ts';
import { toVCard } from '../../src/contact/vcard.ts';
import type { SandboxContact } from '../../src/sandbox/seed-contact.ts';
import { readVCards } from '../../src/sandbox/vcard/read-vcards.ts';

function bytes(text: string): Uint8Array {
  return Buffer.from(text, 'utf8');
}

function card(...lines: readonly string[]): Uint8Array {
  return bytes(['BEGIN:VCARD', ...lines, 'END:VCARD', ''].join('\r\n'));
}

function only(...lines: readonly string[]): Contact | undefined {
  return readVCards(card(...lines)).contacts[0]?.contact;
}

describe('what toVCard writes', () => {
  const char = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 1 })
    .filter((text) => !/[\p{Cc}\p{Cs}\uFEFF]/u.test(text));
  const word = fc
    .oneof(
      fc.string({
        unit: fc.oneof(char, fc.constantFrom(...Array.from('\\;,:"^=% n'))),
        minLength: 1,
        maxLength: 60,
      }),
      fc.constantFrom('\\n', '^n', 'a, b', 'a,b', 'TYPE=pref', '"', '=C3=A4', 'C:\\temp'),
    )
    .map((text) => text.trim())
    .filter((text) => text !== '');
  const maybe = fc.option(word, { nil: undefined });
  const some = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K] | undefined> }) =>
    fc
      .record(model as Record<string, fc.Arbitrary<unknown>>)
      .map((fields) => defined<T>(fields as T));
  const entries = (labels: readonly string[]) =>
    fc
      .uniqueArray(
        some<Entry>({ value: word, label: fc.oneof(maybe, fc.constantFrom(...labels)) }),
        {
          maxLength: 5,
          selector: (entry) => JSON.stringify([entry.value, entry.label]),
        },
      )
      .chain((list) =>
        fc
          .nat({ max: list.length })
          .map((at) =>
            list.map((entry, index) =>
              index === at ? { ...entry, primary: true as const } : entry,
            ),
          ),
      );
  const name: fc.Arbitrary<Name> = some<Name>({
    given: maybe,
    family: maybe,
    middle: maybe,
    prefix: maybe,
    suffix: maybe,
  }).filter((parts) => Object.keys(parts).length > 0);
  const address: fc.Arbitrary<Address> = some<Address>({
    label: fc.oneof(maybe, fc.constantFrom('home', 'work')),
    street: fc.option(
      fc.array(word, { minLength: 1, maxLength: 3 }).map((l) => l.join('\n')),
      { nil: undefined },
    ),
    extended: maybe,
    poBox: maybe,
    city: word,
    region: maybe,
    postalCode: maybe,
    country: maybe,
    formatted: fc.option(
      fc.array(word, { minLength: 1, maxLength: 3 }).map((l) => l.join('\n')),
      { nil: undefined },
    ),
  });
  const birthday: fc.Arbitrary<Birthday> = some<Birthday>({
    year: fc.option(fc.integer({ min: 1800, max: 2100 }), { nil: undefined }),
    month: fc.integer({ min: 1, max: 12 }),
    day: fc.integer({ min: 1, max: 28 }),
  });
  const SERVICES = ['skype', 'jabber', 'googleTalk', 'icq', 'msn', 'yahoo', 'aim', 'qq', 'Signal'];
  const contact = some<Contact>({
    name: fc.option(name, { nil: undefined }),
    emails: entries(['home', 'work', 'other']),
    phones: entries([
      'home',
      'work',
      'mobile',
      'workMobile',
      'homeFax',
      'workFax',
      'otherFax',
      'pager',
      'workPager',
      'main',
    ]),
    ims: entries(SERVICES).map((list) =>
      list.map((entry, index) => ({ ...entry, label: SERVICES[index % SERVICES.length] ?? '' })),
    ),
    addresses: fc.array(address, { maxLength: 3 }),
    organization: maybe,
    jobTitle: maybe,
    notes: fc.option(
      fc.array(word, { minLength: 1, maxLength: 50 }).map((all) => all.join('\n')),
      { nil: undefined },
    ),
    birthday: fc.option(birthday, { nil: undefined }),
  });
  const seed: fc.Arbitrary<SandboxContact> = some<SandboxContact>({
    contact: contact.filter((all) =>
      Object.values(all).some((field) => !Array.isArray(field) || field.length > 0),
    ),
    uid: maybe,
    groups: fc.option(fc.uniqueArray(word, { minLength: 1, maxLength: 4 }), { nil: undefined }),
  });

  it('is read back as it was', () => {
    fc.assert(
      fc.property(
        fc.array(seed, { maxLength: 4 }).filter((all) => all.length > 0),
        (seeds) => {
          const cards = seeds.map(({ contact, uid, groups }) =>
            toVCard(contact, defined({ uid, categories: groups })),
          );
          expect(readVCards(bytes(cards.join('')))).toEqual({ contacts: seeds, problems: [] });
        },
      ),
      { numRuns: 300 },
    );
  });
});

function defined<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

describe('readVCards', () => {
  it.each<[string, readonly string[], Partial<Contact>]>([
    ['a name without parts', ['FN:Smith, John'], { name: { given: 'John', family: 'Smith' } }],
    ['a company that is its own name', ['KIND:org', 'FN:Acme'], { organization: 'Acme' }],
    [
      'a company before its departments',
      ['ORG:Acme\\; Co;Sales;West'],
      { organization: 'Acme; Co' },
    ],
    ['several notes', ['NOTE:a', 'NOTE:b'], { notes: 'a\nb' }],
    [
      'a soft break before the end',
      ['VERSION:2.1', 'NOTE;QUOTED-PRINTABLE:a=3D='],
      { notes: 'a=' },
    ],
    [
      'quoted-printable that is folded as well',
      ['NOTE;ENCODING=QUOTED-PRINTABLE:=C3=', ' =A4b=', ' c'],
      { notes: 'äb c' },
    ],
    ['an unknown charset', ['NOTE;CHARSET=KLINGON:ä'], { notes: 'ä' }],
    [
      'a Japanese charset',
      ['TITLE;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:=95=5C=8E=A6'],
      { jobTitle: '表示' },
    ],
    [
      'lower-case names and groups',
      ['n:a;b', 'x1.title:boss'],
      { name: { family: 'a', given: 'b' }, jobTitle: 'boss' },
    ],
    ['a colon in a quoted parameter', ['TITLE;X-A="b:c;d":boss'], { jobTitle: 'boss' }],
    ['a quote that never ends', ['TITLE;X-A="b:boss'], { jobTitle: 'boss' }],
    [
      'addresses that are URIs',
      ['EMAIL:mailto:a@example.com', 'TEL;VALUE=uri:tel:+1-555-0100'],
      { emails: [{ value: 'a@example.com' }], phones: [{ value: '+1-555-0100' }] },
    ],
    [
      'a label without its address',
      ['LABEL;TYPE=HOME:1 Way\\nTown'],
      { addresses: [{ label: 'home', formatted: '1 Way\nTown' }] },
    ],
    [
      'the same entry twice',
      ['EMAIL:a@example.com', 'EMAIL;TYPE=pref:a@example.com'],
      { emails: [{ value: 'a@example.com' }] },
    ],
  ])('reads %s', (_, lines, expected) => {
    expect(only(...lines)).toMatchObject(expected);
  });

  it('passes over pictures that are none, or of another kind', () => {
    for (const photo of [
      'PHOTO;ENCODING=b:R0lGODlh',
      'PHOTO;ENCODING=b:!!',
      'PHOTO:https://a.test/',
    ]) {
      expect(readVCards(card('FN:A B', photo)).contacts[0]).not.toHaveProperty('photo');
    }
  });

  it('says so when there is no card', () => {
    const nothing = [{ index: 0, reason: 'There is no card in this file.' }];
    expect(readVCards(bytes('name,phone\n'))).toEqual({ contacts: [], problems: nothing });
    expect(readVCards(new Uint8Array())).toEqual({ contacts: [], problems: nothing });
  });

  it('leaves out a line of 50 MB and reads the rest', () => {
    const huge = Buffer.concat([
      bytes('BEGIN:VCARD\nFN:A B\nNOTE:'),
      Buffer.alloc(50_000_000, 'a'),
      bytes('\nTEL:1\nEND:VCARD\nBEGIN:VCARD\nFN:C D\nEND:VCARD\n'),
    ]);
    const { contacts, problems } = readVCards(huge);
    expect(contacts.map(({ contact }) => contact.name?.given)).toEqual(['A', 'C']);
    expect(contacts[0]?.contact.phones).toEqual([{ value: '1' }]);
    expect(problems.map(({ index }) => index)).toEqual([0]);
  });

  it.each([
    '=',
    ';',
    ' ',
    '\\',
    '"',
    ',',
    '\n ',
    '=\n',
    'TEL:1\n',
    'LABEL:1\n',
    'AGENT:\n',
    'BEGIN:VCARD\n',
    'TEL;TYPE=',
    'a,',
  ])('comes to an end with a million times %j', (piece) => {
    const filler = Buffer.alloc(1_000_000, piece);
    for (const start of ['FN:, ', 'NOTE;QUOTED-PRINTABLE:', 'PHOTO;ENCODING=b:', 'TEL;TYPE=', '']) {
      const file = Buffer.concat([bytes(`BEGIN:VCARD\n${start}`), filler, bytes('\nEND:VCARD\n')]);
      expect(readVCards(file).problems.length).toBeGreaterThanOrEqual(0);
    }
  });

  it('never throws, whatever the bytes', () => {
    const fragments = fc.constantFrom(
      'BEGIN:VCARD\r\n',
      'END:VCARD\n',
      'VERSION:2.1\n',
      'N:a;b\n',
      'AGENT:\n',
      'NOTE',
      ':',
      ';',
      '=\n',
      'ENCODING=QUOTED-PRINTABLE',
      ';ENCODING=b',
      'PHOTO',
      '=C3',
      '\\',
      '"',
      ',',
      '\n ',
      'item1.',
      'X-ABLabel:_$!<',
      'BDAY:1604-02-30\n',
      'IMPP:%E0%A4%A\n',
      ';CHARSET=utf-7',
      'LABEL',
      'TYPE=',
      '\u00FF',
      '\r',
      '^',
    );
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .array(fragments, { maxLength: 60 })
        .map((all) => Buffer.from(`BEGIN:VCARD\n${all.join('')}`, 'latin1')),
    );
    fc.assert(
      fc.property(noise, (file) => {
        const { contacts, problems } = readVCards(file);
        expect(contacts.length + problems.length).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads the other cards, whatever happens to one', () => {
    const good = toVCard({
      name: { given: 'Good' },
      emails: [],
      phones: [],
      ims: [],
      addresses: [],
    });
    const victim = toVCard({
      name: { given: 'Bad' },
      emails: [{ value: 'a@example.com', label: 'x' }],
      phones: [],
      ims: [],
      addresses: [],
    });
    fc.assert(
      fc.property(fc.nat({ max: victim.length }), fc.nat({ max: victim.length }), (from, to) => {
        const mutated = victim.slice(0, from) + victim.slice(to);
        const { contacts } = readVCards(bytes(`${good}${mutated}\r\n${good}`));
        const found = contacts.filter(({ contact }) => contact.name?.given === 'Good');
        expect(found).toHaveLength(2);
      }),
    );
  });
});
