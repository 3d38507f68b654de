import type { AccountStore } from '../sync/store-port.ts';
import type { Mirror } from './mirror.ts';
import type { Scope } from './scope.ts';

/** Follows a person that was created again for another account of the same CRM login. */
export function createReplacements(
  { db, accountId, connections }: Scope,
  mirror: Mirror,
): Pick<AccountStore, 'replacement'> {
  const replacing = db
    .prepare<[string, number, number, number], string>(
      `
      SELECT heir.crm_id FROM account CROSS JOIN mapping AS gone ON gone.account_id = account.id
        JOIN mapping AS heir ON heir.account_id = gone.account_id
          AND heir.provider_id = gone.provider_id AND heir.released IS NULL
        WHERE gone.crm_id = ? AND gone.released = 'replaced'
          AND account.crm_connection = ? AND account.id <> ?
          AND NOT EXISTS (SELECT 1 FROM mapping AS own WHERE own.account_id = ?
            AND own.crm_id = heir.crm_id AND own.released IS NULL)`,
    )
    .pluck();
  return {
    replacement: (crmId) => {
      const id = replacing.get(crmId, connections.crm, accountId, accountId);
      const found = id === undefined ? undefined : mirror.sighting('crm', id);
      return found?.kind === 'present' ? found.revision : undefined;
    },
  };
}
