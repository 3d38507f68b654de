import { BadControl } from '../core.ts';
import { checked } from './answers.ts';
import { behaviourSchema, type Behaviour, type BehaviourInput } from './behaviour.ts';
import { deleteField, makeField, newField } from './field-calls.ts';
import { contactSyncFields, type Field } from './fields.ts';
import type { User } from './users.ts';
import { userNamed, type World } from './world.ts';

/** What an admin does with users and fields, and how this Pipedrive behaves where the documents leave it open. */
export interface CompanyHands {
  /** Of the first user, unless another is named. */
  setPermissions(names: Readonly<Record<string, boolean>>, user?: number): void;
  /** Puts a user into another visibility group. */
  moveUser(user: number, group: number): void;
  /** One of the switches in `behaviour.ts`. */
  setOption(name: keyof Behaviour, value: unknown): void;
  /** Somebody sets up Pipedrive's own contact sync: five fields appear. */
  enableContactSync(): void;
  limitCustomFields(count: number): void;
  createField(body: object): Field;
  /** By its code; with everything that persons have in it. */
  deleteField(code: string): void;
}

export function createCompanyHands(world: World): CompanyHands {
  const changeUser = (id: number | undefined, patch: (user: User) => Partial<User>): void => {
    const user = userNamed(world, id);
    world.users.splice(world.users.indexOf(user), 1, { ...user, ...patch(user) });
  };
  return {
    setPermissions: (names, id) =>
      changeUser(id, ({ permissions }) => ({ permissions: granted(permissions, names) })),
    moveUser: (id, group) => changeUser(id, () => ({ group })),
    setOption: (name, value) => {
      const input = { ...world.behaviour, [name]: value } as BehaviourInput;
      Object.assign(world.behaviour, checked(behaviourSchema, input));
    },
    enableContactSync: () => {
      if (!world.company.contactSync) world.fields.push(...contactSyncFields());
      world.company.contactSync = true;
    },
    limitCustomFields: (count) => {
      world.company.customFieldLimit = count;
    },
    createField: (body) => makeField(world, checked(newField, body)),
    deleteField: (code) => {
      const field = world.fields.find(({ field_code }) => field_code === code);
      if (field?.is_custom_field !== true)
        throw new BadControl(`There is no custom field ${code}.`);
      deleteField(world, field);
    },
  };
}

function granted(
  before: ReadonlySet<string>,
  names: Readonly<Record<string, boolean>>,
): ReadonlySet<string> {
  const taken = new Set(Object.keys(names).filter((name) => names[name] === false));
  const given = Object.keys(names).filter((name) => names[name] === true);
  return new Set([...[...before].filter((name) => !taken.has(name)), ...given]);
}
