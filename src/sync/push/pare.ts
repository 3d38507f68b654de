import {
  EMPTY_CONTACT,
  FIELD_WORDS,
  type Contact,
  type FieldName,
  type Patch,
} from '../../contact/contact.ts';
import { applyPatch, sameField } from '../../contact/fields.ts';
import { looksLikeEmail } from '../../contact/normalize.ts';
import { Rejected } from '../errors.ts';
import type { Outcome } from '../ports.ts';
import type { PlannedStep, Step } from '../journal.ts';
import type { StepOf } from './step.ts';

/*
 * One bad e-mail must not keep a whole contact out. What a side refuses is left out of a second
 * attempt; the bases do not move with it, so that it stays to be delivered.
 */

export type Refusal = Extract<Outcome, { readonly kind: 'refused' }>;

export type Rest =
  | { readonly kind: 'step'; readonly step: PlannedStep }
  /** What was refused was all there was to write. */
  | { readonly kind: 'nothing'; readonly leftOut: string };

/** A refused write without what it was refused for; `undefined` where that cannot be told. */
export function pared(step: Step, refusal: Refusal): Rest | undefined {
  const { body } = step;
  if (!(refusal.error instanceof Rejected)) return undefined;
  if (body.kind !== 'create' && body.kind !== 'update') return undefined;
  // Once is enough; and what an undo cannot put back as it was, it leaves alone.
  if (body.leftOut !== undefined || body.undo !== undefined) return undefined;
  return body.kind === 'create'
    ? paredCreation(step as StepOf<'create'>, refusal)
    : paredUpdate(step as StepOf<'update'>, refusal);
}

function paredCreation(step: StepOf<'create'>, refusal: Refusal): Rest | undefined {
  const { body } = step;
  const offence = offenceIn(body.contact, EMPTY_CONTACT, refusal.field);
  if (offence === undefined) return undefined;
  const contact = applyPatch(body.contact, emptied(body.contact, offence));
  const delivers = emptied(body.from.contact, offence);
  const leftOut = inWords(offence, refusal);
  return {
    kind: 'step',
    step: { ...plannedAs(step), body: { ...body, contact, delivers, leftOut } },
  };
}

function paredUpdate(step: StepOf<'update'>, refusal: Refusal): Rest | undefined {
  const { body } = step;
  const held = body.expected.contact;
  const offence = offenceIn(body.patch, held, refusal.field);
  if (offence === undefined) return undefined;
  const { field } = offence;
  const leftOut = inWords(offence, refusal);
  const patch = { ...body.patch, ...emptied(body.patch, offence) };
  const delivers = { ...body.delivers, ...emptied(body.delivers, offence) };
  const keeps = offence.kind === 'emails' && !sameField(field, applyPatch(held, patch), held);
  const rest = keeps ? { patch, delivers } : withoutField(field, { patch, delivers });
  if (Object.keys(rest.patch).length === 0) return { kind: 'nothing', leftOut };
  return { kind: 'step', step: { ...plannedAs(step), body: { ...body, ...rest, leftOut } } };
}

type Offence =
  | { readonly kind: 'emails'; readonly field: 'emails'; readonly values: readonly string[] }
  | { readonly kind: 'field'; readonly field: Exclude<FieldName, 'name' | 'organization'> };

/** A person needs a name, and an organization is a link: both are nothing that can be left out. */
function offenceIn(
  content: Patch,
  held: Contact,
  named: FieldName | undefined,
): Offence | undefined {
  const there = new Set(held.emails.map(({ value }) => value));
  const values = (content.emails ?? [])
    .map(({ value }) => value)
    .filter((value) => !looksLikeEmail(value) && !there.has(value));
  const emailsToBlame = named === undefined || named === 'emails';
  if (emailsToBlame && values.length > 0) return { kind: 'emails', field: 'emails', values };
  if (named === undefined || named === 'name' || named === 'organization') return undefined;
  return named in content ? { kind: 'field', field: named } : undefined;
}

/** `content`'s field without what offends. */
function emptied(content: Patch, offence: Offence): Patch {
  if (offence.kind === 'field') return { [offence.field]: EMPTY_CONTACT[offence.field] ?? null };
  const emails = (content.emails ?? []).filter(({ value }) => !offence.values.includes(value));
  return { emails };
}

interface Carried {
  readonly patch: Patch;
  readonly delivers: Patch;
}

function withoutField(field: FieldName, { patch, delivers }: Carried): Carried {
  const { [field]: _written, ...otherWritten } = patch;
  const { [field]: _delivered, ...otherDelivered } = delivers;
  return { patch: otherWritten, delivers: otherDelivered };
}

function plannedAs({ id: _id, run: _run, key: _key, ...planned }: Step): PlannedStep {
  return planned;
}

function inWords(offence: Offence, { error }: Refusal): string {
  const what =
    offence.kind === 'emails'
      ? `the e-mail ${offence.values.join(', ')}`
      : `its ${FIELD_WORDS[offence.field]}`;
  return `Synced without ${what}. ${error.message}`;
}
