import { invalidFilter } from './errors.ts';
import type { StoredContact } from './contact-book.ts';
import { extendedValue } from './extended.ts';

export type ContactTest = (contact: StoredContact) => boolean;

/** A filter, and whether it searches for what was written a moment ago. */
export interface Filter {
  readonly holds: ContactTest;
  /** Looks into extended properties: a search that may lag behind writes. */
  readonly search: boolean;
}

const TEXT = "'((?:[^']|'')*)'";
const EMAIL = new RegExp(
  `^emailAddresses/any\\(\\s*(\\w+)\\s*:\\s*\\1/address eq ${TEXT}\\s*\\)$`,
  'iu',
);
const CATEGORY = new RegExp(`^categories/any\\(\\s*(\\w+)\\s*:\\s*\\1 eq ${TEXT}\\s*\\)$`, 'iu');
const EXTENDED = new RegExp(
  `^singleValueExtendedProperties/any\\(\\s*(\\w+)\\s*:\\s*\\1/id eq ${TEXT} and \\1/value eq ${TEXT}\\s*\\)$`,
  'iu',
);

/**
 * The filters on contacts that are documented or used by public programs; `contains` and
 * comparisons of names answer 400, as the service does. @throws {GraphFailure} 400
 */
export function filterOf(query: URLSearchParams): Filter {
  const text = query.get('$filter')?.trim();
  if (text === undefined) return { holds: () => true, search: false };
  const email = EMAIL.exec(text);
  if (email !== null) return { holds: hasEmail(unquoted(email[2])), search: false };
  const category = CATEGORY.exec(text);
  if (category !== null) return { holds: hasCategory(unquoted(category[2])), search: false };
  const extended = EXTENDED.exec(text);
  if (extended === null) throw invalidFilter();
  return { holds: hasExtended(unquoted(extended[2]), unquoted(extended[3])), search: true };
}

function hasEmail(address: string): ContactTest {
  return ({ properties }) =>
    (properties.emailAddresses ?? []).some((email) => same(email.address, address));
}

function hasCategory(name: string): ContactTest {
  return ({ properties }) => (properties.categories ?? []).includes(name);
}

/** The id as it was written; the value whatever its case (documented). */
function hasExtended(id: string, value: string): ContactTest {
  return (contact) => same(extendedValue(contact, id) ?? '', value);
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function unquoted(text = ''): string {
  return text.replaceAll("''", "'");
}
