import type { SandboxContact } from '../seed-contact.ts';
import { byteString } from './bytes.ts';
import { cardOf } from './card.ts';
import { rawCards } from './cards.ts';
import type { GroupCard } from './groups.ts';
import { groupCardOf, withGroups } from './groups.ts';
import { logicalLines } from './lines.ts';
import { hasPictureElsewhere } from './photo.ts';
import { toSandboxContact } from './to-contact.ts';

export interface ReadVCards {
  readonly contacts: SandboxContact[];
  readonly problems: Problem[];
}

interface Problem {
  /** Which card of the file, from 0. */
  readonly index: number;
  readonly reason: string;
}

/** No picture or note needs a longer line, and no person more lines. */
const LONGEST_LINE = 16 * 1024 * 1024;
const MOST_LINES = 10_000;

/**
 * Reads an address book as phones, mail programs and services export it: vCard 2.1, 3.0 and 4.0,
 * in any encoding, several cards in a file. Never throws: a card that cannot be read becomes a
 * problem and the others go on. Runs in time linear to the file's size.
 */
export function readVCards(bytes: Uint8Array): ReadVCards {
  const contacts: SandboxContact[] = [];
  const problems: Problem[] = [];
  const groups: GroupCard[] = [];
  let index = 0;
  for (const raw of rawCards(logicalLines(byteString(bytes)))) {
    const found = raw.kind === 'whole' ? readCard(raw.lines) : CUT_OFF;
    if (found.contact !== undefined) contacts.push(found.contact);
    if (found.group !== undefined) groups.push(found.group);
    if (found.problem !== undefined) problems.push({ index, reason: found.problem });
    index += 1;
  }
  if (index === 0) problems.push({ index, reason: 'There is no card in this file.' });
  return { contacts: withGroups(contacts, groups), problems };
}

interface Found {
  readonly contact?: SandboxContact;
  readonly group?: GroupCard;
  readonly problem?: string;
}

const CUT_OFF: Found = { problem: 'The card is cut off: its END:VCARD is missing.' };

const TOO_MUCH: Found = {
  problem: 'The card has too long a line or too many; these were left out.',
};

const ELSEWHERE: Found = {
  problem: 'Its picture is not in the file, only its address; the picture was left out.',
};

function readCard(lines: readonly string[]): Found {
  const kept = lines.slice(0, MOST_LINES).filter((line) => line.length <= LONGEST_LINE);
  const tooMuch = kept.length < lines.length ? TOO_MUCH : {};
  const card = cardOf(kept);
  const group = groupCardOf(card);
  if (group !== undefined) return { group, ...tooMuch };
  const contact = toSandboxContact(card);
  if (isEmpty(contact)) return { problem: 'The card is empty.', ...tooMuch };
  const elsewhere = contact.photo === undefined && hasPictureElsewhere(card);
  return { contact, ...(elsewhere ? ELSEWHERE : {}), ...tooMuch };
}

function isEmpty({ contact, photo, extras }: SandboxContact): boolean {
  if (photo !== undefined || extras !== undefined) return false;
  return Object.values(contact).every((value) => Array.isArray(value) && value.length === 0);
}
