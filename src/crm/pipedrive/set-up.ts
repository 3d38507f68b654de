import * as v from 'valibot';
import type { Api } from '../../http/api.ts';
import { dataOf, send } from './call.ts';
import { unreadable } from './errors.ts';
import { COSTS } from './limits.ts';

export { readRights, type Rights } from './permissions.ts';
export { readVisibilities, type Visibility } from './visibility.ts';

/** Who is signed in, and where. */
export interface PipedriveUser {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly companyId: number;
  readonly companyName: string;
  /** A bare label such as `acme`; empty when there is none. */
  readonly companyDomain: string;
}

const text = v.nullish(v.string(), '');

const UserSchema = v.looseObject({
  id: v.number(),
  name: text,
  email: text,
  company_id: v.number(),
  company_name: text,
  company_domain: text,
});

export async function readUser(api: Api, signal: AbortSignal): Promise<PipedriveUser> {
  const path = '/api/v1/users/me';
  const answer = await send(api, { method: 'GET', path, cost: COSTS.user, signal });
  const user = v.safeParse(UserSchema, dataOf(answer));
  if (!user.success) throw unreadable();
  const { id, name, email, company_id, company_name, company_domain } = user.output;
  return {
    id,
    name,
    email,
    companyId: company_id,
    companyName: company_name,
    companyDomain: company_domain,
  };
}
