import type { EntryKind, ListEdit, NameEdit } from './edits.ts';
import { ADDRESS_KIND, entryKind, type FieldEdit } from './fields.ts';
import { sameLabel } from './normalize.ts';

/*
 * Two sides' edits of one field. In a list they meet where both changed the same entry. Its value
 * and its label are two things: one side may have changed the one, and the other side the other.
 */

/** Whether the two edits want the same thing to be different things. */
export function clash(one: FieldEdit, two: FieldEdit): boolean {
  if (one.kind === 'entries' && two.kind === 'entries') {
    return listsClash(one.edit, two.edit, entryKind(one.list));
  }
  if (one.kind === 'addresses' && two.kind === 'addresses') {
    return listsClash(one.edit, two.edit, ADDRESS_KIND);
  }
  if (one.kind === 'name' && two.kind === 'name') return namesClash(one.edit, two.edit);
  return true;
}

/** `edit` without what contradicts `winner`. */
export function yieldTo(winner: FieldEdit, edit: FieldEdit): FieldEdit | undefined {
  if (winner.kind === 'entries' && edit.kind === 'entries') {
    const rest = yieldList(winner.edit, edit.edit, entryKind(edit.list));
    return rest && { ...edit, edit: rest };
  }
  if (winner.kind === 'addresses' && edit.kind === 'addresses') {
    const rest = yieldList(winner.edit, edit.edit, ADDRESS_KIND);
    return rest && { ...edit, edit: rest };
  }
  if (winner.kind === 'name' && edit.kind === 'name') return yieldName(winner.edit, edit.edit);
  return undefined;
}

/** `edit` as it has to be carried out where entries were changed by `theirs` meanwhile. */
export function meeting(theirs: FieldEdit | undefined, edit: FieldEdit): FieldEdit {
  if (theirs?.kind === 'entries' && edit.kind === 'entries') {
    return { ...edit, edit: meetingList(theirs.edit, edit.edit, entryKind(edit.list)) };
  }
  if (theirs?.kind === 'addresses' && edit.kind === 'addresses') {
    return { ...edit, edit: meetingList(theirs.edit, edit.edit, ADDRESS_KIND) };
  }
  return edit;
}

/** `edit`, found where `own` had been done, as it is to be carried out where that has not been done. */
export function without(own: FieldEdit | undefined, edit: FieldEdit): FieldEdit {
  return meeting(own && undone(own), edit);
}

/** Puts changed entries back; nothing else of an edit moves what another one speaks of. */
function undone(edit: FieldEdit): FieldEdit {
  switch (edit.kind) {
    case 'entries':
      return { ...edit, edit: changedBack(edit.edit) };
    case 'addresses':
      return { ...edit, edit: changedBack(edit.edit) };
    case 'name':
    case 'value':
      return edit;
  }
}

function changedBack<T>({ changed }: ListEdit<T>): ListEdit<T> {
  const back = changed.map(({ from, to }) => ({ from: to, to: from }));
  return { added: [], removed: [], changed: back };
}

interface Change<T> {
  readonly from: T;
  readonly to: T;
}

/** What the other edit makes of the same entry. */
function counterpart<T>(
  { from }: Change<T>,
  { changed }: ListEdit<T>,
  kind: EntryKind<T>,
): Change<T> | undefined {
  return changed.find((one) => kind.sameValue(one.from, from));
}

function isRevalued<T>({ from, to }: Change<T>, kind: EntryKind<T>): boolean {
  return !kind.sameValue(from, to);
}

function isRelabelled<T>({ from, to }: Change<T>, kind: EntryKind<T>): boolean {
  return !sameLabel(kind.label(from), kind.label(to));
}

function valuesClash<T>(one: Change<T>, two: Change<T>, kind: EntryKind<T>): boolean {
  return isRevalued(one, kind) && isRevalued(two, kind) && !kind.sameValue(one.to, two.to);
}

function labelsClash<T>(one: Change<T>, two: Change<T>, kind: EntryKind<T>): boolean {
  const bothRelabelled = isRelabelled(one, kind) && isRelabelled(two, kind);
  return bothRelabelled && !sameLabel(kind.label(one.to), kind.label(two.to));
}

function listsClash<T>(one: ListEdit<T>, two: ListEdit<T>, kind: EntryKind<T>): boolean {
  return one.changed.some((change) => {
    const theirs = counterpart(change, two, kind);
    if (theirs === undefined) return false;
    return valuesClash(change, theirs, kind) || labelsClash(change, theirs, kind);
  });
}

function yieldList<T>(
  winner: ListEdit<T>,
  edit: ListEdit<T>,
  kind: EntryKind<T>,
): ListEdit<T> | undefined {
  const changed = edit.changed
    .map((change): Change<T> => {
      const theirs = counterpart(change, winner, kind);
      if (theirs === undefined) return change;
      const value = valuesClash(change, theirs, kind) ? change.from : change.to;
      const label = labelsClash(change, theirs, kind) ? change.from : change.to;
      return { from: change.from, to: kind.withLabel(value, kind.label(label)) };
    })
    .filter(({ from, to }) => !kind.same(from, to));
  const left = edit.added.length + edit.removed.length + changed.length;
  return left === 0 ? undefined : { ...edit, changed };
}

function meetingList<T>(theirs: ListEdit<T>, edit: ListEdit<T>, kind: EntryKind<T>): ListEdit<T> {
  const changed = edit.changed.map((change): Change<T> => {
    const met = counterpart(change, theirs, kind);
    if (met === undefined) return change;
    const value = isRevalued(change, kind) ? change.to : met.to;
    const label = isRelabelled(change, kind) ? change.to : met.to;
    return { from: met.to, to: kind.withLabel(value, kind.label(label)) };
  });
  return { ...edit, changed };
}

function yieldName(winner: NameEdit, edit: NameEdit): FieldEdit | undefined {
  if (winner.kind === 'whole' || edit.kind === 'whole') return undefined;
  const parts = Object.entries(edit.parts).filter(([part]) => !(part in winner.parts));
  if (parts.length === 0) return undefined;
  return { kind: 'name', edit: { kind: 'parts', parts: Object.fromEntries(parts) } };
}

function namesClash(one: NameEdit, two: NameEdit): boolean {
  if (one.kind === 'whole' || two.kind === 'whole') return true;
  return Object.entries(one.parts).some(
    ([part, value]) => part in two.parts && two.parts[part as keyof typeof two.parts] !== value,
  );
}
