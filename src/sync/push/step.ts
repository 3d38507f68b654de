import type { Pass } from '../pass.ts';
import type { Effects, Step, StepBody } from '../journal.ts';
import type { SetAside } from '../records.ts';

export type StepOf<K extends StepBody['kind']> = Step & {
  readonly body: Extract<StepBody, { readonly kind: K }>;
};

/** Writes are finished before an interruption is heeded, so that none is left in doubt without need. */
export const UNINTERRUPTED = new AbortController().signal;

/** Not done, and said to the user. The records stay dirty by themselves. */
export function setAside(pass: Pass, step: Step, why: SetAside, effects?: Effects): void {
  pass.store.setAside(step, why, effects);
  tellSetAside(pass, step, why.reason);
}

export function tellSetAside(pass: Pass, step: Step, reason: string): void {
  const id =
    (step.side === 'crm' ? step.crmId : step.providerId) ?? step.providerId ?? step.crmId ?? '';
  pass.tally.setAside({ contact: step.name, id, side: step.side, reason });
}
