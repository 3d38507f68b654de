import { visibilityLevels, type Plan } from './visibility.ts';

/** What an `enum` or `set` field can be; its id is what persons hold. */
export interface Option {
  readonly id: number;
  readonly label: string;
}

/** A field of persons as the Fields API shows it. */
export interface Field {
  readonly field_name: string;
  readonly field_code: string;
  readonly description: string | null;
  readonly field_type: string;
  readonly options: readonly Option[] | null;
  readonly subfields: null;
  readonly is_custom_field: boolean;
  readonly is_optional_response_field: boolean;
}

const CONTACT_SYNC: readonly (readonly [string, string, string])[] = [
  ['Instant messenger', 'im', 'varchar'],
  ['Postal address', 'postal_address', 'address'],
  ['Notes', 'notes', 'text'],
  ['Birthday', 'birthday', 'date'],
  ['Job title', 'job_title', 'varchar'],
];

export function createFields(plan: Plan, contactSync: boolean): Field[] {
  return [
    field('Name', 'name', 'varchar'),
    field('Email', 'email', 'varchar'),
    field('Phone', 'phone', 'phone'),
    field('Organization', 'org_id', 'org'),
    field('Owner', 'owner_id', 'user'),
    { ...field('Visible to', 'visible_to', 'enum'), options: visibilityLevels(plan) },
    ...(contactSync ? contactSyncFields() : []),
  ];
}

/** Made company-wide the first time anybody sets up Pipedrive's own contact sync. */
export function contactSyncFields(): readonly Field[] {
  return CONTACT_SYNC.map(([name, code, type]) => field(name, code, type));
}

export function field(name: string, code: string, type: string): Field {
  return {
    field_name: name,
    field_code: code,
    description: null,
    field_type: type,
    options: null,
    subfields: null,
    is_custom_field: false,
    is_optional_response_field: false,
  };
}

/** Ids are the company's, not the field's. */
export function nextOptionId(fields: readonly Field[]): number {
  const ids = fields.flatMap(({ options }) => (options ?? []).map(({ id }) => id));
  return Math.max(0, ...ids) + 1;
}
