import { fullName, type Contact, type Name } from '../../contact/contact.ts';
import { compact, cut, filled, oneLine } from './text.ts';
import type { Person } from './wire.ts';

const LONGEST_PART = 255;

export function nameOf({ name, first_name, last_name }: Person): Name | undefined {
  const parts = nameFrom(filled(first_name), filled(last_name));
  return parts ?? (filled(name) === undefined ? undefined : split(name ?? ''));
}

function nameFrom(given: string | undefined, family: string | undefined): Name | undefined {
  return given === undefined && family === undefined ? undefined : compact({ given, family });
}

/** As Pipedrive splits a whole name: at the first blank. */
function split(whole: string): Name {
  const [, given, family] = /^(\S+)\s*(.*)$/su.exec(whole.trim()) ?? [];
  return nameFrom(given, filled(family)) ?? {};
}

/** Pipedrive insists on a name, and has a place for two parts of it. */
export function heldName(contact: Contact): Name {
  const given = part(contact.name?.given);
  const family = part(contact.name?.family);
  return nameFrom(given, family) ?? split(part(madeUp(contact)) ?? 'Unnamed contact');
}

function part(text: string | undefined): string | undefined {
  return cut(oneLine(text), LONGEST_PART);
}

function madeUp(contact: Contact): string | undefined {
  return [
    fullName(contact.name),
    contact.organization,
    contact.emails[0]?.value,
    contact.phones[0]?.value,
  ].find((text) => oneLine(text) !== undefined);
}

/**
 * `name` alone is the documented way; the two parts are sent only where splitting the whole at its
 * first blank would give others. Never both: what the two together mean is not documented.
 */
export function nameBody({ given, family }: Name): Readonly<Record<string, string>> {
  const splitsRight = given !== undefined && !/\s/u.test(given);
  return splitsRight
    ? { name: family === undefined ? given : `${given} ${family}` }
    : { first_name: given ?? '', last_name: family ?? '' };
}
