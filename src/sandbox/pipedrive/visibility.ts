import { invalid, noPermission } from './answers.ts';
import type { Item } from './items.ts';
import type { User } from './users.ts';

export type Plan = 'essential' | 'professional';

/** The levels of each plan in Pipedrive's own words. The same number means different things. */
export function visibilityLevels(plan: Plan): readonly { id: number; label: string }[] {
  return plan === 'essential'
    ? [
        { id: 1, label: 'Owner & followers' },
        { id: 3, label: 'Entire company' },
      ]
    : [
        { id: 1, label: 'Item owner' },
        { id: 3, label: "Item owner's visibility group" },
        { id: 5, label: "Item owner's visibility group and sub-groups" },
        { id: 7, label: 'All users' },
      ];
}

/** What an item gets when its maker does not say: everybody in the company. */
export function defaultVisibility(plan: Plan): number {
  return plan === 'essential' ? 3 : 7;
}

/** Owners and admins see everything of theirs; others what the level and their group allow. */
export function maySee(plan: Plan, user: User, owner: User | undefined, item: Item): boolean {
  if (user.admin || item.owner_id === user.id) return true;
  if (item.visible_to === defaultVisibility(plan)) return true;
  return plan === 'professional' && item.visible_to !== 1 && owner?.group === user.group;
}

/** @throws {Refusal} 400 for a level that the plan lacks, 403 without the right to choose one */
export function checkVisibility(plan: Plan, user: User, level: number, present: number): void {
  if (!visibilityLevels(plan).some(({ id }) => id === level)) {
    throw invalid(`"visible_to" ${level} is not available`);
  }
  if (level !== present && !user.permissions.has('can_change_visibility_of_items')) {
    throw noPermission();
  }
}
