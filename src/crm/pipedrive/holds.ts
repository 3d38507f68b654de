import type { Birthday, Contact, Entry } from '../../contact/contact.ts';
import { heldAddresses } from './address.ts';
import { isBuiltIn, type FieldCodes } from './field-codes.ts';
import { parseIms, printIms } from './ims.ts';
import { heldName } from './name.ts';
import { compact, cut, filled, oneLine } from './text.ts';

/** Of text fields (`varchar`; documented). */
const LONGEST_LINE = 255;
/** Of Pipedrive's own notes field (documented). */
const LONGEST_BUILT_IN_NOTES = 10_000;
/** A long text takes 65k: 20,000 UTF-16 units stay below it in any script. */
const LONGEST_OWN_NOTES = 20_000;
/** Pipedrive takes an entry without a label for `work`, which would be a guess. */
const NO_LABEL = 'other';

/** What Pipedrive would hold of `contact`, with the fields that this company has. Idempotent. */
export function holds(contact: Contact, codes: FieldCodes): Contact {
  const scalars: { [K in keyof Contact]?: Contact[K] | undefined } = {
    organization: cut(oneLine(contact.organization), LONGEST_LINE),
    jobTitle:
      codes.jobTitle === undefined ? undefined : cut(oneLine(contact.jobTitle), LONGEST_LINE),
    notes: heldNotes(contact.notes, codes),
    birthday: codes.birthday === undefined ? undefined : heldBirthday(contact.birthday),
  };
  return {
    name: heldName(contact),
    emails: heldEntries(contact.emails),
    phones: heldEntries(contact.phones),
    ims: heldIms(contact.ims, codes),
    addresses: codes.addresses === undefined ? [] : heldAddresses(contact.addresses),
    ...compact(scalars),
  };
}

/** Every entry has a label, and exactly one of them is primary. */
function heldEntries(entries: readonly Entry[]): readonly Entry[] {
  const held = tidied(entries);
  const primary = Math.max(
    0,
    held.findIndex((entry) => entry.primary === true),
  );
  return held.map(({ value, label }, index) => ({
    value,
    label: label ?? NO_LABEL,
    ...(index === primary && { primary: true }),
  }));
}

function tidied(entries: readonly Entry[]): readonly Entry[] {
  return entries.flatMap((entry) => {
    const value = oneLine(entry.value);
    const label = oneLine(entry.label);
    if (value === undefined) return [];
    return [{ value, ...compact({ label }), ...(entry.primary === true && { primary: true }) }];
  });
}

function heldIms(ims: readonly Entry[], codes: FieldCodes): readonly Entry[] {
  if (codes.ims === undefined) return [];
  return isBuiltIn('ims', codes.ims) ? heldEntries(ims) : parseIms(printIms(tidied(ims)));
}

function heldNotes(notes: string | undefined, codes: FieldCodes): string | undefined {
  if (codes.notes === undefined) return undefined;
  const max = isBuiltIn('notes', codes.notes) ? LONGEST_BUILT_IN_NOTES : LONGEST_OWN_NOTES;
  return cut(plainLines(filled(notes)), max);
}

export function plainLines(text: string | undefined): string | undefined {
  return text?.replace(/\r\n?/gu, '\n');
}

/** A date needs a year, and has to exist. */
function heldBirthday(birthday: Birthday | undefined): Birthday | undefined {
  if (birthday?.year === undefined) return undefined;
  const { year, month, day } = birthday;
  return isDate(year, month, day) ? { year, month, day } : undefined;
}

export function isDate(year: number, month: number, day: number): boolean {
  if (![year, month, day].every(Number.isInteger)) return false;
  const inRange = year >= 1 && year <= 9999 && month >= 1 && month <= 12;
  return inRange && day >= 1 && day <= daysIn(year, month);
}

function daysIn(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  if (month === 2) return leap ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
