import { randomHex } from '../core.ts';

export interface User {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly admin: boolean;
  /** The visibility group, where the plan has such groups. */
  readonly group: number;
  /** What the user may do. A right that is missing is missing from the answer, too. */
  readonly permissions: ReadonlySet<string>;
  /** The personal API token. */
  readonly token: string;
}

/** Rights of a regular user: the documented ones, and those by kind of item (since June 2023). */
const usualPermissions = [
  'can_add_custom_fields',
  'can_add_deals',
  'can_add_leads',
  'can_add_organizations',
  'can_add_people',
  'can_bulk_edit_items',
  'can_change_visibility_of_items',
  'can_create_own_workflow',
  'can_delete_custom_fields',
  'can_delete_deals',
  'can_edit_custom_fields',
  'can_edit_other_users_organizations',
  'can_edit_other_users_people',
  'can_merge_organizations',
  'can_merge_people',
  'can_modify_labels',
  'can_see_other_users',
  'can_use_api',
  'can_use_import',
] as const;

/** The user whose contacts are synced, and a colleague in the same company. */
export function createUsers(random: () => number): User[] {
  const permissions = new Set<string>(usualPermissions);
  const token = () => randomHex(random, 40);
  return [
    {
      id: 1001,
      name: 'Ann Example',
      email: 'ann@example.com',
      admin: false,
      group: 1,
      permissions,
      token: token(),
    },
    {
      id: 1002,
      name: 'Ben Colleague',
      email: 'ben@example.com',
      admin: false,
      group: 2,
      permissions,
      token: token(),
    },
  ];
}
