import type { AccountStore } from '../sync/store-port.ts';
import type { Mappings } from './mappings.ts';
import type { Mirror } from './mirror.ts';
import type { Scope } from './scope.ts';

/** Follows a person that was created again for another account of the same CRM login. */
export function createReplacements(
  { db, accountId, connections }: Scope,
  { mirror, mappings }: { readonly mirror: Mirror; readonly mappings: Mappings },
): Pick<AccountStore, 'replacement' | 'letGoBefore'> {
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
  const replaced = db
    .prepare<[string, number, number], string>(
      `
      SELECT gone.crm_id FROM account CROSS JOIN mapping AS heir ON heir.account_id = account.id
        JOIN mapping AS gone ON gone.account_id = heir.account_id
          AND gone.provider_id = heir.provider_id AND gone.released = 'replaced'
        WHERE heir.crm_id = ? AND heir.released IS NULL
          AND account.crm_connection = ? AND account.id <> ?
        ORDER BY gone.id DESC`,
    )
    .pluck();
  return {
    replacement: (crmId) => {
      const id = replacing.get(crmId, connections.crm, accountId, accountId);
      const found = id === undefined ? undefined : mirror.sighting('crm', id);
      return found?.kind === 'present' ? found.revision : undefined;
    },
    letGoBefore: (crmId) => {
      for (const id of replaced.all(crmId, connections.crm, accountId)) {
        const mapped = mappings.find('crm', id);
        if (mapped?.released !== undefined) return { pair: mapped.pair(), reason: mapped.released };
      }
      return undefined;
    },
  };
}
