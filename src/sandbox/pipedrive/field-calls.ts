import * as v from 'valibot';
import { randomHex, type SandboxAnswer } from '../core.ts';
import { checked, invalid, noPermission, notFound, ok, refusal } from './answers.ts';
import { field, nextOptionId, type Field, type Option } from './fields.ts';
import { readsContacts, type Call, type Route } from './routes.ts';
import type { World } from './world.ts';

const PAGE = 500;
const fieldScopes = ['contact-fields:full', 'admin'] as const;

const TYPES = [
  'varchar',
  'varchar_auto',
  'text',
  'double',
  'monetary',
  'date',
  'set',
  'enum',
  'user',
  'org',
  'people',
  'phone',
  'time',
  'timerange',
  'daterange',
  'address',
] as const;

export const newField = v.strictObject({
  field_name: v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
  field_type: v.picklist(TYPES),
  description: v.optional(v.nullable(v.string())),
  options: v.optional(v.array(v.looseObject({ label: v.string() }))),
  ui_visibility: v.optional(v.unknown()),
  important_fields: v.optional(v.unknown()),
  required_fields: v.optional(v.unknown()),
});
const fieldPatch = v.strictObject({
  field_name: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(255))),
  description: v.optional(v.nullable(v.string())),
});

export function fieldRoutes(world: World): readonly Route[] {
  const all = /^\/api\/v2\/personFields$/u;
  const one = /^\/api\/v2\/personFields\/([^/]+)$/u;
  return [
    {
      method: 'GET',
      path: all,
      cost: 10,
      scopes: readsContacts,
      handle: (call) => list(world, call),
    },
    {
      method: 'POST',
      path: all,
      cost: 5,
      scopes: fieldScopes,
      handle: (call) => create(world, call),
    },
    {
      method: 'GET',
      path: one,
      cost: 1,
      scopes: readsContacts,
      handle: (call) => ok(fieldIn(world, call)),
    },
    {
      method: 'PATCH',
      path: one,
      cost: 5,
      scopes: ['contacts:full', ...fieldScopes],
      handle: (call) => update(world, call),
    },
    {
      method: 'DELETE',
      path: one,
      cost: 3,
      scopes: fieldScopes,
      handle: (call) => remove(world, call),
    },
  ];
}

function list(world: World, call: Call): SandboxAnswer {
  const at = Number(call.request.query.get('cursor') ?? 0);
  const end = at + Math.min(PAGE, Number(call.request.query.get('limit') ?? PAGE));
  const next = end < world.fields.length ? String(end) : null;
  return ok(world.fields.slice(at, end), { additional_data: { next_cursor: next } });
}

export function fieldIn(world: World, { parts }: Call): Field {
  const found = world.fields.find(({ field_code }) => field_code === parts[0]);
  if (found === undefined) throw notFound('Field');
  return found;
}

function create(world: World, call: Call): SandboxAnswer {
  if (!call.user.permissions.has('can_add_custom_fields')) throw noPermission();
  const body = checked(newField, call.request.json());
  const { fieldDescription } = world.behaviour;
  if (body.description !== undefined && fieldDescription === 'refused') {
    throw invalid('"description" is not allowed');
  }
  const custom = world.fields.filter(({ is_custom_field }) => is_custom_field);
  if (custom.length >= world.company.customFieldLimit) {
    throw refusal(403, 'You have reached the limit of custom fields.', {
      code: 'feature_capping_custom_fields_limit',
    });
  }
  return ok(
    makeField(world, {
      ...body,
      description: fieldDescription === 'kept' ? (body.description ?? null) : null,
    }),
  );
}

/** Also how an admin makes a field in the web application. Equal names are never refused. */
export function makeField(world: World, body: v.InferOutput<typeof newField>): Field {
  const made: Field = {
    ...field(body.field_name, randomHex(world.random, 40), body.field_type),
    is_custom_field: true,
    description: body.description ?? null,
    options: optionsOf(world, body),
  };
  world.fields.push(made);
  return made;
}

function optionsOf(
  world: World,
  { field_type, options }: v.InferOutput<typeof newField>,
): readonly Option[] | null {
  if (field_type !== 'enum' && field_type !== 'set') return null;
  if (options === undefined) throw invalid('"options" is required');
  const first = nextOptionId(world.fields);
  return options.map(({ label }, at) => ({ id: first + at, label }));
}

function update(world: World, call: Call): SandboxAnswer {
  const found = fieldIn(world, call);
  const { field_name, description } = checked(fieldPatch, call.request.json());
  const changed = replaceField(world, found, {
    ...(field_name === undefined ? {} : { field_name }),
    ...(description === undefined || world.behaviour.fieldDescription !== 'kept'
      ? {}
      : { description }),
  });
  return ok(changed);
}

export function replaceField(world: World, old: Field, patch: Partial<Field>): Field {
  const changed = { ...old, ...patch };
  world.fields.splice(world.fields.indexOf(old), 1, changed);
  return changed;
}

function remove(world: World, call: Call): SandboxAnswer {
  if (!call.user.permissions.has('can_delete_custom_fields')) throw noPermission();
  const found = fieldIn(world, call);
  if (!found.is_custom_field) throw refusal(400, 'Only custom fields can be deleted.');
  deleteField(world, found);
  return ok(found);
}

/** With everything that persons have in it (documented). */
export function deleteField(world: World, { field_code }: Field): void {
  const at = world.fields.findIndex((one) => one.field_code === field_code);
  world.fields.splice(at, 1);
  for (const { id, custom_fields } of world.persons.all()) {
    if (!(field_code in custom_fields)) continue;
    const { [field_code]: _gone, ...kept } = custom_fields;
    world.persons.amend(id, { custom_fields: kept });
  }
}
