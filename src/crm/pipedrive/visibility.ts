import * as v from 'valibot';
import type { Api } from '../../http/api.ts';
import { BudgetSpent } from '../../sync/errors.ts';
import { dataOf, isOk, send } from './call.ts';
import { refusal, unreadable } from './errors.ts';
import { COSTS } from './limits.ts';
import type { Rights } from './permissions.ts';
import { FieldSchema, reading } from './wire.ts';

type VisibilityName =
  'owner' | 'owner-followers' | 'owner-group' | 'owner-group-and-sub' | 'company';

export interface Visibility {
  /** `visible_to` */
  readonly value: number;
  /** In the CRM's own words. */
  readonly label: string;
  readonly name: VisibilityName;
  readonly isDefault: boolean;
}

/**
 * What a value means depends on the plan: 3 is the whole company on small ones, the owner's group on
 * large ones. Source: https://developers.pipedrive.com/docs/api/v1/Roles, "visibility settings".
 */
const SMALL_PLANS: ReadonlyMap<number, VisibilityName> = new Map([
  [1, 'owner-followers'],
  [3, 'company'],
]);
const LARGE_PLANS: ReadonlyMap<number, VisibilityName> = new Map([
  [1, 'owner'],
  [3, 'owner-group'],
  [5, 'owner-group-and-sub'],
  [7, 'company'],
]);

/** Where the account does not list its levels. Every plan takes these two values. */
const FALLBACK: readonly Option[] = [
  { value: 1, label: 'Owner & followers' },
  { value: 3, label: 'Entire company' },
];

interface Option {
  readonly value: number;
  readonly label: string;
}

/** The levels that this user may choose in this account; only the default, or none, without the right. */
export async function readVisibilities(
  api: Api,
  rights: Rights,
  signal: AbortSignal,
): Promise<readonly Visibility[]> {
  const [options, byDefault] = await Promise.all([
    readOptions(api, signal),
    readDefault(api, rights.userId, signal),
  ]);
  const names = options.some(({ value }) => value > 3) ? LARGE_PLANS : SMALL_PLANS;
  const levels = options.flatMap(({ value, label }): readonly Visibility[] => {
    const name = names.get(value);
    return name === undefined ? [] : [{ value, label, name, isDefault: value === byDefault }];
  });
  return rights.changeVisibility === 'no' ? levels.filter(({ isDefault }) => isDefault) : levels;
}

async function readOptions(api: Api, signal: AbortSignal): Promise<readonly Option[]> {
  const path = '/api/v2/personFields/visible_to';
  const answer = await send(api, { method: 'GET', path, cost: COSTS.get, signal });
  if ([400, 404, 410].includes(answer.status)) return FALLBACK;
  const field = reading(FieldSchema, dataOf(answer));
  if (field.kind === 'malformed') throw unreadable();
  const options = (field.record.options ?? []).map(({ id, label }) => ({
    value: id,
    label: label ?? String(id),
  }));
  return options.length === 0 ? FALLBACK : options;
}

const RoleSettings = v.looseObject({ person_default_visibility: v.nullish(v.number()) });

/** Needs the scope `users:read`; without it the default is unknown. */
async function readDefault(
  api: Api,
  userId: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  const path = `/api/v1/users/${userId}/roleSettings`;
  const answer = await send(api, { method: 'GET', path, cost: COSTS.settings, signal });
  if (answer.status === 403 || answer.status === 404) {
    const error = refusal(answer);
    if (error instanceof BudgetSpent) throw error;
    return undefined;
  }
  if (!isOk(answer)) throw refusal(answer);
  const settings = v.safeParse(RoleSettings, dataOf(answer));
  return settings.success ? (settings.output.person_default_visibility ?? undefined) : undefined;
}
