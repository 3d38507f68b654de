import * as v from 'valibot';
import type { SandboxAnswer } from '../core.ts';
import { checked, notFound, ok, refusal } from './answers.ts';
import { fieldIn, replaceField } from './field-calls.ts';
import { nextOptionId, type Field, type Option } from './fields.ts';
import type { Call, Route } from './routes.ts';
import type { World } from './world.ts';

const label = v.pipe(v.string(), v.minLength(1), v.maxLength(255));
const id = v.pipe(v.number(), v.integer());
const many = <S extends v.GenericSchema>(one: S) => v.pipe(v.array(one), v.minLength(1));

/** Options of `enum` and `set` fields. Each call does all or nothing (documented). */
export function optionRoutes(world: World): readonly Route[] {
  const path = /^\/api\/v2\/personFields\/([^/]+)\/options$/u;
  const scopes = ['contacts:full', 'admin', 'contact-fields:full'];
  return [
    { method: 'POST', path, cost: 5, scopes, handle: (call) => add(world, call) },
    { method: 'PATCH', path, cost: 5, scopes, handle: (call) => rename(world, call) },
    { method: 'DELETE', path, cost: 3, scopes, handle: (call) => remove(world, call) },
  ];
}

function add(world: World, call: Call): SandboxAnswer {
  const { field, options } = optionsIn(world, call);
  const labels = checked(many(v.strictObject({ label })), call.request.json());
  const first = nextOptionId(world.fields);
  const added = labels.map((one, at): Option => ({ id: first + at, label: one.label }));
  replaceField(world, field, { options: [...options, ...added] });
  return ok(added, { additional_data: null });
}

function rename(world: World, call: Call): SandboxAnswer {
  const { field, options } = optionsIn(world, call);
  const sent = checked(many(v.strictObject({ id, label })), call.request.json());
  const changed = existing(options, sent).map(({ id: one }) => ({
    id: one,
    label: sent.find((each) => each.id === one)?.label ?? '',
  }));
  replaceField(world, field, {
    options: options.map((one) => changed.find((each) => each.id === one.id) ?? one),
  });
  return ok(changed, { additional_data: null });
}

function remove(world: World, call: Call): SandboxAnswer {
  const { field, options } = optionsIn(world, call);
  const sent = checked(many(v.strictObject({ id })), call.request.json());
  const gone = existing(options, sent);
  replaceField(world, field, { options: options.filter((one) => !gone.includes(one)) });
  dropValues(world, field.field_code, gone);
  return ok(gone, { additional_data: null });
}

function optionsIn(
  world: World,
  call: Call,
): { readonly field: Field; readonly options: readonly Option[] } {
  const field = fieldIn(world, call);
  if (!field.is_custom_field || field.options === null) {
    throw refusal(400, 'The field does not support options.');
  }
  return { field, options: field.options };
}

function existing(options: readonly Option[], sent: readonly { readonly id: number }[]) {
  return sent.map((one) => {
    const found = options.find((each) => each.id === one.id);
    if (found === undefined) throw notFound('Option');
    return found;
  });
}

/** Persons lose a value whose option is gone. */
function dropValues(world: World, code: string, gone: readonly Option[]): void {
  const isGone = (value: unknown): boolean => gone.some((one) => one.id === value);
  for (const { id: person, custom_fields } of world.persons.all()) {
    const value = custom_fields[code];
    const kept = Array.isArray(value) ? value.filter((one) => !isGone(one)) : value;
    const left = isGone(kept) || (Array.isArray(kept) && kept.length === 0) ? null : kept;
    if (JSON.stringify(left) === JSON.stringify(value)) continue;
    world.persons.amend(person, { custom_fields: { ...custom_fields, [code]: left } });
  }
}
