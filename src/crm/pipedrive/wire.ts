import * as v from 'valibot';

/*
 * What Pipedrive sends, as far as we look at it. Tolerant on purpose: any key may be null or
 * missing whatever the documents say, and unknown keys are none of our business.
 */

const text = v.nullish(v.string());

const WireEntrySchema = v.looseObject({
  value: v.nullish(v.union([v.string(), v.pipe(v.number(), v.transform(String))])),
  label: text,
  primary: v.nullish(v.boolean()),
});
export type WireEntry = v.InferOutput<typeof WireEntrySchema>;

const WireAddressSchema = v.looseObject({
  value: text,
  street_number: text,
  route: text,
  subpremise: text,
  sublocality: text,
  locality: text,
  admin_area_level_1: text,
  admin_area_level_2: text,
  country: text,
  postal_code: text,
  formatted_address: text,
});
export type WireAddress = v.InferOutput<typeof WireAddressSchema>;

/** An object in v2; a bare line in older answers. */
export const AnyAddress = v.nullish(
  v.union([
    WireAddressSchema,
    v.pipe(
      v.string(),
      v.transform((value): WireAddress => ({ value })),
    ),
  ]),
);

const entries = v.nullish(v.array(WireEntrySchema));
const id = v.pipe(v.number(), v.safeInteger());

export const PersonSchema = v.looseObject({
  id,
  name: text,
  first_name: text,
  last_name: text,
  owner_id: v.nullish(id),
  org_id: v.nullish(id),
  add_time: text,
  update_time: text,
  emails: entries,
  phones: entries,
  is_deleted: v.nullish(v.boolean()),
  picture_id: v.nullish(v.union([v.number(), v.string()])),
  custom_fields: v.nullish(v.record(v.string(), v.unknown())),
  // Documented under both names.
  im: entries,
  ims: entries,
  notes: text,
  birthday: text,
  job_title: text,
  postal_address: AnyAddress,
});
export type Person = v.InferOutput<typeof PersonSchema>;

export const OrganizationSchema = v.looseObject({
  id,
  name: text,
  owner_id: v.nullish(id),
  add_time: text,
  is_deleted: v.nullish(v.boolean()),
  address: AnyAddress,
});
export type WireOrganization = v.InferOutput<typeof OrganizationSchema>;

export const FieldSchema = v.looseObject({
  field_name: text,
  field_code: v.string(),
  description: text,
  is_writable: v.nullish(v.boolean()),
  options: v.nullish(
    v.array(
      v.looseObject({
        id: v.pipe(v.union([v.number(), v.string()]), v.transform(Number)),
        label: text,
      }),
    ),
  ),
});
export type WireField = v.InferOutput<typeof FieldSchema>;

const Identified = v.looseObject({ id });

/** The id of a record that may be unreadable otherwise. */
export function idOf(record: unknown): string | undefined {
  const parsed = v.safeParse(Identified, record);
  return parsed.success ? String(parsed.output.id) : undefined;
}

const Dated = v.looseObject({ update_time: v.string() });

/** Milliseconds since the epoch. */
export function updateTimeOf(record: unknown): number | undefined {
  const parsed = v.safeParse(Dated, record);
  const time = parsed.success ? Date.parse(parsed.output.update_time) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** It moves a second after a person was made, and at whatever else happens around a person. */
export function withoutTime(record: unknown): unknown {
  if (typeof record !== 'object' || record === null) return record;
  const { update_time: _, ...rest } = record as Readonly<Record<string, unknown>>;
  return rest;
}

export type Reading<T> =
  | { readonly kind: 'read'; readonly record: T }
  | { readonly kind: 'malformed'; readonly reason: string };

/** The reason names the key, never its value. */
export function reading<T>(
  schema: v.BaseSchema<unknown, T, v.BaseIssue<unknown>>,
  record: unknown,
): Reading<T> {
  const parsed = v.safeParse(schema, record);
  if (parsed.success) return { kind: 'read', record: parsed.output };
  const key = v.getDotPath(parsed.issues[0]);
  return {
    kind: 'malformed',
    reason: key === null ? 'Pipedrive sent no record.' : `Pipedrive sent a strange “${key}”.`,
  };
}
