import type { FieldName } from '../contact/contact.ts';
import type { Scope } from './scope.ts';

/** Inside the caller's transaction, in all accounts of this CRM login: what is mapped has no base for these fields. */
export type DropBases = (fields: readonly FieldName[]) => void;

export function createDropBases({ db, connections }: Scope): DropBases {
  const ofThisLogin = 'account_id IN (SELECT id FROM account WHERE crm_connection = ?)';
  const drop = db.prepare(`
    UPDATE mapping SET baseless = (
      SELECT json_group_array(value) FROM (
        SELECT value FROM json_each(coalesce(baseless, '[]')) UNION SELECT value FROM json_each(?)))
    WHERE ${ofThisLogin}`);
  const mark = db.prepare(`
    INSERT OR REPLACE INTO dirty (account_id, side, record_id)
    SELECT account_id, 'provider', provider_id FROM mapping
    WHERE released IS NULL AND ${ofThisLogin}`);
  return (fields) => {
    drop.run(JSON.stringify(fields), connections.crm);
    mark.run(connections.crm);
  };
}
