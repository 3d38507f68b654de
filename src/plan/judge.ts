import type { Contact, FieldName } from '../contact/contact.ts';
import { diffField, sameField, type FieldEdit } from '../contact/fields.ts';
import { clash, yieldTo } from '../contact/two-edits.ts';
import {
  other,
  type Choice,
  type Conflict,
  type KnownConflict,
  type Pair,
  type Rules,
  type Side,
} from './model.ts';
import { newer } from './newer.ts';

type Edits = { readonly [S in Side]: FieldEdit | undefined };
export type Contents = { readonly [S in Side]: Contact };

export type Verdict =
  | { readonly kind: 'carry'; readonly edits: Edits; readonly conflict?: Conflict }
  | { readonly kind: 'open'; readonly conflict: Conflict };

/** What of both sides' edits of a field is carried to the other side. */
export function judge(field: FieldName, pair: Pair, now: Contents, rules: Rules): Verdict {
  const edits = editsOf(field, pair, now, rules);
  const conflict = conflictOf(field, pair, now);
  if (pair.contested?.includes(field) === true) {
    return { kind: 'open', conflict: { ...conflict, by: 'contested' } };
  }
  const choice = pair.known?.find((one) => isThis(one, conflict))?.choice;
  if (choice !== undefined) {
    const chosen = { ...conflict, by: 'user', winner: choice } as const;
    return {
      kind: 'carry',
      edits: byChoice(choice, field, now, { edits, rules }),
      conflict: chosen,
    };
  }
  if (!contradict(field, edits, now, rules)) return { kind: 'carry', edits };
  const winner = byRule(field, pair, rules);
  const found = { ...conflict, by: rules.onConflict };
  if (winner === undefined) return { kind: 'open', conflict: found };
  return { kind: 'carry', edits: yielding(edits, winner), conflict: { ...found, winner } };
}

function editsOf(field: FieldName, pair: Pair, now: Contents, { direction }: Rules): Edits {
  const { bases } = pair.mapping;
  // Under one-way a change in the CRM is not carried: it becomes that side's base, and stays. So
  // does a link that was lost with its organization: nobody meant to clear it.
  const uncarried =
    direction === 'one-way' || (field === 'organization' && pair.organizationGone === true);
  return {
    provider: diffField(field, bases.provider, now.provider),
    crm: uncarried ? undefined : diffField(field, bases.crm, now.crm),
  };
}

function conflictOf(field: FieldName, pair: Pair, now: Contents): Omit<Conflict, 'by'> {
  const values = { provider: now.provider[field] ?? null, crm: now.crm[field] ?? null };
  const known = pair.known?.some((one) => isThis(one, { field, values })) ?? false;
  return { field, values, known };
}

function isThis(
  one: KnownConflict,
  { field, values }: Pick<Conflict, 'field' | 'values'>,
): boolean {
  return one.field === field && JSON.stringify(one.values) === JSON.stringify(values);
}

/** Whether both sides want the same thing to be different things. */
function contradict(field: FieldName, edits: Edits, now: Contents, { holds }: Rules): boolean {
  if (edits.provider === undefined || edits.crm === undefined) return false;
  if (sameField(field, holds.crm(now.provider), now.crm)) return false;
  if (sameField(field, holds.provider(now.crm), now.provider)) return false;
  return clash(edits.provider, edits.crm);
}

function byRule(field: FieldName, pair: Pair, { onConflict }: Rules): Side | undefined {
  switch (onConflict) {
    case 'provider':
    case 'crm':
      return onConflict;
    case 'newest':
      return newer(field, pair);
    case 'ask':
      return undefined;
  }
}

function yielding(edits: Edits, winner: Side): Edits {
  const [won, lost] = [edits[winner], edits[other(winner)]];
  if (won === undefined || lost === undefined) return edits;
  return { ...edits, [other(winner)]: yieldTo(won, lost) };
}

/** The user's decision holds whether or not both sides have edits: something may have been put back. */
function byChoice(
  choice: Choice,
  field: FieldName,
  now: Contents,
  { edits, rules }: { readonly edits: Edits; readonly rules: Rules },
): Edits {
  if (choice === 'keep') return { provider: undefined, crm: undefined };
  const loser = other(choice);
  if (edits[choice] !== undefined && edits[loser] !== undefined) return yielding(edits, choice);
  const difference = diffField(field, rules.holds[choice](now[loser]), now[choice]);
  return { provider: undefined, crm: undefined, [choice]: difference };
}
