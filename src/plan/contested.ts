import { FIELDS, type Contact, type FieldName, type Patch } from '../contact/contact.ts';

/** One write that we made to a pair, on either side. */
export interface PastWrite {
  readonly before: Contact;
  readonly patch: Patch;
}

/** After so many rounds the other party is a program that will not give in. */
const ROUNDS = 3;

/**
 * Fields that something keeps putting back: again and again we wrote a value that an earlier write
 * of ours had replaced. `history` is oldest first.
 */
export function contested(history: readonly PastWrite[]): readonly FieldName[] {
  return FIELDS.filter((field) => rounds(field, history) >= ROUNDS);
}

function rounds(field: FieldName, history: readonly PastWrite[]): number {
  const replaced = new Set<string>();
  let count = 0;
  for (const { before, patch } of history) {
    if (!(field in patch)) continue;
    if (replaced.has(JSON.stringify(patch[field]))) count += 1;
    replaced.add(JSON.stringify(before[field] ?? null));
  }
  return count;
}
