import * as v from 'valibot';
import type { Api } from '../../http/api.ts';
import { BudgetSpent } from '../../sync/errors.ts';
import { dataOf, send } from './call.ts';
import { refusal, unreadable } from './errors.ts';
import { COSTS } from './limits.ts';

type Right = 'yes' | 'no' | 'unknown';

/** What the signed-in user may do. */
export interface Rights {
  readonly userId: number;
  readonly addPeople: Right;
  readonly addOrganizations: Right;
  readonly addCustomFields: Right;
  /** Whether records may be made with another visibility than the user's default. */
  readonly changeVisibility: Right;
}

const Permissions = v.record(v.string(), v.unknown());

/** Needs the scope `users:read`; without it the rights are unknown. */
export async function readRights(api: Api, userId: number, signal: AbortSignal): Promise<Rights> {
  const path = `/api/v1/users/${userId}/permissions`;
  const answer = await send(api, { method: 'GET', path, cost: COSTS.settings, signal });
  if (answer.status === 403) {
    const error = refusal(answer);
    if (error instanceof BudgetSpent) throw error;
    return rightsOf({}, userId);
  }
  const permissions = v.safeParse(Permissions, dataOf(answer));
  if (!permissions.success) throw unreadable();
  return rightsOf(permissions.output, userId);
}

type Flags = Readonly<Record<string, unknown>>;

function rightsOf(flags: Flags, userId: number): Rights {
  return {
    userId,
    addPeople: right(flags, 'can_add_people'),
    addOrganizations: right(flags, 'can_add_organizations'),
    addCustomFields: right(flags, 'can_add_custom_fields'),
    changeVisibility: right(flags, 'can_change_visibility_of_items'),
  };
}

/**
 * A right that is missing is left out rather than false (documented): it tells something only
 * where others of its kind are listed.
 */
function right(flags: Flags, name: string): Right {
  const flag = flags[name];
  if (flag === true || flag === 1) return 'yes';
  if (flag === false || flag === 0) return 'no';
  return Object.keys(flags).some((key) => key.startsWith('can_add_')) ? 'no' : 'unknown';
}
