import { BadControl, type SandboxSeed } from '../core.ts';
import type { Behaviour } from './behaviour.ts';
import type { FieldChange } from './field-change.ts';
import type { Deal } from './deals.ts';
import { createFields, type Field } from './fields.ts';
import type { Organization, Person } from './items.ts';
import { createShelf, type Shelf } from './shelf.ts';
import { createUsers, type User } from './users.ts';
import { maySee, type Plan } from './visibility.ts';

/** One Pipedrive company. */
export interface World extends SandboxSeed {
  readonly plan: Plan;
  readonly behaviour: Behaviour;
  readonly persons: Shelf<Person>;
  readonly organizations: Shelf<Organization>;
  readonly users: User[];
  readonly fields: Field[];
  readonly pictures: Map<number, Picture>;
  readonly deals: Deal[];
  /** By person, the oldest first. */
  readonly changes: Map<number, readonly FieldChange[]>;
  /** Changeable by people, not by the documents' gaps. */
  readonly company: Company;
}

export interface Company {
  readonly id: number;
  readonly name: string;
  readonly domain: string;
  contactSync: boolean;
  customFieldLimit: number;
}

export interface Picture {
  readonly id: number;
  readonly personId: number;
  readonly userId: number;
  readonly active: boolean;
  readonly addedAt: Date;
  readonly hash: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

export function createWorld(
  seed: SandboxSeed,
  setup: { plan: Plan; behaviour: Behaviour; contactSync: boolean },
): World {
  const { plan, behaviour, contactSync } = setup;
  return {
    ...seed,
    plan,
    behaviour,
    persons: createShelf(seed.clock, behaviour),
    organizations: createShelf(seed.clock, behaviour),
    users: createUsers(seed.random),
    fields: createFields(plan, contactSync),
    pictures: new Map(),
    deals: [],
    changes: new Map(),
    company: {
      id: 7001,
      name: 'Example Traders',
      domain: 'example-traders',
      contactSync,
      customFieldLimit: Number.POSITIVE_INFINITY,
    },
  };
}

export function userOf(world: World, id: number): User | undefined {
  return world.users.find((user) => user.id === id);
}

/** The first user where none is named. @throws {BadControl} */
export function userNamed(world: World, id?: number): User {
  const user = id === undefined ? world.users[0] : userOf(world, id);
  if (user === undefined) throw new BadControl(`There is no user ${id}.`);
  return user;
}

export function isVisible(world: World, user: User, item: Person | Organization): boolean {
  return maySee(world.plan, user, userOf(world, item.owner_id), item);
}
