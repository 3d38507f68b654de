import type { Address, Birthday, Contact, Entry, FieldName, Name } from '../../contact/contact.ts';
import { fullName } from '../../contact/contact.ts';
import { neutralise } from '../neutralise.ts';

/** A field's value as one harmless line; a dash where there is none. */
export function valueText(field: FieldName, value: Contact[FieldName] | null): string {
  const text = value === null || value === undefined ? '' : inWords(field, value);
  return text === '' ? '–' : neutralise(text);
}

function inWords(field: FieldName, value: NonNullable<Contact[FieldName]>): string {
  switch (field) {
    case 'name':
      return fullName(value as Name);
    case 'emails':
    case 'phones':
    case 'ims':
      return (value as readonly Entry[]).map(entryText).join(', ');
    case 'addresses':
      return (value as readonly Address[]).map(addressText).join('; ');
    case 'birthday':
      return birthdayText(value as Birthday);
    case 'organization':
    case 'jobTitle':
    case 'notes':
      return (value as string).replace(/\s*\n\s*/gu, ' / ');
  }
}

function entryText({ value, label }: Entry): string {
  return label === undefined ? value : `${value} (${label})`;
}

function addressText({ label, formatted, ...parts }: Address): string {
  const { street, extended, poBox, postalCode, city, region, country } = parts;
  const place = [postalCode, city].filter((part) => part !== undefined).join(' ');
  const pieces = [street, extended, poBox, place, region, country];
  const some = pieces.filter((part) => part !== undefined && part !== '').join(', ');
  const text = some === '' ? (formatted ?? '').replace(/\s*\n\s*/gu, ', ') : some;
  return label === undefined ? text : `${text} (${label})`;
}

function birthdayText({ year, month, day }: Birthday): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${year ?? '-'}-${two(month)}-${two(day)}`;
}
