import type { Address, Entry } from '../../contact/contact.ts';
import { given } from './text.ts';

/*
 * Outlook has slots, not lists with labels. An entry goes where its label says; one whose label
 * says nothing goes wherever there is room; one for which there is none stays in the CRM.
 */

/** Slots of each kind, as Graph has them. More than that is refused as a whole (documented). */
const EMAIL_SLOTS = 3;
/** Graph does not tell; Exchange itself has three. */
const IM_SLOTS = 3;
const PHONE_SLOTS = { business: 2, home: 2, mobile: 1 } as const;
const ADDRESS_SLOTS = { business: 1, home: 1, other: 1 } as const;

export type PhoneSlot = keyof typeof PHONE_SLOTS;
export type AddressSlot = keyof typeof ADDRESS_SLOTS;

/** What a slot is called in a contact. */
export const PHONE_LABELS: { readonly [S in PhoneSlot]: string } = {
  business: 'work',
  home: 'home',
  mobile: 'mobile',
};
export const ADDRESS_LABELS: { readonly [S in AddressSlot]: string } = {
  business: 'work',
  home: 'home',
  other: 'other',
};

/** The first slot is the main address: it is for the entry that leads. */
export function emailsInSlots(emails: readonly Entry[]): readonly string[] {
  return leaderFirst(valuesOf(emails)).slice(0, EMAIL_SLOTS).map(text);
}

export function imsInSlots(ims: readonly Entry[]): readonly string[] {
  return valuesOf(ims).slice(0, IM_SLOTS).map(text);
}

export function phonesInSlots(
  phones: readonly Entry[],
): Readonly<Record<PhoneSlot, readonly string[]>> {
  const filled = fill(valuesOf(phones), PHONE_SLOTS, ({ label }) => phoneSlots(label));
  return {
    business: filled.business.map(text),
    home: filled.home.map(text),
    mobile: filled.mobile.map(text),
  };
}

export function addressesInSlots(
  addresses: readonly Address[],
): Readonly<Record<AddressSlot, readonly Address[]>> {
  return fill(addresses, ADDRESS_SLOTS, ({ label }) => addressSlots(label));
}

function valuesOf(entries: readonly Entry[]): readonly Entry[] {
  return entries.filter(({ value }) => given(value) !== undefined);
}

function text({ value }: Entry): string {
  return given(value) ?? '';
}

function leaderFirst(entries: readonly Entry[]): readonly Entry[] {
  const leader = entries.find(({ primary }) => primary === true);
  return leader === undefined ? entries : [leader, ...entries.filter((one) => one !== leader)];
}

/** Where an entry may go, the best place first. Nobody's choice is `undefined`. */
type Choices<S> = readonly (S | undefined)[];

/** One whose label says nothing comes after everybody's first and second choice. */
const LATER = [undefined, undefined] as const;

/** A fax or pager is no number to be called at. */
function phoneSlots(label: string | undefined): Choices<PhoneSlot> {
  const word = plain(label);
  if (/fax|pager/u.test(word)) return [];
  // A second mobile is still a number to be reached at.
  if (/mobile|cell/u.test(word)) return ['mobile', 'business'];
  if (/home|private/u.test(word)) return ['home'];
  if (/work|business|company|office/u.test(word)) return ['business'];
  return [...LATER, 'business', 'home', 'mobile'];
}

function addressSlots(label: string | undefined): Choices<AddressSlot> {
  const word = plain(label);
  if (/home|private/u.test(word)) return ['home', 'other'];
  if (/work|business|company|office/u.test(word)) return ['business', 'other'];
  if (word === 'other') return ['other'];
  return [...LATER, 'other', 'business', 'home'];
}

function plain(label: string | undefined): string {
  return (label ?? '').trim().toLowerCase();
}

/** Everybody's first choice comes before anybody's second. */
function fill<S extends string, T>(
  entries: readonly T[],
  room: Readonly<Record<S, number>>,
  choices: (entry: T) => Choices<S>,
): Readonly<Record<S, readonly T[]>> {
  const slots = Object.fromEntries(Object.keys(room).map((slot) => [slot, [] as T[]])) as Record<
    S,
    T[]
  >;
  let waiting = entries;
  const rounds = LATER.length + Object.keys(room).length;
  for (let round = 0; round < rounds; round += 1) {
    waiting = waiting.filter((entry) => {
      const slot = choices(entry)[round];
      if (slot === undefined || slots[slot].length >= room[slot]) return true;
      slots[slot].push(entry);
      return false;
    });
  }
  return slots;
}
