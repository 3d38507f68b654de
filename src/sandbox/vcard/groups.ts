import type { SandboxContact } from '../seed-contact.ts';
import type { Card } from './card.ts';
import { firstText, named } from './card.ts';
import { text } from './property.ts';

/** A group that is a card of its own, as Apple and RFC 6350 (`KIND:group`) write it. */
export interface GroupCard {
  readonly name: string;
  readonly members: readonly string[];
}

export function groupCardOf(card: Card): GroupCard | undefined {
  const kind = firstText(card, 'KIND') ?? firstText(card, 'X-ADDRESSBOOKSERVER-KIND');
  if (kind?.toLowerCase() !== 'group') return undefined;
  const members = [...named(card, 'MEMBER'), ...named(card, 'X-ADDRESSBOOKSERVER-MEMBER')];
  return {
    name: firstText(card, 'FN') ?? '',
    members: members.map((member) => bareUid(text(member))),
  };
}

/** The contacts with the names of the group cards that list them. */
export function withGroups(
  contacts: readonly SandboxContact[],
  cards: readonly GroupCard[],
): SandboxContact[] {
  const namesOf = new Map<string, string[]>();
  for (const { name, members } of cards.filter(({ name }) => name !== '')) {
    for (const member of members) {
      const names = namesOf.get(member);
      if (names === undefined) namesOf.set(member, [name]);
      else names.push(name);
    }
  }
  return contacts.map((contact) => {
    const joined = contact.uid === undefined ? undefined : namesOf.get(bareUid(contact.uid));
    if (joined === undefined) return contact;
    return { ...contact, groups: [...new Set([...(contact.groups ?? []), ...joined])] };
  });
}

function bareUid(uid: string): string {
  return uid
    .trim()
    .replace(/^urn:uuid:/i, '')
    .toLowerCase();
}
