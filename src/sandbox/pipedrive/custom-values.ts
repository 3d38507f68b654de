import * as v from 'valibot';
import { invalid } from './answers.ts';
import { addressBody, addressOf } from './addresses.ts';
import type { Field } from './fields.ts';
import type { World } from './world.ts';

const time = v.pipe(v.string(), v.regex(/^\d{2}:\d{2}:\d{2}$/u));
const day = v.pipe(v.string(), v.regex(/^\d{4}-\d{2}-\d{2}$/u));
const short = v.pipe(v.string(), v.maxLength(255));
const id = v.pipe(v.number(), v.integer(), v.minValue(1));

/** What each type of custom field takes in v2, options aside. */
const VALUES: Readonly<Record<string, v.GenericSchema>> = {
  varchar: short,
  varchar_auto: short,
  phone: short,
  text: v.pipe(v.string(), v.maxLength(65_000)),
  double: v.number(),
  monetary: v.strictObject({ value: v.number(), currency: v.string() }),
  date: day,
  daterange: v.strictObject({ value: day, until: day }),
  time: v.strictObject({ value: time }),
  timerange: v.strictObject({ value: time, until: time }),
  user: id,
  org: id,
  people: id,
  address: addressBody,
};

/** The custom part of a body, checked against the company's fields. */
export function customPart(
  world: World,
  sent: Record<string, unknown> = {},
): Record<string, unknown> {
  const known = new Map(
    world.fields.filter((one) => one.is_custom_field).map((one) => [one.field_code, one]),
  );
  return Object.fromEntries(
    Object.entries(sent).map(([code, value]) => {
      const field = known.get(code);
      if (field === undefined) throw invalid(`custom field "${code}" does not exist`);
      return [code, value === null ? null : customValue(field, value)];
    }),
  );
}

function customValue(field: Field, value: unknown): unknown {
  const parsed = v.safeParse(schemaOf(field), value);
  if (!parsed.success) {
    // Since May 2026 such errors name the field.
    throw invalid(`custom field "${field.field_code}" is not valid`, {
      field_code: field.field_code,
    });
  }
  return field.field_type === 'address'
    ? addressOf(parsed.output as v.InferOutput<typeof addressBody>)
    : parsed.output;
}

function schemaOf({ field_type, options }: Field): v.GenericSchema {
  const option = v.picklist((options ?? []).map((one) => one.id));
  if (field_type === 'enum') return option;
  // "Sending an empty array is not supported" (documented).
  if (field_type === 'set') return v.pipe(v.array(option), v.minLength(1));
  return VALUES[field_type] ?? v.unknown();
}
