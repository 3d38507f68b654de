import type { SandboxRequest } from '../core.ts';
import { badRequest, invalidQuery, unknownProperty } from './errors.ts';
import { EMAIL_SLOTS, PROPERTIES } from './properties.ts';

const USUAL_PAGE = 10;
const MOST_ON_A_PAGE = 1000;

/** What the `Prefer` header asks for. */
export interface Preferences {
  readonly immutable: boolean;
  readonly maxPageSize: number | undefined;
  /** No body after a write. */
  readonly minimal: boolean;
}

export function preferencesOf({ headers }: SandboxRequest): Preferences {
  const wishes = (headers['prefer'] ?? '').split(',').map((wish) => wish.trim().toLowerCase());
  const size = wishes
    .map((wish) => /^odata\.maxpagesize="?(\d+)"?$/u.exec(wish)?.[1])
    .find((digits) => digits !== undefined);
  return {
    immutable: wishes.some((wish) => /^idtype="?immutableid"?$/u.test(wish)),
    maxPageSize: size === undefined ? undefined : Math.max(1, Number(size)),
    minimal: wishes.includes('return=minimal'),
  };
}

/** What was honoured, as a header. */
export function appliedHeaders(preferences: Preferences): Readonly<Record<string, string>> {
  const { immutable, maxPageSize, minimal } = preferences;
  const applied = [
    ...(immutable ? ['IdType="ImmutableId"'] : []),
    ...(maxPageSize === undefined ? [] : [`odata.maxpagesize=${maxPageSize}`]),
    ...(minimal ? ['return=minimal'] : []),
  ];
  return applied.length === 0 ? {} : { 'preference-applied': applied.join(', ') };
}

const SELECTABLE: readonly string[] = [
  ...PROPERTIES,
  ...EMAIL_SLOTS,
  'id',
  'changeKey',
  'createdDateTime',
  'lastModifiedDateTime',
  'parentFolderId',
];

/** `undefined` selects everything. @throws {GraphFailure} 400 for what v1.0 does not have */
export function selectOf(query: URLSearchParams): readonly string[] | undefined {
  const text = query.get('$select');
  if (text === null || text === '' || text === '*') return undefined;
  const names = text.split(',').map((name) => name.trim());
  const bad = names.find((name) => !SELECTABLE.includes(name));
  if (bad !== undefined) throw unknownProperty(bad);
  return names;
}

/** The ids of the extended properties to be shown. @throws {GraphFailure} */
export function expandOf(query: URLSearchParams): readonly string[] {
  const text = query.get('$expand');
  if (text === null) return [];
  const [, filter] = /^singleValueExtendedProperties\(\$filter=(.+)\)$/iu.exec(text.trim()) ?? [];
  const ids = (filter ?? '')
    .split(/ or /iu)
    .map((each) => /^\s*id eq '((?:[^']|'')+)'\s*$/iu.exec(each)?.[1]?.replaceAll("''", "'"));
  const known = ids.filter((id) => id !== undefined);
  if (known.length === ids.length) return known;
  throw invalidQuery("The query parameter '$expand' is not supported in this form.");
}

export interface Window {
  readonly top: number;
  readonly skip: number;
}

/** @throws {GraphFailure} 400 for a page that is no number or too large */
export function windowOf(query: URLSearchParams, { maxPageSize }: Preferences): Window {
  const top = wholeNumber(query, '$top') ?? maxPageSize ?? USUAL_PAGE;
  if (query.has('$top') && (top < 1 || top > MOST_ON_A_PAGE)) {
    throw invalidQuery(`The limit of '${MOST_ON_A_PAGE}' for Top query has been exceeded.`);
  }
  return { top: Math.min(top, MOST_ON_A_PAGE), skip: wholeNumber(query, '$skip') ?? 0 };
}

function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\d+$/u.test(text))
    throw badRequest(`Invalid value '${text}' for $${name} query option found.`);
  return Number(text);
}

/** One plain property, ascending or descending. @throws {GraphFailure} */
export function orderOf(
  query: URLSearchParams,
): { readonly by: string; readonly descending: boolean } | undefined {
  const text = query.get('$orderby');
  if (text === null) return undefined;
  const [, by = '', direction] = /^(\w+)(?: (asc|desc))?$/u.exec(text.trim()) ?? [];
  if (!SELECTABLE.includes(by)) throw unknownProperty(by);
  return { by, descending: direction === 'desc' };
}

/** @throws {GraphFailure} 400 for parameters that a call does not take */
export function refuseQuery(query: URLSearchParams, taken: readonly string[]): void {
  const bad = [...query.keys()].find((name) => name.startsWith('$') && !taken.includes(name));
  if (bad !== undefined) throw invalidQuery(`The query parameter '${bad}' is not supported.`);
}
