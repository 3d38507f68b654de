import type { Database } from 'better-sqlite3';
import type { Revision } from '../plan/model.ts';
import type { AccountRow } from './accounts.ts';
import { SELECT_MIRROR, toRevision, type MirrorRow } from './mirror.ts';

/**
 * After an account's group or direction changed: lets go of whoever is outside of it now, and has
 * everybody looked at again. Both records stay as they are. Resolves to how many were let go.
 */
export function rescope(
  db: Database,
  { id, providerConnection, crmConnection }: AccountRow,
  scope: { readonly isInside: (revision: Revision) => boolean; readonly now: Date },
): number {
  const live = db.prepare<[number, number], MirrorRow & { readonly mapping_id: number }>(
    `SELECT mapping.id AS mapping_id, seen.* FROM mapping
     JOIN (${SELECT_MIRROR} WHERE mirror.connection_id = ?) AS seen ON seen.id = mapping.provider_id
     WHERE mapping.account_id = ? AND mapping.released IS NULL AND seen.absent IS NULL`,
  );
  const release = db.prepare(
    "UPDATE mapping SET released = 'left-group', released_at = ? WHERE id = ?",
  );
  const markAll = db.prepare(
    `INSERT OR REPLACE INTO dirty (account_id, side, record_id)
     SELECT ?, ?, id FROM mirror WHERE connection_id = ?`,
  );
  return db.transaction(() => {
    const outside = live
      .all(providerConnection, id)
      .filter((row) => !scope.isInside(toRevision(row)));
    for (const { mapping_id: mapping } of outside) release.run(scope.now.toISOString(), mapping);
    markAll.run(id, 'provider', providerConnection);
    markAll.run(id, 'crm', crmConnection);
    return outside.length;
  })();
}
