import { BadControl } from '../core.ts';
import { checked } from './answers.ts';
import type { Behaviour, BehaviourInput } from './behaviour.ts';
import { behaviourSchema } from './behaviour.ts';
import { organizationBody, personBody } from './bodies.ts';
import { contactSyncFields } from './fields.ts';
import type { Organization, Person } from './items.ts';
import { deleteOrganization, makeOrganization } from './organization-calls.ts';
import { changePerson, makePerson } from './person-calls.ts';
import { keepPicture } from './picture-calls.ts';
import type { User } from './users.ts';
import type { World } from './world.ts';

/** What people do in Pipedrive's web application. */
export interface Hands {
  createPerson(body: object, asUser?: number): Person;
  updatePerson(id: number, patch: object): Person;
  deletePerson(id: number): void;
  /** The survivor takes over what it lacks; the loser's id vanishes. */
  mergePersons(loser: number, survivor: number): void;
  changeOwner(id: number, user: number): void;
  /** Gives the person to the colleague, for the owner's eyes only. */
  hidePerson(id: number): void;
  /** `update_time` moves without content. */
  touchPerson(id: number): void;
  createOrganization(body: object, asUser?: number): Organization;
  renameOrganization(id: number, name: string): void;
  deleteOrganization(id: number): void;
  addPicture(id: number, bytes: Uint8Array): void;
  setPermissions(names: Readonly<Record<string, boolean>>): void;
  setOption(name: keyof Behaviour, value: unknown): void;
  enableContactSync(): void;
  limitCustomFields(count: number): void;
}

export function createHands(world: World): Hands {
  const userNamed = (id?: number): User => {
    const user = id === undefined ? world.users[0] : world.users.find((one) => one.id === id);
    if (user === undefined) throw new BadControl(`There is no user ${id}.`);
    return user;
  };
  const person = (id: number): Person => {
    const found = world.persons.get(id);
    if (found === undefined) throw new BadControl(`There is no person ${id}.`);
    return found;
  };
  return {
    createPerson: (body, asUser) => makePerson(world, userNamed(asUser), checked(personBody, body)),
    updatePerson: (id, patch) =>
      changePerson(world, userNamed(person(id).owner_id), person(id), checked(personBody, patch)),
    deletePerson: (id) => {
      world.persons.change(id, { is_deleted: true });
    },
    mergePersons: (loser, survivor) => {
      const [lost, kept] = [person(loser), person(survivor)];
      world.persons.change(survivor, {
        emails: [
          ...kept.emails,
          ...lost.emails.map((one) => ({
            ...one,
            primary: kept.emails.length === 0 && one.primary,
          })),
        ],
        phones: [
          ...kept.phones,
          ...lost.phones.map((one) => ({
            ...one,
            primary: kept.phones.length === 0 && one.primary,
          })),
        ],
        org_id: kept.org_id ?? lost.org_id,
      });
      world.persons.change(loser, { is_deleted: true, mergedInto: survivor });
    },
    changeOwner: (id, user) => {
      world.persons.change(id, { owner_id: userNamed(user).id });
    },
    hidePerson: (id) => {
      world.persons.change(id, { owner_id: world.users[1]?.id ?? 0, visible_to: 1 });
    },
    touchPerson: (id) => {
      world.persons.change(id, {});
    },
    createOrganization: (body, asUser) =>
      makeOrganization(world, userNamed(asUser), checked(organizationBody, body)),
    renameOrganization: (id, name) => {
      world.organizations.change(id, { name });
    },
    deleteOrganization: (id) => deleteOrganization(world, id),
    addPicture: (id, bytes) => {
      keepPicture(world, id, person(id).owner_id, { bytes, type: 'image/png' });
    },
    setPermissions: (names) => {
      const user = userNamed();
      const permissions = new Set(user.permissions);
      for (const [name, granted] of Object.entries(names)) {
        if (granted) permissions.add(name);
        else permissions.delete(name);
      }
      world.users.splice(0, 1, { ...user, permissions });
    },
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
  };
}
