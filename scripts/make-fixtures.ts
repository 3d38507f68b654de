/**
 * Writes fixtures/contacts/address-book.vcf, the sandbox's default address book. Run in the
 * project's folder with Node 22.18 or newer: `node scripts/make-fixtures.ts`. The result is the
 * same each time.
 */
import { writeFileSync } from 'node:fs';
import { toVCard } from '../src/contact/vcard.ts';
import { madeUpContacts } from '../src/sandbox/made-up/made-up-contacts.ts';
import { HARD_CASES } from './fixtures/hard-cases.ts';
import { jpeg, png } from './fixtures/pictures.ts';

const MADE_UP = 260;
const SEED = 2026;

/** Width and height; what lies below 128 pixels or is not square is what a CRM may not take. */
const PICTURES = (
  '128x128 160x160 256x256 512x512 400x400 130x130 200x200 640x640 ' +
  '300x200 200x300 512x128 96x96 64x64 48x72 127x127'
)
  .split(' ')
  .map((size) => size.split('x').map(Number));

/**
 * Control characters and old ways of writing: a vCard 4.0 writer has no means for these.
 * 0x1B is the escape character that begins a terminal's control sequence.
 */
const BY_HAND = [
  String.raw`BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=1B[31mRed;=1B]0;Title=07Ansi;;;
EMAIL;INTERNET:ansi.name@example.com
NOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=1B[2J=1B[Hgone?=0D=0A=
next line=08=08=7F
END:VCARD`,
  String.raw`BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=D0=98=D0=B2=D0=B0=D0=BD=D0=BE=D0=B2;=D0=98=D0=B2=D0=B0=D0=BD;;;
TEL;CELL;PREF:+7 495 555 01 01
TEL;X-CUSTOM(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,=D0=94=D0=B0=D1=87=D0=B0):+7 495 555 01 02
BDAY:1604-02-29
END:VCARD`,
  String.raw`BEGIN:VCARD
VERSION:3.0
N:Apfel;Adam;;;
FN:Adam Apfel
item1.EMAIL;type=INTERNET;type=pref:adam@apfel.test
item1.X-ABLabel:_$!<School>!$_
BDAY;X-APPLE-OMIT-YEAR=1604:1604-05-17
CATEGORIES:Clients,Ferienhaus
END:VCARD`,
];

function addressBook(): string {
  const hard = HARD_CASES.map(({ contact, groups }, index) => ({
    contact,
    uid: `hard-case-${index}`,
    groups: groups ?? [],
  }));
  const all = [...madeUpContacts(MADE_UP, SEED), ...hard];
  const cards = all.map(({ contact, uid, groups = [] }, index) =>
    toVCard(contact, {
      ...(uid === undefined ? {} : { uid }),
      categories: groups,
      ...pictureFor(index),
    }),
  );
  return [...cards, ...BY_HAND.map((card) => `${card.replaceAll('\n', '\r\n')}\r\n`)].join('');
}

/** Every twelfth contact has a picture, by turns a PNG and a JPEG. */
function pictureFor(index: number): { photo?: string } {
  const number = index / 12;
  const [width, height] = PICTURES[number % PICTURES.length] ?? [];
  if (width === undefined || height === undefined) return {};
  const size = { width, height, hue: number };
  const photo = number % 2 === 0 ? png(size) : jpeg(size);
  const type = number % 2 === 0 ? 'image/png' : 'image/jpeg';
  return { photo: `data:${type};base64,${photo.toString('base64')}` };
}

writeFileSync('fixtures/contacts/address-book.vcf', addressBook());
