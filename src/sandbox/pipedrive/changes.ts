import { isRecord } from '../core.ts';
import type { FieldChange } from './field-change.ts';
import type { Person } from './items.ts';
import type { User } from './users.ts';
import { v1Time, wireTime } from './times.ts';
import type { World } from './world.ts';

/** Who changes a record, and by which way. */
export interface Actor {
  readonly user: User;
  readonly source: 'app' | 'api';
  readonly userAgent?: string;
}

/** The Fields API's codes where they differ from the person's keys (documented by its example). */
const FIELD_KEYS: Readonly<Record<string, string>> = { emails: 'email', phones: 'phone' };
/** What is no field of a person. */
const SILENT_KEYS: readonly string[] = ['id', 'add_time', 'update_time', 'custom_fields'];
const HIDDEN_KEYS: readonly string[] = ['mergedInto', 'is_deleted'];

/** Somebody at the web application. */
export function byHand(user: User): Actor {
  return { user, source: 'app', userAgent: 'Mozilla/5.0 (sandbox)' };
}

/** Every change of a person goes this way. */
export function writePerson(
  world: World,
  actor: Actor,
  id: number,
  patch: Partial<Person>,
): Person {
  return recorded(world, actor, id, () => world.persons.change(id, patch));
}

/** The same where Pipedrive leaves `update_time` alone. */
export function amendPerson(
  world: World,
  actor: Actor,
  id: number,
  patch: Partial<Person>,
): Person {
  return recorded(world, actor, id, () => world.persons.amend(id, patch));
}

function recorded(world: World, actor: Actor, id: number, write: () => Person): Person {
  const before = world.persons.get(id);
  const after = write();
  if (before === undefined) return after;
  const stamp = {
    actor_user_id: actor.user.id,
    time: v1Time(wireTime(world.clock.now())),
    change_source: actor.source,
    change_source_user_agent: actor.userAgent ?? null,
    is_bulk_update_flag: false,
  };
  const changes = differences(before, after).map((one): FieldChange => ({ ...one, ...stamp }));
  world.changes.set(id, [...(world.changes.get(id) ?? []), ...changes]);
  return after;
}

function differences(before: Person, after: Person) {
  const [old, fresh] = [fieldsOf(before), fieldsOf(after)];
  return [...new Set([...old.keys(), ...fresh.keys()])]
    .map((key) => ({
      field_key: key,
      old_value: old.get(key) ?? null,
      new_value: fresh.get(key) ?? null,
    }))
    .filter(({ old_value, new_value }) => old_value !== new_value);
}

function fieldsOf(person: Person): ReadonlyMap<string, string | null> {
  const own = Object.entries(person).filter(
    ([key]) => !SILENT_KEYS.includes(key) && !HIDDEN_KEYS.includes(key),
  );
  return new Map(
    [...own, ...Object.entries(person.custom_fields)].map(([key, value]) => [
      FIELD_KEYS[key] ?? key,
      valueText(value),
    ]),
  );
}

/** The document shows single values only; of several we show all. */
function valueText(value: unknown): string | null {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
      return String(value);
    default:
      return isRecord(value) ? valueText(value['value']) : textOfAll(value);
  }
}

function textOfAll(values: unknown): string | null {
  if (!Array.isArray(values) || values.length === 0) return null;
  return values.map((one) => valueText(one) ?? '').join(', ');
}
