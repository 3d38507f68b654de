import { existsSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { imageSize } from 'image-size';
import type { Contact } from '../../src/contact/contact.ts';
import { defaultContacts } from '../../src/sandbox/made-up/default.ts';
import { madeUpContacts } from '../../src/sandbox/made-up/made-up-contacts.ts';
import type { SandboxContact } from '../../src/sandbox/seed-contact.ts';
import { readVCards } from '../../src/sandbox/vcard/read-vcards.ts';

function emailsOf(contacts: readonly SandboxContact[]): string[] {
  return contacts.flatMap(({ contact }) => contact.emails.map(({ value }) => value));
}

function organizationsOf(contacts: readonly SandboxContact[]): string[] {
  return contacts.map(({ contact }) => contact.organization ?? '').filter((name) => name !== '');
}

describe('madeUpContacts', () => {
  it('makes the same people for the same seed, and others for another', () => {
    expect(madeUpContacts(50, 1)).toEqual(madeUpContacts(50, 1));
    expect(madeUpContacts(50, 1)).not.toEqual(madeUpContacts(50, 2));
    expect(madeUpContacts(0, 1)).toEqual([]);
  });

  it.each([1, 2, 3])('gives 1,000 people 300 companies, most of them shared (seed %d)', (seed) => {
    const organizations = organizationsOf(madeUpContacts(1000, seed));
    const distinct = new Set(
      organizations.map((name) => name.toLowerCase().replaceAll(/\s+/g, ' ')),
    );
    expect(distinct.size).toBe(300);
    expect(organizations.length).toBeGreaterThan(550);
  });

  it('gives each e-mail address once, under example domains', () => {
    const emails = emailsOf(madeUpContacts(10_000, 4));
    expect(new Set(emails.map((email) => email.toLowerCase())).size).toBe(emails.length);
    for (const email of emails) {
      expect(email).toMatch(/^[a-z0-9.]+@(?:example\.(?:com|org|net)|[a-z0-9]+\.test)$/);
    }
  });

  it('shares e-mail addresses where asked to', () => {
    const emails = emailsOf(madeUpContacts(1000, 5, { sharedEmailPercent: 10 }));
    const shared = emails.length - new Set(emails).size;
    expect(shared).toBeGreaterThan(50);
    expect(shared).toBeLessThan(150);
  });

  it('makes every kind of contact', () => {
    const contacts = madeUpContacts(1000, 6).map(({ contact }) => contact);
    const kinds: ((contact: Contact) => boolean)[] = [
      ({ name }) => name === undefined,
      ({ emails }) => emails.length === 0,
      ({ emails }) => emails.length > 1,
      ({ phones }) => phones.length > 1,
      ({ birthday }) => birthday !== undefined && birthday.year === undefined,
      ({ addresses }) => addresses.length > 1,
      ({ ims }) => ims.length > 0,
    ];
    for (const kind of kinds) expect(contacts.filter(kind).length).toBeGreaterThan(5);
  });
});

describe('the default address book', () => {
  const all = defaultContacts();
  const shown = (contact: Contact) => Object.values(contact.name ?? {}).join(' ');
  const pixels = (contact: SandboxContact) =>
    contact.photo === undefined ? undefined : imageSize(contact.photo.bytes);

  it('is small and wholly readable', () => {
    const file = new URL('../../fixtures/contacts/address-book.vcf', import.meta.url);
    expect(existsSync(file)).toBe(true);
    expect(statSync(file).size).toBeLessThan(700_000);
    expect(readVCards(readFileSync(file)).problems).toEqual([]);
    expect(all.length).toBeGreaterThanOrEqual(320);
  });

  it.each<[string, number, (contact: Contact) => boolean]>([
    ['twelve e-mails', 1, ({ emails }) => emails.length === 12],
    ['twelve phones', 1, ({ phones }) => phones.length === 12],
    ['a free label', 10, ({ phones }) => phones.some(({ label }) => label === 'Ferienhaus')],
    ['no name', 8, ({ name }) => name === undefined],
    ['no e-mail', 20, ({ emails }) => emails.length === 0],
    [
      'a company only',
      1,
      (c) => c.organization !== undefined && !c.name && c.emails.length + c.phones.length === 0,
    ],
    [
      'a phone only',
      2,
      (c) => c.phones.length > 0 && !c.name && !c.organization && c.emails.length === 0,
    ],
    ['one name', 4, ({ name }) => Object.keys(name ?? {}).length === 1],
    ['a double name', 3, ({ name }) => /\S-\S/.test(name?.family ?? '')],
    ['a prefix', 5, ({ name }) => name?.prefix !== undefined],
    ['a suffix', 3, ({ name }) => name?.suffix !== undefined],
    ['a middle name', 10, ({ name }) => name?.middle !== undefined],
    ['a birthday without a year', 10, ({ birthday }) => birthday !== undefined && !birthday.year],
    ['29 February', 1, ({ birthday: b }) => b?.month === 2 && b.day === 29 && b.year !== undefined],
    [
      '29 February without a year',
      2,
      ({ birthday: b }) => b?.month === 2 && b.day === 29 && !b.year,
    ],
    ['a long note', 2, ({ notes }) => (notes?.length ?? 0) > 2000],
    ['a very long note', 1, ({ notes }) => (notes?.length ?? 0) > 12_000],
    ['a joined emoji', 1, (c) => shown(c).includes('\u200D')],
    ['Hebrew or Arabic', 10, (c) => /[\p{sc=Hebrew}\p{sc=Arabic}]/u.test(shown(c))],
    ['Han, kana or Hangul', 10, (c) => /[\p{sc=Han}\p{sc=Hangul}\p{sc=Katakana}]/u.test(shown(c))],
    ['Cyrillic', 5, (c) => /\p{sc=Cyrillic}/u.test(shown(c))],
    ['Thai', 5, (c) => /\p{sc=Thai}/u.test(shown(c))],
    ['Devanagari', 5, (c) => /\p{sc=Devanagari}/u.test(shown(c))],
    ['Greek', 5, (c) => /\p{sc=Greek}/u.test(shown(c))],
    ['combining marks', 1, (c) => shown(c) !== shown(c).normalize('NFC')],
    ['bidi controls', 1, (c) => /[\u202A-\u202E\u2066-\u2069]/.test(shown(c))],
    ['a terminal’s escape', 1, (c) => shown(c).includes('\u001B')],
    ['the same name', 2, ({ name }) => name?.given === 'Anna' && name.family === 'Example'],
    ['the same e-mail', 2, ({ emails }) => emails[0]?.value === 'household@example.com'],
    [
      'the same switchboard',
      4,
      ({ phones }) => phones.some(({ value }) => value === '+49 30 23125 100'),
    ],
    ['one company spelled differently', 3, (c) => /^acme\s+ltd$/i.test(c.organization ?? '')],
    ['several addresses', 5, ({ addresses }) => addresses.length > 1],
    ['a post office box', 2, ({ addresses }) => addresses.some(({ poBox }) => poBox !== undefined)],
    [
      'an address in one piece',
      1,
      ({ addresses }) => addresses.some(({ formatted }) => formatted !== undefined),
    ],
    ['several messengers', 1, ({ ims }) => ims.length > 4],
  ])('has %s (at least %d)', (_, least, matches) => {
    expect(all.filter(({ contact }) => matches(contact)).length).toBeGreaterThanOrEqual(least);
  });

  it.each(['Clients', 'Family', 'Supplier', 'Ferienhaus'])('has the group %s', (group) => {
    expect(all.filter(({ groups }) => groups?.includes(group)).length).toBeGreaterThanOrEqual(2);
  });

  it('has photos of both kinds, square and not, large and too small', () => {
    const sizes = all.map(pixels).filter((size) => size !== undefined);
    expect(sizes.length).toBeGreaterThanOrEqual(25);
    expect(new Set(sizes.map(({ type }) => type))).toEqual(new Set(['png', 'jpg']));
    const least = ({ width, height }: { width: number; height: number }) => Math.min(width, height);
    expect(
      sizes.filter((size) => size.width === size.height && least(size) >= 128).length,
    ).toBeGreaterThan(10);
    expect(sizes.filter(({ width, height }) => width !== height).length).toBeGreaterThan(4);
    expect(sizes.filter((size) => least(size) < 128).length).toBeGreaterThan(4);
  });
});
