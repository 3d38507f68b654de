import type { Pass } from './pass.ts';
import { TO_BE_MADE, type FieldSurvey } from './ports.ts';
import type { CustomField } from './store-port.ts';

/**
 * Looks again at the fields that the CRM lacked: a right or room for one may have been granted
 * since, or somebody may have deleted one. People who are synced meet anew in such a field.
 */
export async function surveyFields({ store, sides, options }: Pass): Promise<void> {
  const { customFields } = sides.crm;
  if (customFields === undefined) return;
  const known = new Map(store.customFields().map((one) => [one.field, one]));
  const survey = await customFields.survey(options.signal);
  const changed = survey.flatMap((one) => changedField(known.get(one.field), one) ?? []);
  if (changed.length === 0) return;
  store.changeFields(changed);
  for (const one of changed) customFields.use(one.field, codeOf(one));
}

/** The code that the adapter reads and writes the field by, if any. */
export function codeOf({ state, code }: CustomField): string | undefined {
  return state === 'left-out' ? undefined : (code ?? TO_BE_MADE);
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
      return isThere(before) ? { field, state: 'left-out' } : undefined;
  }
}

function isThere(one: CustomField | undefined): boolean {
  return one?.state === 'found' || one?.state === 'made';
}
