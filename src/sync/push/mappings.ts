import { joinConflicts } from '../../plan/join.ts';
import type { Mapping } from '../../plan/model.ts';
import type { Pass } from '../pass.ts';
import type { Effects, Step } from '../journal.ts';
import { isInStep } from './settle.ts';
import type { StepOf } from './step.ts';

/** Steps on mappings take effect here alone: nothing is asked of anybody. */
export function settleMapping(pass: Pass, step: Step): void {
  const { body } = step;
  switch (body.kind) {
    case 'link':
      return settleLink(pass, step as StepOf<'link'>);
    case 'revive':
      pass.store.settle(step, { mapping: { kind: 'revive', mappingId: body.mappingId } });
      return pass.tally.linked();
    case 'rekey':
      pass.store.settle(step, { mapping: { ...body, kind: 'rekey' } });
      // Of a mapping that was let go nobody need be told.
      if (pass.store.pairOf(body.side, body.recordId) === undefined) return;
      return pass.tally.linked();
    case 'release':
      pass.store.settle(step, { mapping: { ...body, kind: 'release' }, clean: true });
      return pass.tally.unlinked();
    case 'forget':
      return pass.store.settle(step, {
        mapping: { ...body, kind: 'release' },
        // Whoever is to be made again stays dirty until that has happened.
        clean: body.reason !== 'replaced',
      });
    default:
      throw new Error(`A step of kind ${body.kind} changes more than a mapping.`);
  }
}

function settleLink(pass: Pass, step: StepOf<'link'>): void {
  const { providerId = '', crmId = '', name, body } = step;
  pass.store.settle(step, linkEffects(pass, step));
  pass.tally.linked();
  const conflicts = joinConflicts(body.bases, body.differing);
  if (conflicts.length > 0)
    pass.store.recordConflicts(step.run, { providerId, crmId, name }, conflicts);
}

function linkEffects(pass: Pass, step: StepOf<'link'>): Effects {
  const { providerId = '', crmId = '', body } = step;
  const [provider, crm] = [
    pass.store.sighting('provider', providerId),
    pass.store.sighting('crm', crmId),
  ];
  const mapping: Mapping = { id: 0, providerId, crmId, bases: body.bases };
  const clean =
    provider !== undefined &&
    crm !== undefined &&
    isInStep(pass, { mapping, provider, crm, crmShared: false });
  return { mapping: { kind: 'insert', providerId, crmId, bases: body.bases }, clean };
}
