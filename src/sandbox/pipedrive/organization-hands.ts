import { BadControl } from '../core.ts';
import { checked } from './answers.ts';
import { organizationBody } from './bodies.ts';
import { byHand, type Actor } from './changes.ts';
import type { Organization } from './items.ts';
import { mergeOrganizations } from './merges.ts';
import { changeOrganization, deleteOrganization, makeOrganization } from './organization-calls.ts';
import { userNamed, type World } from './world.ts';

/** Organizations. Without a user it is the organization's owner who acts. */
export interface OrganizationHands {
  /** By the first user, unless another is named. */
  createOrganization(body: object, asUser?: number): Organization;
  updateOrganization(id: number, patch: object, asUser?: number): Organization;
  renameOrganization(id: number, name: string): void;
  /** Its persons are in none afterwards. */
  deleteOrganization(id: number): void;
  /** Its persons do not come back to it. */
  restoreOrganization(id: number): void;
  /** The loser's persons are in the survivor afterwards. */
  mergeOrganizations(loser: number, survivor: number): void;
}

export function createOrganizationHands(world: World): OrganizationHands {
  const organization = (id: number): Organization => {
    world.organizations.settle();
    const found = world.organizations.get(id);
    if (found === undefined) throw new BadControl(`There is no organization ${id}.`);
    return found;
  };
  const owner = (id: number): Actor => byHand(userNamed(world, organization(id).owner_id));
  const update = (id: number, patch: object, asUser?: number): Organization => {
    const { user } = asUser === undefined ? owner(id) : byHand(userNamed(world, asUser));
    return changeOrganization(world, user, organization(id), checked(organizationBody, patch));
  };

  return {
    createOrganization: (body, asUser) =>
      makeOrganization(world, userNamed(world, asUser), checked(organizationBody, body)),
    updateOrganization: update,
    renameOrganization: (id, name) => void update(id, { name }),
    deleteOrganization: (id) => deleteOrganization(world, owner(id), id),
    restoreOrganization: (id) => {
      const { is_deleted, mergedInto } = organization(id);
      if (!is_deleted || mergedInto !== undefined) {
        throw new BadControl(`Organization ${id} is not among the deleted ones.`);
      }
      world.organizations.change(id, { is_deleted: false });
    },
    mergeOrganizations: (loser, survivor) => {
      organization(loser);
      mergeOrganizations(world, owner(survivor), { loser, survivor });
    },
  };
}
