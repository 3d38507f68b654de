import { applyField, applyPatch, diffField, sameField } from '../../contact/fields.ts';
import type { Contact, FieldName, Patch } from '../../contact/contact.ts';
import { without } from '../../contact/two-edits.ts';
import { join } from '../../plan/join.ts';
import { photoWanted } from '../../plan/photo.ts';
import { isSettled, reconcile } from '../../plan/reconcile.ts';
import {
  other,
  type Bases,
  type Pair,
  type ReleaseReason,
  type Revision,
  type Rules,
  type Side,
  type Sighting,
} from '../../plan/model.ts';
import type { Pass } from '../pass.ts';
import type { Answered } from '../ports.ts';
import { keyed } from '../keyed.ts';
import type { Effects, Undoing } from '../journal.ts';
import type { StepOf } from './step.ts';

/*
 * What is known once a write has been answered. The vendor's answer, not what was sent, goes into
 * mirror and base: that is what keeps its own normalising from looking like a user's edit.
 */

type Agreed = (provider: Contact, crm: Contact, rules: Rules) => Bases;

const asTheyAre: Agreed = (provider, crm) => ({ provider, crm });

/** What is found later may have been edited since: that is met as in a first meeting. */
export const asTheyMeet: Agreed = (provider, crm, rules) => join(provider, crm, rules).bases;

/** A record was created for `step.body.from`: the two are mapped now. */
export function createdEffects(
  pass: Pass,
  step: StepOf<'create'>,
  answer: Answered,
  agreed: Agreed = asTheyAre,
): Effects {
  const { delivers = {} } = step.body;
  const source = other(step.side);
  const from = { ...step.body.from, id: sourceId(step) };
  const revision = withOrganization(pass, answer.revision);
  const [provider, crm] = step.side === 'crm' ? [from, revision] : [revision, from];
  const met = agreed(provider.contact, crm.contact, pass.rules);
  const bases: Bases = { ...met, [source]: applyPatch(met[source], delivers) };
  const ids = { providerId: provider.id, crmId: crm.id };
  const pair = {
    mapping: { id: 0, ...ids, bases },
    crmShared: false,
    [source]: sightingNow(pass, source, from),
    [step.side]: { kind: 'present', revision },
  } as unknown as Pair;
  return {
    mirror: [{ side: step.side, kind: 'present', ...keyed(pass, step.side, answer) }],
    mapping: { kind: 'insert', ...ids, bases, ...releasedByUndo(step.body) },
    written: true,
    clean: isInStep(pass, pair),
  };
}

/** Mostly it is as it was when the step was planned, and need not be read again. */
function sightingNow({ store }: Pass, side: Side, planned: Revision): Sighting {
  const asPlanned: Sighting = { kind: 'present', revision: planned };
  return store.standsSo(side, planned)
    ? asPlanned
    : (store.sighting(side, planned.id) ?? asPlanned);
}

/** The vendor may have given it another id since the step was planned; the step's own ids follow. */
function sourceId({ side, providerId, crmId, body }: StepOf<'create'>): string {
  return (side === 'crm' ? providerId : crmId) ?? body.from.id;
}

/** A record was changed: the written fields' bases move, and those of what they delivered. */
export function updatedEffects(
  pass: Pass,
  step: StepOf<'update'>,
  answer: Answered,
  pair: Pair,
): Effects {
  const revision = withOrganization(pass, answer.revision);
  const moved =
    step.body.undo === undefined
      ? movedBases(pair.mapping.bases, step.side, step.body, revision)
      : undoneBases(pair, step, revision);
  const after: Pair = {
    ...pair,
    mapping: { ...pair.mapping, bases: moved },
    [step.side]: { kind: 'present', revision },
  };
  const bases = agreedNow(pass, after);
  return {
    mirror: [{ side: step.side, kind: 'present', ...keyed(pass, step.side, answer) }],
    mapping: { kind: 'change', mappingId: pair.mapping.id, bases },
    written: true,
    clean: isInStep(pass, { ...after, mapping: { ...after.mapping, bases } }),
  };
}

/** What needs no write any more is agreed on at once. */
function agreedNow({ rules }: Pass, pair: Pair): Bases {
  const { bases } = pair.mapping;
  const action = reconcile(pair, rules);
  if (action.kind !== 'merge') return bases;
  return {
    provider: applyPatch(bases.provider, action.agreed.provider),
    crm: applyPatch(bases.crm, action.agreed.crm),
  };
}

function releasedByUndo({ undo }: Undoing): { released?: ReleaseReason } {
  return undo === 'released' ? { released: 'undone' } : {};
}

/** Both sides agree on what they hold now, so that the next run does not do again what was undone. */
function undoneBases(pair: Pair, { side, body }: StepOf<'update'>, answer: Revision): Bases {
  const fields = Object.keys(body.patch) as FieldName[];
  const across = pair[other(side)];
  const held =
    across.kind === 'present' ? across.revision.contact : pair.mapping.bases[other(side)];
  return {
    ...pair.mapping.bases,
    [side]: applyPatch(pair.mapping.bases[side], fieldsOf(answer.contact, fields)),
    [other(side)]: applyPatch(pair.mapping.bases[other(side)], fieldsOf(held, fields)),
  };
}

function fieldsOf(contact: Contact, fields: readonly FieldName[]): Patch {
  return Object.fromEntries(fields.map((field) => [field, contact[field] ?? null]));
}

function movedBases(
  bases: Bases,
  side: Side,
  { patch, delivers, expected, shared = [] }: StepOf<'update'>['body'],
  answer: Revision,
): Bases {
  const own = shared.filter((field) => !sameField(field, bases[side], expected.contact));
  const fields = (Object.keys(patch) as FieldName[]).filter((field) => !own.includes(field));
  const written = applyPatch(bases[side], fieldsOf(answer.contact, fields));
  return {
    ...bases,
    [side]: own.reduce((base, field) => withWritten(base, field, expected, answer), written),
    [other(side)]: applyPatch(bases[other(side)], delivers),
  };
}

/**
 * A side whose own change of a field is to be carried too: its base takes over what was written,
 * and not that change, since the other side's write may yet fail.
 */
function withWritten(base: Contact, field: FieldName, before: Revision, after: Revision): Contact {
  const own = diffField(field, base, before.contact);
  const edit = diffField(field, before.contact, after.contact);
  return edit === undefined ? base : applyField(field, without(own, edit), base);
}

/** Adapters tell an organization's id; its name stands in the mirror of organizations. */
function withOrganization({ store }: Pass, revision: Revision): Revision {
  if (revision.organizationId === undefined) return revision;
  const organization = store.organizationById(revision.organizationId)?.name;
  return organization === undefined
    ? revision
    : { ...revision, contact: { ...revision.contact, organization } };
}

/** Whether nothing is left to do about the pair, so that it need not be looked at again. */
export function isInStep(pass: Pass, pair: Pair): boolean {
  if (pair.mapping.baseless !== undefined) return false;
  if (photoWanted(pair, pass.rules) !== undefined) return false;
  return isSettled(reconcile(pair, pass.rules));
}
