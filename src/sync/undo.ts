import { EMPTY_CONTACT, FIELDS, type FieldName, type Patch } from '../contact/contact.ts';
import { sameField } from '../contact/fields.ts';
import { other, type Revision, type Side } from '../plan/model.ts';
import type { Pass } from './pass.ts';
import { about, mappingStep } from './planning/steps.ts';
import type { PlannedStep, SettledStep, StepBody, Undoing } from './journal.ts';

/** What is to be taken back. */
export interface UndoTarget {
  readonly run: string;
  /** Only what was done to this contact: the id of either of its records. */
  readonly contact?: string;
}

/**
 * The steps that put back what a run has changed, last first. It rewrites only what that run wrote;
 * a contact that somebody has changed since is refused, what was taken back already passed over.
 * Organizations and fields that were made stay.
 */
export function planUndo(pass: Pass, { run, contact }: UndoTarget): void {
  const refused = new Set<string>();
  for (const step of pass.store.settledOf(run)) {
    if (contact !== undefined && step.providerId !== contact && step.crmId !== contact) continue;
    const inverse = invert(pass, step);
    if (inverse.kind === 'steps') pass.store.plan(pass.run, inverse.steps);
    else if (!refused.has(idOf(step))) {
      refused.add(idOf(step));
      refuse(pass, step, inverse.reason);
    }
  }
}

interface Steps {
  readonly kind: 'steps';
  readonly steps: readonly PlannedStep[];
}

type Inverse = Steps | { readonly kind: 'refused'; readonly reason: string };

const NOTHING: Inverse = { kind: 'steps', steps: [] };

function invert(pass: Pass, step: SettledStep): Inverse {
  const { body } = step;
  switch (body.kind) {
    case 'create':
      return invertCreate(pass, step, body);
    case 'update':
      return invertUpdate(pass, step, body);
    case 'delete':
      return invertDelete(pass, step, body);
    case 'link':
    case 'revive':
      return invertLink(pass, step);
    case 'release':
      return body.reason === 'undone' ? invertRelease(pass, step, body.mappingId) : NOTHING;
    case 'photo':
      return invertPhoto(pass, step, body.ref);
    default:
      return NOTHING;
  }
}

type BodyOf<K extends StepBody['kind']> = Extract<StepBody, { readonly kind: K }>;

function invertCreate(pass: Pass, step: SettledStep, body: BodyOf<'create'>): Inverse {
  const now = present(pass, step.side, idOf(step));
  if (now === undefined) return NOTHING;
  if (step.answer === undefined || !sameEverywhere(step.answer, now))
    return changedSince(pass, step);
  const pair = pass.store.pairOf(step.side, now.id);
  if (pair?.crmShared === true) {
    return { kind: 'refused', reason: 'Another account syncs this person too.' };
  }
  const mapping = pair === undefined ? {} : { mappingId: pair.mapping.id };
  return write(step, { kind: 'delete', ...mapping, expected: now, ...undoing(step, body) });
}

function invertUpdate(pass: Pass, step: SettledStep, body: BodyOf<'update'>): Inverse {
  const now = present(pass, step.side, body.expected.id);
  const fields = Object.keys(body.patch) as FieldName[];
  const { answer } = step;
  if (now === undefined || answer === undefined) return changedSince(pass, step);
  const written = withName(pass, answer).contact;
  if (!fields.every((field) => sameField(field, written, now.contact)))
    return changedSince(pass, step);
  const before = Object.fromEntries(
    fields.map((field) => [field, body.expected.contact[field] ?? null]),
  ) as Patch;
  return write(step, {
    kind: 'update',
    expected: now,
    patch: before,
    delivers: {},
    ...undoing(step, body),
  });
}

/** The record comes back under a new id, without what only the vendor knew of it. */
function invertDelete(pass: Pass, step: SettledStep, body: BodyOf<'delete'>): Inverse {
  if (present(pass, step.side, body.expected.id) !== undefined) return NOTHING;
  const { contact } = body.expected;
  const from = counterpart(pass, step);
  const { steps } = write(step, { kind: 'create', contact, from, ...undoing(step, body) });
  return { kind: 'steps', steps: steps.map((one) => withoutOwnId(one)) };
}

/** A create learns the id of what it makes: the old one would stand in its place. */
function withoutOwnId({ providerId, crmId, ...step }: PlannedStep): PlannedStep {
  if (step.side === 'crm') return { ...step, ...(providerId !== undefined && { providerId }) };
  return { ...step, ...(crmId !== undefined && { crmId }) };
}

function invertLink(pass: Pass, step: SettledStep): Inverse {
  const pair = pass.store.pairOf('provider', step.providerId ?? '');
  if (pair === undefined || pair.mapping.crmId !== step.crmId) return NOTHING;
  const release = { kind: 'release', mappingId: pair.mapping.id, reason: 'undone' } as const;
  return { kind: 'steps', steps: [mappingStep('crm', pair, release)] };
}

function invertRelease(pass: Pass, step: SettledStep, mappingId: number): Inverse {
  const { providerId = '', crmId = '' } = step;
  const taken = [pass.store.pairOf('provider', providerId), pass.store.pairOf('crm', crmId)].some(
    (pair) => pair !== undefined,
  );
  if (taken) return NOTHING;
  return { kind: 'steps', steps: [{ ...onMapping(step), body: { kind: 'revive', mappingId } }] };
}

function onMapping({ side, name, providerId, crmId }: SettledStep): Omit<PlannedStep, 'body'> {
  return {
    phase: 'mappings',
    side,
    name,
    ...(providerId === undefined ? {} : { providerId }),
    ...(crmId === undefined ? {} : { crmId }),
  };
}

/** Only a picture that this run has put on somebody who was there before and is there still. */
function invertPhoto(pass: Pass, step: SettledStep, ref: string): Inverse {
  const pair = pass.store.pairOf('provider', step.providerId ?? '');
  if (pair?.mapping.photo?.ref !== ref || step.answer?.photo === undefined) return NOTHING;
  if (pair.crm.kind !== 'present' || pair.crm.revision.photo === undefined) return NOTHING;
  const { name } = about(pair);
  const ids = { providerId: pair.mapping.providerId, crmId: pair.mapping.crmId };
  return {
    kind: 'steps',
    steps: [{ phase: 'photos', side: 'crm', name, ...ids, body: { kind: 'remove-photo', ref } }],
  };
}

function write(step: SettledStep, body: StepBody): Steps {
  return { kind: 'steps', steps: [{ ...onMapping(step), phase: 'contacts', body }] };
}

/** Taking an undo back brings the mapping to life again. */
function undoing({ id }: SettledStep, { undo }: Undoing): Undoing {
  return { undo: undo === undefined ? 'released' : 'live', undoes: id };
}

function changedSince({ sides }: Pass, { side }: SettledStep): Inverse {
  return {
    kind: 'refused',
    reason: `It was changed in ${sides[side].name} since; it is left as it is.`,
  };
}

function refuse(pass: Pass, step: SettledStep, reason: string): void {
  pass.tally.setAside({ contact: step.name, id: idOf(step), side: step.side, reason });
}

function idOf({ side, providerId, crmId }: SettledStep): string {
  return (side === 'crm' ? crmId : providerId) ?? '';
}

function present({ store }: Pass, side: Side, id: string): Revision | undefined {
  const sighting = store.sighting(side, id);
  return sighting?.kind === 'present' ? sighting.revision : undefined;
}

function withName({ store }: Pass, revision: Revision): Revision {
  const { organizationId } = revision;
  const name =
    organizationId === undefined ? undefined : store.organizationById(organizationId)?.name;
  return name === undefined
    ? revision
    : { ...revision, contact: { ...revision.contact, organization: name } };
}

/** A renamed organization is no change of the person. */
function sameEverywhere(one: Revision, two: Revision): boolean {
  return (
    one.organizationId === two.organizationId &&
    FIELDS.filter((field) => field !== 'organization' || one.organizationId === undefined).every(
      (field) => sameField(field, one.contact, two.contact),
    )
  );
}

/** The other side's record, which may be gone: a mapping needs its id only. */
function counterpart(pass: Pass, step: SettledStep): Revision {
  const side = other(step.side);
  const id = (side === 'crm' ? step.crmId : step.providerId) ?? '';
  const gone: Revision = { id, etag: '', contact: EMPTY_CONTACT, groups: [], owned: true };
  return present(pass, side, id) ?? gone;
}
