import type { Pair, Revision, Rules, Side } from '../../plan/model.ts';
import { inheritedBases } from '../../plan/successor.ts';
import type { PlannedStep } from '../journal.ts';
import { mappingStep } from './steps.ts';

export interface Inheritance {
  readonly pair: Pair;
  /** Where the record is gone. */
  readonly side: Side;
  /** The record that takes its place. */
  readonly heir: Revision;
}

/** The pair with the heir in it, and the step by which the mapping follows. */
export function inherited(
  { pair, side, heir }: Inheritance,
  rules: Rules,
): { readonly pair: Pair; readonly rekey: PlannedStep } {
  const ids = side === 'crm' ? { crmId: heir.id } : { providerId: heir.id };
  const mapping = { ...pair.mapping, ...ids };
  const present: Pair = { ...pair, mapping, [side]: { kind: 'present', revision: heir } };
  const bases = inheritedBases(present, side, rules);
  const followed: Pair = { ...present, mapping: { ...mapping, bases } };
  const mappingId = mapping.id;
  const body = { kind: 'rekey', mappingId, side, recordId: heir.id, bases } as const;
  return { pair: followed, rekey: mappingStep(side, followed, body) };
}
