/** Persons and organizations as the API shows them; the keys are Pipedrive's. */
export interface Item {
  readonly id: number;
  readonly name: string;
  readonly owner_id: number;
  /** RFC 3339, UTC, whole seconds */
  readonly add_time: string;
  readonly update_time: string;
  readonly is_deleted: boolean;
  readonly visible_to: number;
  readonly label_ids: readonly number[];
  readonly custom_fields: Readonly<Record<string, unknown>>;
  /** Set when the record was merged into another; never shown. */
  readonly mergedInto?: number;
}

export interface Person extends Item {
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly org_id: number | null;
  readonly emails: readonly Entry[];
  readonly phones: readonly Entry[];
  readonly picture_id: number | null;
  readonly im: readonly Entry[];
  readonly notes: string | null;
  readonly birthday: string | null;
  readonly job_title: string | null;
  readonly postal_address: Address | null;
}

export interface Organization extends Item {
  readonly address: Address | null;
  readonly website: string | null;
  readonly linkedin: string | null;
  readonly industry: number | null;
  readonly annual_revenue: number | null;
  readonly employee_count: number | null;
}

export interface Entry {
  readonly value: string;
  readonly primary: boolean;
  readonly label: string;
}

export const addressParts = [
  'country',
  'admin_area_level_1',
  'admin_area_level_2',
  'locality',
  'sublocality',
  'route',
  'street_number',
  'subpremise',
  'postal_code',
] as const;

export type Address = Readonly<
  { value: string } & Record<(typeof addressParts)[number], string | null>
>;

/** The keys that exist only where somebody has set up Pipedrive's own contact sync. */
export const contactSyncKeys = ['im', 'notes', 'birthday', 'job_title', 'postal_address'] as const;
