import { madeUpContacts } from '../../dist/sandbox/made-up/made-up-contacts.js';
import { toVCard } from '../../dist/contact/vcard.js';

/** The contacts that the vendors hold, as vCards: what the peer is given. */
export function madeUpCards(count) {
  return madeUpContacts(count, 1).map(({ contact }, index) => {
    const uid = `peer-${String(index).padStart(6, '0')}`;
    return { name: `${uid}.vcf`, text: toVCard(contact, { uid }) };
  });
}

const NOTE = /(?:NOTE:Changed in round .*\r?\n)?(?=END:VCARD)/u;

/** The card as somebody has changed it. */
export function changedCard(text, round) {
  return text.replace(NOTE, `NOTE:Changed in round ${round}\r\n`);
}

export function isChanged(text, round) {
  return text.includes(`NOTE:Changed in round ${round}`);
}

/** Of all names, the hundredth that changes on one side, and the other hundredth on the other. */
export function changingOn(side, names) {
  const sorted = names.toSorted();
  const from = side === 'one' ? 0 : Math.floor(sorted.length / 2);
  return sorted.slice(from, from + changesOf(sorted.length));
}

export function changesOf(count) {
  return Math.max(1, Math.round(count / 100));
}
