import { EMPTY_CONTACT } from '../../contact/contact.ts';
import type { SandboxContact } from '../seed-contact.ts';
import type { MicrosoftHands } from './hands.ts';

/** Outlook's own first categories, with colours instead of meanings. */
const FIRST_CATEGORIES = [
  ['Red category', 'preset0'],
  ['Blue category', 'preset7'],
] as const;

/** Everybody goes to the default folder; a club and its board have folders, and people, of their own. */
export function populate(hands: MicrosoftHands, contacts: readonly SandboxContact[]): void {
  for (const contact of contacts) hands.create(contact);
  for (const [name, colour] of FIRST_CATEGORIES) hands.createCategory(name, colour);
  const club = hands.createFolder('Rowing Club');
  hands.createFolder('Board', club);
  hands.createFolder('Suppliers', 'root');
  hands.create(member('Olga', 'Oarsman'), 'Rowing Club');
  hands.create(member('Stan', 'Stroke'), 'Rowing Club');
  hands.create(member('Cora', 'Coxswain'), 'Board');
}

function member(given: string, family: string): SandboxContact {
  const value = `${given}.${family}@rowing.example`.toLowerCase();
  return { contact: { ...EMPTY_CONTACT, name: { given, family }, emails: [{ value }] } };
}
