import type { FieldName } from '../../contact/contact.ts';
import type { Pair } from '../../plan/model.ts';
import { AnswerLost, type ContactSyncError, Forbidden, Rejected, Unreachable } from '../errors.ts';
import { keyed } from '../keyed.ts';
import type { CustomFields } from '../ports.ts';
import type { Pass } from '../pass.ts';
import type { Effects, Step } from '../journal.ts';
import { isInStep } from './settle.ts';
import { setAside, UNINTERRUPTED, type StepOf } from './step.ts';

/** Fields, organizations and pictures take one request each. */
export async function single(pass: Pass, step: Step): Promise<void> {
  try {
    pass.store.settle(step, await singleEffects(pass, step));
  } catch (error) {
    const refused = error instanceof Rejected || error instanceof Forbidden;
    // Everybody who has something in a field that is still to be made would be written without it.
    if (step.body.kind === 'make-field' && !refused) throw error;
    if (error instanceof AnswerLost) return;
    if (!passesOver(error)) throw error;
    settleSingleFailure(pass, step, error, refused);
  }
}

/** What concerns this step alone; everything else ends the run. */
function passesOver(error: unknown): error is ContactSyncError {
  return error instanceof Rejected || error instanceof Forbidden || error instanceof Unreachable;
}

function settleSingleFailure(
  pass: Pass,
  step: Step,
  error: ContactSyncError,
  refused: boolean,
): void {
  const { body } = step;
  if (body.kind === 'make-field' && refused) {
    // Without the right or the room the field is left out; the others go on.
    pass.sides.crm.customFields?.use(body.field, undefined);
    pass.store.setAside(
      step,
      { kind: 'refused', reason: error.message },
      { customField: { field: body.field, state: 'left-out' } },
    );
    return;
  }
  if (body.kind === 'photo' && refused) {
    // A picture that the CRM does not take is kept at the provider, and not offered again.
    return pass.store.settle(step, photoEffects(pass, step as StepOf<'photo'>, body.knownHash));
  }
  setAside(pass, step, { kind: refused ? 'refused' : 'passing', reason: error.message });
}

async function singleEffects(pass: Pass, step: Step): Promise<Effects> {
  const { body } = step;
  const { organizations, customFields } = pass.sides.crm;
  switch (body.kind) {
    case 'make-field': {
      if (customFields === undefined) return {};
      const code = await makeField(customFields, body.field);
      customFields.use(body.field, code);
      return { customField: { field: body.field, state: 'made', code } };
    }
    case 'make-organization':
      if (organizations === undefined) return {};
      return { organization: await organizations.create(body.draft, UNINTERRUPTED) };
    case 'fill-organization': {
      const { organizationId, draft } = body;
      if (organizations === undefined) return {};
      return {
        organization: await organizations.fillAddress(organizationId, draft.address, UNINTERRUPTED),
      };
    }
    case 'photo':
      return carryPhoto(pass, step as StepOf<'photo'>);
    case 'remove-photo':
      return removePhoto(pass, step);
    default:
      throw new Error(`A step of kind ${body.kind} is not a single request.`);
  }
}

/** It is looked for before it is made: whatever became of a lost answer, a second time does no harm. */
async function makeField({ make }: CustomFields, field: FieldName): Promise<string> {
  try {
    return await make(field, UNINTERRUPTED);
  } catch (error) {
    if (error instanceof AnswerLost || error instanceof Unreachable)
      return make(field, UNINTERRUPTED);
    throw error;
  }
}

async function carryPhoto(pass: Pass, step: StepOf<'photo'>): Promise<Effects> {
  const { photoSource } = pass.sides.provider;
  const { photoTarget } = pass.sides.crm;
  const pair = pass.store.pairOf('provider', step.providerId ?? '');
  if (photoSource === undefined || photoTarget === undefined || pair === undefined) return {};
  if (pair.crm.kind !== 'present' || pair.crm.revision.photo !== undefined) return {};
  const bytes = await photoSource.fetch(step.body.ref, UNINTERRUPTED);
  const hash = bytes === undefined ? undefined : await pass.options.hash(bytes);
  if (bytes !== undefined && hash !== step.body.knownHash) {
    await photoTarget.put(pair.mapping.crmId, bytes, UNINTERRUPTED);
    return photoEffects(pass, step, hash, true);
  }
  return photoEffects(pass, step, hash);
}

async function removePhoto(pass: Pass, { providerId = '' }: Step): Promise<Effects> {
  const { photoTarget } = pass.sides.crm;
  const pair = pass.store.pairOf('provider', providerId);
  if (photoTarget === undefined || pair?.crm.kind !== 'present') return {};
  const { photo: _photo, ...bare } = pair.crm.revision;
  await photoTarget.remove(bare.id, UNINTERRUPTED);
  return {
    mirror: [{ side: 'crm', kind: 'present', ...keyed(pass, 'crm', { revision: bare }) }],
    written: true,
  };
}

function photoEffects(
  pass: Pass,
  { body, providerId = '' }: StepOf<'photo'>,
  hash: string | undefined,
  delivered = false,
): Effects {
  const pair = pass.store.pairOf('provider', providerId);
  if (pair === undefined) return {};
  const photo = { ref: body.ref, ...(hash === undefined ? {} : { hash }) };
  const after: Pair = { ...pair, mapping: { ...pair.mapping, photo } };
  const { crm } = pair;
  const mirror =
    delivered && crm.kind === 'present'
      ? [
          {
            side: 'crm' as const,
            kind: 'present' as const,
            ...keyed(pass, 'crm', { revision: { ...crm.revision, photo: 'delivered' } }),
          },
        ]
      : [];
  return {
    mirror,
    mapping: { kind: 'change', mappingId: pair.mapping.id, photo },
    clean: isInStep(pass, after),
  };
}
