import type { Rules } from '../plan/model.ts';
import type { AccountRow } from '../store/accounts.ts';
import { composeAccount, NOBODY } from './compose.ts';
import type { Session } from './session.ts';

/** What an account's user chose and what its sides hold, without a sign-in and without a request. */
export async function offlineRules(session: Session, row: AccountRow): Promise<Rules> {
  const { rules, sides } = await composeAccount(session, session.store(), row, () => NOBODY);
  return {
    ...rules,
    holds: {
      provider: (contact) => sides.provider.holds(contact),
      crm: (contact) => sides.crm.holds(contact),
    },
  };
}
