import { applyPatch, sameField } from '../../contact/fields.ts';
import type { FieldName, Patch } from '../../contact/contact.ts';
import { photoWanted } from '../../plan/photo.ts';
import { reconcile } from '../../plan/reconcile.ts';
import { other, type Bases, type Pair, type Revision, type Side } from '../../plan/model.ts';
import type { Pass } from '../pass.ts';
import { keyed } from '../keyed.ts';
import type { Effects } from '../store-port.ts';
import type { StepOf } from './step.ts';

/*
 * What is known once a write has been answered. The vendor's answer, not what was sent, goes into
 * mirror and base: that is what keeps its own normalising from looking like a user's edit.
 */

/** A record was created for `step.body.from`: the two are mapped now. */
export function createdEffects(pass: Pass, step: StepOf<'create'>, answer: Revision): Effects {
  const source = other(step.side);
  const from = { ...step.body.from, id: sourceId(step) };
  const revision = withOrganization(pass, answer);
  const [provider, crm] = step.side === 'crm' ? [from, revision] : [revision, from];
  const bases: Bases = { provider: provider.contact, crm: crm.contact };
  const ids = { providerId: provider.id, crmId: crm.id };
  const pair = {
    mapping: { id: 0, ...ids, bases },
    crmShared: false,
    [source]: pass.store.sighting(source, from.id) ?? { kind: 'present', revision: from },
    [step.side]: { kind: 'present', revision },
  } as unknown as Pair;
  return {
    mirror: [{ side: step.side, kind: 'present', ...keyed(pass, step.side, answer) }],
    mapping: { kind: 'insert', ...ids, bases },
    clean: isInStep(pass, pair),
  };
}

/** The vendor may have given it another id since the step was planned; the step's own ids follow. */
function sourceId({ side, providerId, crmId, body }: StepOf<'create'>): string {
  return (side === 'crm' ? providerId : crmId) ?? body.from.id;
}

/** A record was changed: the written fields' bases move, and those of what they delivered. */
export function updatedEffects(
  pass: Pass,
  step: StepOf<'update'>,
  answer: Revision,
  pair: Pair,
): Effects {
  const revision = withOrganization(pass, answer);
  const moved = movedBases(pair.mapping.bases, step.side, step.body, revision);
  const after: Pair = {
    ...pair,
    mapping: { ...pair.mapping, bases: moved },
    [step.side]: { kind: 'present', revision },
  };
  const { bases, clean } = settled(pass, after);
  return {
    mirror: [{ side: step.side, kind: 'present', ...keyed(pass, step.side, answer) }],
    mapping: { kind: 'change', mappingId: pair.mapping.id, bases },
    clean,
  };
}

/** What needs no write any more is agreed on at once. */
function settled({ rules }: Pass, pair: Pair): { readonly bases: Bases; readonly clean: boolean } {
  const { bases } = pair.mapping;
  const action = reconcile(pair, rules);
  if (photoWanted(pair, rules) !== undefined) return { bases, clean: false };
  if (action.kind !== 'merge') return { bases, clean: action.kind === 'nothing' };
  if (action.writes.length + action.conflicts.length > 0) return { bases, clean: false };
  return {
    bases: {
      provider: applyPatch(bases.provider, action.agreed.provider),
      crm: applyPatch(bases.crm, action.agreed.crm),
    },
    clean: true,
  };
}

/**
 * A side that changed a written field itself keeps its base there until that change was carried
 * over: the other side's write may yet fail.
 */
function movedBases(
  bases: Bases,
  side: Side,
  { patch, delivers, expected }: StepOf<'update'>['body'],
  answer: Revision,
): Bases {
  const written = (Object.keys(patch) as FieldName[])
    .filter((field) => sameField(field, bases[side], expected.contact))
    .map((field) => [field, answer.contact[field] ?? null]);
  return {
    ...bases,
    [side]: applyPatch(bases[side], Object.fromEntries(written) as Patch),
    [other(side)]: applyPatch(bases[other(side)], delivers),
  };
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
  if (photoWanted(pair, pass.rules) !== undefined) return false;
  const action = reconcile(pair, pass.rules);
  return action.kind === 'nothing';
}
