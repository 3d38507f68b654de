import { BadControl } from './core.ts';

/** One entry of a list field, at any vendor. */
type ListItem = Readonly<Record<string, unknown>>;

/** What an entry is known by: the first of these keys that it has. */
const MAIN_KEYS = ['key', 'value', 'username', 'person', 'name', 'streetAddress', 'url', 'type'];

/** @throws {BadControl} when no entry has this main value */
export function withChangedEntry<T extends object>(
  list: readonly T[],
  value: string,
  patch: Partial<T>,
): readonly T[] {
  const at = positionOf(list, value);
  return list.map((one, position) => (position === at ? { ...one, ...patch } : one));
}

/** @throws {BadControl} when no entry has this main value */
export function withoutEntry<T extends object>(list: readonly T[], value: string): readonly T[] {
  const at = positionOf(list, value);
  return list.filter((_, position) => position !== at);
}

function positionOf(list: readonly object[], value: string): number {
  const at = list.findIndex((one) => mainValue(one as ListItem) === value);
  if (at === -1) throw new BadControl(`There is no entry ${value}.`);
  return at;
}

function mainValue(item: ListItem): unknown {
  const key = MAIN_KEYS.find((one) => item[one] !== undefined);
  return key === undefined ? undefined : item[key];
}
