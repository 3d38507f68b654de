import * as v from 'valibot';
import { invalid, noPermission } from './answers.ts';
import { addressBody, addressOf } from './addresses.ts';
import { customPart } from './custom-values.ts';
import { contactSyncKeys, type Entry, type Organization, type Person } from './items.ts';
import type { User } from './users.ts';
import { checkVisibility, defaultVisibility } from './visibility.ts';
import type { World } from './world.ts';

const entry = v.strictObject({
  value: v.string(),
  primary: v.optional(v.boolean()),
  label: v.optional(v.nullable(v.string())),
});
const nullable = <S extends v.GenericSchema>(schema: S) => v.optional(v.nullable(schema));
const id = v.pipe(v.number(), v.integer(), v.minValue(1));

const shared = {
  name: v.optional(v.pipe(v.string(), v.maxLength(255))),
  owner_id: v.optional(id),
  visible_to: v.optional(v.number()),
  label_ids: v.optional(v.pipe(v.array(v.number()), v.maxLength(100))),
  add_time: v.optional(v.string()),
  custom_fields: v.optional(v.record(v.string(), v.unknown())),
};

/** What POST and PATCH of a person take. Unknown keys and wrong types are refused. */
export const personBody = v.strictObject({
  ...shared,
  first_name: v.optional(v.pipe(v.string(), v.maxLength(255))),
  last_name: v.optional(v.pipe(v.string(), v.maxLength(255))),
  org_id: nullable(id),
  emails: v.optional(v.array(entry)),
  phones: v.optional(v.array(entry)),
  im: v.optional(v.array(entry)),
  notes: nullable(v.pipe(v.string(), v.maxLength(10_000))),
  birthday: nullable(v.pipe(v.string(), v.isoDate())),
  job_title: nullable(v.string()),
  postal_address: nullable(addressBody),
  marketing_status: v.optional(v.string()),
});
export type PersonBody = v.InferOutput<typeof personBody>;

export const organizationBody = v.strictObject({
  ...shared,
  address: nullable(addressBody),
  website: nullable(v.string()),
  linkedin: nullable(v.string()),
  industry: nullable(v.number()),
  annual_revenue: nullable(v.number()),
  employee_count: nullable(v.number()),
});
export type OrganizationBody = v.InferOutput<typeof organizationBody>;

export interface Names {
  readonly name: string;
  readonly first_name: string | null;
  readonly last_name: string | null;
}

/** `name`, or its two parts; a name alone is split at its first space. */
export function namesOf(body: PersonBody, trims: boolean): Names | undefined {
  const clean = (text: string): string => (trims ? text.trim() : text);
  if (body.first_name !== undefined || body.last_name !== undefined) {
    const [first, last] = [clean(body.first_name ?? ''), clean(body.last_name ?? '')];
    if (first === '' && last === '') throw invalid('"first_name" and "last_name" are both empty');
    return {
      name: [first, last].filter(Boolean).join(' '),
      first_name: first || null,
      last_name: last || null,
    };
  }
  if (body.name === undefined) return undefined;
  const name = clean(body.name);
  if (name === '') throw invalid('"name" is not allowed to be empty');
  const space = name.indexOf(' ');
  return space === -1
    ? { name, first_name: name, last_name: null }
    : { name, first_name: name.slice(0, space), last_name: name.slice(space + 1) };
}

/** Without a primary the first one is; without a label it is "work". */
export function entriesOf(world: World, entries: PersonBody['emails']): readonly Entry[] {
  const { severalPrimaries, trimsValues } = world.behaviour;
  const given = (entries ?? []).filter(({ value }) => value !== '');
  const primaries = given.filter(({ primary }) => primary === true);
  if (primaries.length > 1 && severalPrimaries === 'refused') {
    throw invalid('only one entry can be primary');
  }
  const [primary = given[0]] = primaries;
  return given.map((one) => ({
    value: trimsValues ? one.value.trim() : one.value,
    primary: one === primary,
    label: one.label ?? 'work',
  }));
}

export function emailsOf(world: World, emails: PersonBody['emails']): readonly Entry[] {
  const malformed = (emails ?? []).findIndex(({ value }) => value !== '' && !value.includes('@'));
  if (malformed >= 0 && world.behaviour.malformedEmails === 'refused') {
    throw invalid(`"emails.${malformed}.value" must be a valid email`);
  }
  return entriesOf(world, emails);
}

/** Which of the contact-sync keys may be written; without contact sync none. */
export function contactSyncPart(world: World, body: PersonBody): Partial<Person> {
  const sent = contactSyncKeys.filter((key) => body[key] !== undefined);
  if (sent.length > 0 && !world.company.contactSync) {
    const { contactSyncOff } = world.behaviour;
    if (contactSyncOff === 'bad-request') throw invalid(`"${sent[0]}" is not allowed`);
    if (contactSyncOff === 'forbidden') throw noPermission();
    return {};
  }
  return {
    ...(body.im === undefined ? {} : { im: entriesOf(world, body.im) }),
    ...(body.notes === undefined ? {} : { notes: body.notes }),
    ...(body.birthday === undefined ? {} : { birthday: body.birthday }),
    ...(body.job_title === undefined ? {} : { job_title: body.job_title }),
    ...(body.postal_address === undefined
      ? {}
      : { postal_address: addressOf(body.postal_address) }),
  };
}

/** Owner, visibility and custom fields, as both kinds of item take them. */
export function sharedPart(
  world: World,
  user: User,
  body: PersonBody | OrganizationBody,
  before?: Person | Organization,
): Pick<Person, 'owner_id' | 'visible_to' | 'label_ids' | 'custom_fields'> {
  const present = before?.visible_to ?? defaultVisibility(world.plan);
  const level = body.visible_to ?? present;
  if (body.visible_to !== undefined) checkVisibility(world.plan, user, level, present);
  return {
    owner_id: body.owner_id ?? before?.owner_id ?? user.id,
    visible_to: level,
    label_ids: body.label_ids ?? before?.label_ids ?? [],
    custom_fields: { ...before?.custom_fields, ...customPart(world, body.custom_fields) },
  };
}
