import type { Name } from './contact.ts';
import { NAME_PARTS, plainText } from './normalize.ts';

/*
 * Edits travel, not states: what changed on one side is found as a difference (`diff…`) and carried
 * to the other side's present value (`apply…`), whatever else that value holds.
 */

/** What makes two entries of a list the same thing, and what may differ between them. */
export interface EntryKind<T> {
  /** The same number, address or messenger, labels aside. */
  readonly sameValue: (one: T, two: T) => boolean;
  /** Nothing of meaning differs. */
  readonly same: (one: T, two: T) => boolean;
  readonly label: (entry: T) => string | undefined;
  readonly withLabel: (entry: T, label: string | undefined) => T;
}

export interface ListEdit<T> {
  readonly added: readonly T[];
  readonly removed: readonly T[];
  readonly changed: readonly { readonly from: T; readonly to: T }[];
}

/** Entries of two lists that stand for each other: by value, else by label, else by position. */
export function align<T>(
  before: readonly T[],
  after: readonly T[],
  kind: EntryKind<T>,
): readonly { readonly from?: T; readonly to?: T }[] {
  const rest = { from: indexed(before), to: indexed(after) };
  const pairs = [
    ...take(rest, (a, b) => kind.same(a.entry, b.entry)),
    ...take(rest, (a, b) => kind.sameValue(a.entry, b.entry)),
    ...take(rest, (a, b) => a.index === b.index && kind.label(a.entry) === kind.label(b.entry)),
    ...take(rest, (a, b) => kind.label(a.entry) === kind.label(b.entry)),
    ...take(rest, (a, b) => a.index === b.index),
  ];
  return [
    ...pairs.map(([from, to]) => ({ from: from.entry, to: to.entry })),
    ...rest.from.map(({ entry }) => ({ from: entry })),
    ...rest.to.map(({ entry }) => ({ to: entry })),
  ];
}

interface Indexed<T> {
  readonly entry: T;
  readonly index: number;
}

function indexed<T>(entries: readonly T[]): Indexed<T>[] {
  return entries.map((entry, index) => ({ entry, index }));
}

/** Takes out of `rest` the pairs for which `fit` holds, first come, first served. */
function take<T>(
  rest: { from: Indexed<T>[]; to: Indexed<T>[] },
  fit: (from: Indexed<T>, to: Indexed<T>) => boolean,
): [Indexed<T>, Indexed<T>][] {
  const pairs: [Indexed<T>, Indexed<T>][] = [];
  rest.from = rest.from.filter((from) => {
    const at = rest.to.findIndex((to) => fit(from, to));
    const to = rest.to[at];
    if (to === undefined) return true;
    rest.to.splice(at, 1);
    pairs.push([from, to]);
    return false;
  });
  return pairs;
}

/** `undefined` when nothing of meaning changed. */
export function diffList<T>(
  before: readonly T[],
  after: readonly T[],
  kind: EntryKind<T>,
): ListEdit<T> | undefined {
  const added: T[] = [];
  const removed: T[] = [];
  const changed: { from: T; to: T }[] = [];
  for (const { from, to } of align(before, after, kind)) {
    if (from === undefined) added.push(to as T);
    else if (to === undefined) removed.push(from);
    else if (!kind.same(from, to)) changed.push({ from, to });
  }
  if (added.length + removed.length + changed.length === 0) return undefined;
  return { added, removed, changed };
}

/** Entries that the edit does not speak of stay as they are, where they are. */
export function applyList<T>(
  edit: ListEdit<T>,
  entries: readonly T[],
  kind: EntryKind<T>,
): readonly T[] {
  let result = entries.filter(
    (entry) => !edit.removed.some((removed) => kind.sameValue(entry, removed)),
  );
  for (const { from, to } of edit.changed) result = replaceEntry(result, from, to, kind);
  for (const added of edit.added) {
    if (!result.some((entry) => kind.sameValue(entry, added))) result = [...result, added];
  }
  return result;
}

function replaceEntry<T>(entries: readonly T[], from: T, to: T, kind: EntryKind<T>): T[] {
  const at = entries.findIndex((entry) => kind.sameValue(entry, from));
  const old = entries[at];
  const others = entries.filter((entry, index) => index !== at && !kind.sameValue(entry, to));
  if (old === undefined) {
    const there = entries.some((entry) => kind.sameValue(entry, to));
    return there ? [...entries] : [...entries, to];
  }
  const replaced = kind.sameValue(from, to)
    ? kind.withLabel(old, kind.label(to))
    : relabelled(old, from, to, kind);
  others.splice(at, 0, replaced);
  return others;
}

/** A new value keeps the label that this side gave the old one, unless the label was edited too. */
function relabelled<T>(old: T, from: T, to: T, kind: EntryKind<T>): T {
  return kind.label(from) === kind.label(to) ? kind.withLabel(to, kind.label(old)) : to;
}

/** The parts of a name that changed; `null` where a part was removed. */
export type NameEdit =
  | { readonly kind: 'whole'; readonly name: Name | undefined }
  | { readonly kind: 'parts'; readonly parts: { readonly [P in keyof Name]?: string | null } };

export function diffName(before: Name | undefined, after: Name | undefined): NameEdit | undefined {
  const changed = NAME_PARTS.filter(
    (part) => plainText(before?.[part] ?? '') !== plainText(after?.[part] ?? ''),
  );
  if (changed.length === 0) return undefined;
  // Against no name at all, or to none, the other side may hold a made-up one: that goes as a whole.
  if (before === undefined || after === undefined) return { kind: 'whole', name: after };
  return {
    kind: 'parts',
    parts: Object.fromEntries(changed.map((part) => [part, after[part] ?? null])),
  };
}

export function applyName(edit: NameEdit, name: Name | undefined): Name | undefined {
  if (edit.kind === 'whole') return edit.name;
  const parts = Object.entries({ ...name, ...edit.parts }).filter(([, value]) => value !== null);
  return parts.length === 0 ? undefined : (Object.fromEntries(parts) as Name);
}
