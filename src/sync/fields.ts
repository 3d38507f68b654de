import { TO_BE_MADE, type ContactSide, type FieldSurvey } from './ports.ts';
import type { AccountStore } from './store-port.ts';
import type { CustomField } from './records.ts';

/** The CRM's fields, which an administrator may add to and take away from behind our back. */
export interface FieldWatch {
  /**
   * Looks again at the fields that the CRM lacked, once in a run: a right or room for one may have
   * been granted, or somebody may have deleted one. In such a field people meet anew.
   */
  survey(): Promise<void>;
}

export function createFieldWatch(
  crm: ContactSide,
  store: AccountStore,
  signal: AbortSignal,
): FieldWatch {
  let surveyed: Promise<void> | undefined;
  return {
    survey: () => {
      surveyed ??= survey(crm, store, signal);
      return surveyed;
    },
  };
}

async function survey(
  { customFields }: ContactSide,
  store: AccountStore,
  signal: AbortSignal,
): Promise<void> {
  if (customFields === undefined) return;
  const known = new Map(store.customFields().map((one) => [one.field, one]));
  const found = await customFields.survey(signal);
  const changed = found.flatMap((one) => changedField(known.get(one.field), one) ?? []);
  if (changed.length === 0) return;
  store.changeFields(changed);
  for (const one of changed) customFields.use(one.field, codeOf(one));
}

/** The code that the adapter reads and writes the field by, if any. */
export function codeOf({ state, code }: CustomField): string | undefined {
  return state === 'left-out' ? undefined : (code ?? TO_BE_MADE);
}

export function isThere({ state }: CustomField): boolean {
  return state === 'found' || state === 'made';
}

/** `undefined` where the field is as it was. */
function changedField(before: CustomField | undefined, now: FieldSurvey): CustomField | undefined {
  const { field } = now;
  switch (now.kind) {
    case 'found':
      return before?.code === now.code || before?.state === 'wanted'
        ? undefined
        : { field, state: 'found', code: now.code };
    case 'makeable':
      return before?.state === 'wanted' ? undefined : { field, state: 'wanted' };
    case 'impossible':
      return before !== undefined && isThere(before) ? { field, state: 'left-out' } : undefined;
  }
}
