import { displayName, EMPTY_CONTACT, fullName, type Name } from '../../contact/contact.ts';
import { plainText } from '../../contact/normalize.ts';
import { given } from './text.ts';
import type { GraphContact } from './wire.ts';

/** The ways in which Outlook and its users write a whole name. The first is ours for a new one. */
const RENDERINGS: readonly ((name: Name) => string)[] = [
  fullName,
  ({ given: first, family }) => joined(' ', first, family),
  ({ given: first, middle, family }) => joined(' ', first, middle, family),
  ({ given: first, family }) => joined(', ', family, first),
  ({ given: first, middle, family }) => joined(', ', family, joined(' ', first, middle)),
  ({ given: first, family }) => joined(' ', family, first),
  ({ given: first, family }) => joined('', family, first),
];

/**
 * How a whole name (`displayName`, `fileAs`) follows a change of the name's parts: in the manner
 * it is written in now. `undefined` where it is not made of the name, but the user's own.
 */
export function followed(
  whole: string | null | undefined,
  before: Name | undefined,
  after: Name | undefined,
): string | undefined {
  if (before === undefined || after === undefined) return undefined;
  const now = plainText(whole ?? '');
  const manner = RENDERINGS.find((render) => now !== '' && plainText(render(before)) === now);
  return manner === undefined ? undefined : given(manner(after));
}

/**
 * The name in a contact without any part of one: whatever Outlook shows, unless that is only
 * another field's value, with which Outlook makes do.
 */
export function nameInDisplayName(wire: GraphContact): Name | undefined {
  const shown = given(wire.displayName);
  if (shown === undefined || madeOf(wire).includes(plainText(shown))) return undefined;
  // Splitting it would be guessing: names have no order that holds everywhere.
  return { given: shown };
}

function madeOf(wire: GraphContact): readonly string[] {
  const emails = (wire.emailAddresses ?? []).map((email) => email?.address);
  const phones = [...(wire.businessPhones ?? []), ...(wire.homePhones ?? []), wire.mobilePhone];
  return [wire.companyName, ...emails, ...phones, NAMELESS].map((text) => plainText(text ?? ''));
}

/** What a contact with nothing to show is called. */
const NAMELESS = displayName(EMPTY_CONTACT);

function joined(by: string, ...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(by);
}
