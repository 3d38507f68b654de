import type { FieldName } from '../../contact/contact.ts';

/**
 * The fields that a Pipedrive person lacks by default, and the code by which this company has
 * them: Pipedrive's own, or that of a custom field. A field without a code is not held.
 */
export type FieldCodes = Readonly<Partial<Record<FieldName, string>>>;

export const OPTIONAL_FIELDS = [
  'ims',
  'addresses',
  'jobTitle',
  'notes',
  'birthday',
] as const satisfies readonly FieldName[];
export type OptionalField = (typeof OPTIONAL_FIELDS)[number];

/**
 * Pipedrive's own codes. They appear company-wide once anyone has set up Pipedrive's contact sync.
 * Source: https://pipedrive.readme.io/docs/core-api-concepts-custom-fields
 */
export const BUILT_IN_CODES = {
  ims: 'im',
  addresses: 'postal_address',
  jobTitle: 'job_title',
  notes: 'notes',
  birthday: 'birthday',
} as const satisfies Record<OptionalField, string>;

export function isOptionalField(field: FieldName): field is OptionalField {
  return (OPTIONAL_FIELDS as readonly FieldName[]).includes(field);
}

export function isBuiltIn(field: OptionalField, code: string): boolean {
  return BUILT_IN_CODES[field] === code;
}

/** The field that Pipedrive means by `code`, as far as it is one of ours. */
export function fieldOf(code: string, codes: FieldCodes): FieldName | undefined {
  if (code === 'email' || code === 'emails') return 'emails';
  if (code === 'phone' || code === 'phones') return 'phones';
  return OPTIONAL_FIELDS.find((field) => code === codes[field]);
}
