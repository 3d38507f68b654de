import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Contact } from '../../src/contact/contact.ts';
import { EMPTY_CONTACT } from '../../src/contact/contact.ts';
import type { SandboxContact } from '../../src/sandbox/seed-contact.ts';
import { readVCards } from '../../src/sandbox/vcard/read-vcards.ts';

const SAMPLES = new URL('../../fixtures/contacts/samples/', import.meta.url);

function read(name: string) {
  return readVCards(readFileSync(new URL(name, SAMPLES)));
}

function contact(fields: Partial<Contact>): Contact {
  return { ...EMPTY_CONTACT, ...fields };
}

/** A PNG of one pixel. */
const PHOTO = {
  type: 'image/png',
  bytes: new Uint8Array(
    Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mNwaDgAAAKEAYEYanSHAAAAAElFTkSuQmCC',
      'base64',
    ),
  ),
} as const;

const EXPECTED: Readonly<Record<string, readonly SandboxContact[]>> = {
  'agent-2.1.vcf': [
    {
      contact: contact({
        name: { given: 'Bettina', family: 'Boss' },
        phones: [{ value: '+1 212 555 0121', label: 'work' }],
      }),
    },
  ],
  'android-2.1.vcf': [
    {
      contact: contact({
        name: { given: 'Олена', family: 'Іваненко' },
        emails: [{ value: 'olena@example.com', label: 'home' }],
        phones: [
          { value: '+380445550101', label: 'mobile', primary: true },
          { value: '+380445550102', label: 'Дача' },
          { value: '+380445550103', label: 'Voicemail' },
          { value: '+380445550104', label: 'homeFax' },
        ],
        ims: [{ value: 'olena.skype', label: 'skype' }],
        addresses: [
          { label: 'home', street: 'вул. Хрещатик, 1', city: 'Київ', postalCode: '01001' },
        ],
        organization: 'Дніпро;Львів',
        notes: 'Рядок 1\nРядок 2',
        birthday: { month: 2, day: 29 },
      }),
      extras: { nicknames: ['Оля'] },
      photo: PHOTO,
    },
    {
      contact: contact({
        name: { given: 'Pizza' },
        phones: [{ value: '0301234', label: 'mobile' }],
      }),
    },
  ],
  'apple-3.0.vcf': [
    {
      contact: contact({
        name: { given: 'Adam', family: 'Apfel', middle: 'Paul Karl' },
        emails: [
          { value: 'adam@apfel.test', label: 'home', primary: true },
          { value: 'adam@school.test', label: 'school' },
        ],
        phones: [
          { value: '+49 30 23125 200', label: 'mobile', primary: true },
          { value: '+49 30 23125 201', label: 'homeFax' },
          { value: '+49 30 23125 202', label: 'Büro "oben"' },
        ],
        ims: [
          { value: 'adam.apfel', label: 'skype', primary: true },
          { value: 'adamaim', label: 'aim' },
        ],
        addresses: [
          {
            label: 'work',
            street: 'Gartenweg 1\nHinterhaus',
            city: 'Köln',
            postalCode: '50667',
            country: 'Deutschland',
          },
        ],
        organization: 'Apfel & Co.',
        jobTitle: 'Gärtner',
        notes: 'Obst, Gemüse\nund mehr',
        birthday: { month: 2, day: 29 },
      }),
      extras: { events: [{ date: { year: 2010, month: 8, day: 8 }, label: 'anniversary' }] },
      photo: PHOTO,
      uid: '3F2504E0-4F89-11D3-9A0C-0305E82C3301',
      groups: ['Lieferanten'],
    },
    {
      contact: contact({
        phones: [{ value: '+49 30 23125 203', label: 'main' }],
        organization: 'Obsthof GmbH',
      }),
      uid: '3F2504E0-4F89-11D3-9A0C-0305E82C3302:ABPerson',
    },
  ],
  'google-3.0.vcf': [
    {
      contact: contact({
        name: { given: 'Zoë', family: 'Example', middle: 'Maria', prefix: 'Dr.', suffix: 'MD' },
        emails: [
          { value: 'zoe@example.com', label: 'work' },
          { value: 'zoe@ferien.test', label: 'Ferienhaus' },
        ],
        phones: [
          { value: '+1 212 555 0100', label: 'mobile' },
          { value: '+1 212 555 0101', label: 'workFax' },
          { value: '+1 212 555 0102', label: 'other' },
          { value: '+1 212 555 0103', label: 'googleVoice' },
        ],
        ims: [{ value: 'zoe@example.com', label: 'googleTalk' }],
        addresses: [
          {
            label: 'home',
            street: '1 Example Way\nRear building',
            city: 'Springfield',
            region: 'IL',
            postalCode: '62701',
            country: 'US',
          },
          { label: 'Storage', extended: 'Floor 2', poBox: 'PO Box 7', city: 'Portland' },
        ],
        organization: 'Example Inc.',
        jobTitle: 'Head, Research',
        notes: 'First line\nSecond line, with a comma; and more\nA colon: too',
        birthday: { year: 1980, month: 2, day: 29 },
      }),
      extras: {
        department: 'Research',
        events: [{ date: { year: 2005, month: 6, day: 1 }, label: 'anniversary' }],
        urls: [{ value: 'http://www.google.com/profiles/1', label: 'profile' }],
      },
      groups: ['Clients', 'Family'],
    },
    { contact: contact({ organization: 'Company Only' }) },
    { contact: contact({ emails: [{ value: 'no.name@example.com' }] }) },
  ],
  'latin1-3.0.vcf': [
    {
      contact: contact({
        name: { given: 'Begoña', family: 'Gómez' },
        notes: 'Sin charset, en latin-1',
      }),
    },
  ],
  'nextcloud-4.0.vcf': [
    {
      contact: contact({
        name: { given: 'Noël', family: 'Wolke' },
        emails: [
          { value: 'noel@wolke.test', label: 'home' },
          { value: 'noel@work.test', label: 'work', primary: true },
        ],
        phones: [
          { value: '+33 1 55 55 01 01', label: 'home' },
          { value: '+33-1-55-55-01-02 ext. 12', label: 'workMobile' },
          { value: '+33 1 55 55 01 03', label: 'Atelier, 2e étage' },
        ],
        ims: [
          { value: 'noel.skype', label: 'skype' },
          { value: 'u/noel:example.org', label: 'matrix' },
        ],
        addresses: [
          {
            label: 'home',
            street: "12 rue de l'Exemple",
            city: 'Paris',
            postalCode: '75001',
            country: 'France',
            formatted: "12 rue de l'Exemple\n75001 Paris",
          },
        ],
        organization: 'Wolke SARL',
        jobTitle: 'Chef',
        notes: 'Une note\nen deux lignes',
        birthday: { month: 2, day: 29 },
      }),
      extras: { department: 'Ventes' },
      photo: PHOTO,
      groups: ['Clients', 'Amis, proches'],
      uid: '0b1f4f1e-52a5-4b9c-8f4b-2a3f5b0f0001',
    },
  ],
  'old-mac-line-ends.vcf': [
    {
      contact: contact({
        name: { given: 'Jan', family: 'Kowalski' },
        emails: [{ value: 'jan@example.org' }],
      }),
    },
  ],
  'outlook-2.1.vcf': [
    {
      contact: contact({
        name: { given: 'Jürgen', family: 'Müller', middle: 'Paul', prefix: 'Dr.', suffix: 'jun.' },
        emails: [{ value: 'juergen@mueller.test', primary: true }],
        phones: [
          { value: '+49 (30) 23125 300', label: 'work' },
          { value: '+49 (30) 23125 301', label: 'home' },
          { value: '+49 (30) 23125 302', label: 'mobile' },
          { value: '+49 (30) 23125 303', label: 'workFax' },
        ],
        addresses: [
          {
            label: 'work',
            street: 'Königsallee 1',
            city: 'Düsseldorf',
            region: 'NRW',
            postalCode: '40212',
            country: 'Deutschland',
            formatted: 'Königsallee 1\n40212 Düsseldorf',
          },
        ],
        organization: 'Müller Söhne',
        jobTitle: 'Geschäftsführer',
        notes: 'Erste Zeile mit Straße\nZweite Zeile, die weiter geht; C:\\neu\n',
        birthday: { year: 1965, month: 3, day: 22 },
      }),
      extras: { department: 'Einkauf' },
      photo: PHOTO,
    },
  ],
  'split-characters-3.0.vcf': [
    {
      contact: contact({
        name: { given: 'Greta', family: 'Grün' },
        notes:
          'Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße',
      }),
    },
  ],
  'type-spellings-3.0.vcf': [
    {
      contact: contact({
        name: { given: 'Jane', family: 'Doe' },
        emails: [{ value: 'second@example.com' }, { value: 'first@example.com', primary: true }],
        phones: [
          { value: '+1 212 555 0130', label: 'work', primary: true },
          { value: '+1 212 555 0131', label: 'home' },
          { value: '+1 212 555 0132', label: 'workMobile' },
          { value: '+1 212 555 0133', label: 'pager' },
          { value: '+1 212 555 0134', label: 'Boat' },
        ],
        ims: [
          { value: 'jane@jabber.test', label: 'jabber' },
          { value: 'jane.gtalk', label: 'googleTalk' },
          { value: 'jane.yahoo', label: 'yahoo' },
        ],
      }),
    },
  ],
  'utf16-3.0.vcf': [
    {
      contact: contact({
        name: { given: '太郎', family: '佐藤' },
        emails: [{ value: 'taro@example.com', label: 'home' }],
      }),
    },
  ],
};

/** What cannot be read without a network. */
const PROBLEMS: Readonly<Record<string, readonly object[]>> = {
  'google-3.0.vcf': [{ index: 0, reason: expect.stringContaining('picture') }],
};

describe('an exported address book', () => {
  it.each(Object.entries(EXPECTED))('%s is read exactly', (name, expected) => {
    expect(read(name)).toEqual({ contacts: expected, problems: PROBLEMS[name] ?? [] });
  });

  it('has its birthdays in every form, and none where there is no such day', () => {
    const leapDay = { year: 1980, month: 2, day: 29 };
    const yearless = { month: 2, day: 29 };
    expect(read('birthdays.vcf').contacts.map(({ contact }) => contact.birthday)).toEqual([
      leapDay,
      leapDay,
      yearless,
      yearless,
      yearless,
      yearless,
      leapDay,
      leapDay,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('loses only the cards that are cut off or empty', () => {
    const { contacts, problems } = read('bom-and-garbage.vcf');
    expect(contacts.map(({ contact }) => contact.name)).toEqual([
      { given: 'Only', family: 'Shown' },
      { given: 'Last', family: 'One' },
    ]);
    expect(problems).toEqual([
      { index: 1, reason: 'The card is cut off: its END:VCARD is missing.' },
      { index: 3, reason: 'The card is empty.' },
      { index: 4, reason: 'The card is cut off: its END:VCARD is missing.' },
    ]);
  });
});
