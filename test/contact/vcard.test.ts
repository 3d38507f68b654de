import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Contact } from '../../src/contact/contact.ts';
import { EMPTY_CONTACT } from '../../src/contact/contact.ts';
import { toVCard } from '../../src/contact/vcard.ts';

function lines(contact: Partial<Contact>, options?: Parameters<typeof toVCard>[1]): string[] {
  const card = toVCard({ ...EMPTY_CONTACT, ...contact }, options);
  return card.replaceAll('\r\n ', '').split('\r\n').slice(2, -2);
}

describe('toVCard', () => {
  it('writes a whole card with CRLF line ends', () => {
    const contact: Contact = {
      name: { prefix: 'Dr.', given: 'Zoë', middle: 'M.', family: 'Example', suffix: 'MD' },
      emails: [{ value: 'zoe@example.com', label: 'work', primary: true }],
      phones: [{ value: '+1 212 555 0100', label: 'mobile' }],
      ims: [{ value: 'zoe', label: 'skype' }],
      addresses: [{ label: 'home', street: '1 Way', city: 'Springfield', country: 'US' }],
      organization: 'Example Inc.',
      jobTitle: 'CEO',
      notes: 'one\ntwo',
      birthday: { year: 1980, month: 2, day: 29 },
    };
    expect(toVCard(contact, { uid: 'urn:uuid:1', categories: ['Clients', 'A,B'] })).toBe(
      [
        'BEGIN:VCARD',
        'VERSION:4.0',
        'UID:urn:uuid:1',
        'FN:Dr. Zoë M. Example MD',
        'N:Example;Zoë;M.;Dr.;MD',
        'EMAIL;TYPE=work;PREF=1:zoe@example.com',
        'TEL;TYPE=cell:+1 212 555 0100',
        'IMPP;X-SERVICE-TYPE=skype:skype:zoe',
        'ADR;TYPE=home:;;1 Way;Springfield;;;US',
        'ORG:Example Inc.',
        'TITLE:CEO',
        'NOTE:one\\ntwo',
        'BDAY:19800229',
        'CATEGORIES:Clients,A\\,B',
        'END:VCARD',
        '',
      ].join('\r\n'),
    );
  });

  it.each<[string, Partial<Contact>, string[]]>([
    ['nothing at all', {}, ['FN:', 'N:;;;;']],
    ['a company', { organization: 'A; B, C' }, ['FN:A\\; B\\, C', 'N:;;;;', 'ORG:A\\; B\\, C']],
    [
      'only an e-mail',
      { emails: [{ value: 'a@example.com' }] },
      ['FN:a@example.com', 'N:;;;;', 'EMAIL:a@example.com'],
    ],
    ['backslashes', { name: { given: 'C:\\new' } }, ['FN:C:\\\\new', 'N:;C:\\\\new;;;']],
    [
      'a birthday without a year',
      { birthday: { month: 2, day: 9 } },
      ['FN:', 'N:;;;;', 'BDAY:--0209'],
    ],
    [
      'free labels',
      {
        emails: [{ value: 'a@example.com', label: 'Ferienhaus' }],
        phones: [{ value: '1', label: 'main, "x"', primary: true }],
      },
      [
        'FN:a@example.com',
        'N:;;;;',
        'item1.EMAIL:a@example.com',
        'item1.X-ABLABEL:Ferienhaus',
        'item2.TEL;PREF=1:1',
        'item2.X-ABLABEL:main\\, "x"',
      ],
    ],
    [
      'a formatted address with quotes, carets and line ends (RFC 6868)',
      { addresses: [{ formatted: '"a"\nb^c: d' }] },
      ['FN:', 'N:;;;;', `ADR;LABEL="^'a^'^nb^^c: d":;;;;;;`],
    ],
    [
      'a messenger whose service the RFC does not know',
      { ims: [{ value: '@a b', label: 'Tele gram' }] },
      ['FN:', 'N:;;;;', 'IMPP;X-SERVICE-TYPE="Tele gram":im:@a%20b'],
    ],
    ['line ends of other systems', { notes: 'a\r\nb\rc' }, ['FN:', 'N:;;;;', 'NOTE:a\\nb\\nc']],
    [
      'control characters and half characters',
      { notes: 'a\u001B[31m\u0000\u009Bb\tc\uD800' },
      ['FN:', 'N:;;;;', 'NOTE:a[31mb\tc\uFFFD'],
    ],
  ])('writes %s', (_, contact, expected) => {
    expect(lines(contact)).toEqual(expected);
  });

  it('marks an identifier that is no address as text', () => {
    expect(lines({}, { uid: 'a;b' })[0]).toBe('UID;VALUE=text:a\\;b');
  });

  it('takes a picture by its address', () => {
    expect(lines({}, { photo: 'data:image/png;base64,AA\r\nEND:VCARD' }).at(-1)).toBe(
      'PHOTO:data:image/png;base64,AAEND:VCARD',
    );
  });

  it('never lets a value begin a line of its own, and keeps lines to 75 octets of whole characters', () => {
    const text = fc.string({ unit: 'binary', maxLength: 300 });
    fc.assert(
      fc.property(text, text, text, (notes, value, label) => {
        const contact = {
          ...EMPTY_CONTACT,
          notes,
          emails: [{ value, label }],
          ims: [{ value, label }],
          addresses: [{ formatted: notes, label }],
        };
        const card = toVCard(contact, { uid: value, categories: [label], photo: notes });
        const physical = card.slice(0, -2).split('\r\n');
        for (const line of physical) {
          expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
          expect(line).not.toMatch(/[^\P{Cc}\t]|\p{Cs}/u);
          expect(line).toMatch(
            /^(?: |BEGIN:VCARD$|END:VCARD$|VERSION|UID|FN|N|(?:item\d\.)?(?:EMAIL|ADR|X-ABLABEL)|IMPP|NOTE|CATEGORIES|PHOTO)/,
          );
        }
        expect(physical.filter((line) => line === 'END:VCARD')).toHaveLength(1);
      }),
    );
  });
});
