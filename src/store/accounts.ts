import type { Database } from 'better-sqlite3';
import type { ConflictRule, Direction, MatchRule } from '../plan/model.ts';

/** One provider connection, one CRM connection, and the rules between them. */
export interface AccountRow {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly providerConnection: number;
  readonly crmConnection: number;
  /** The group's id, or `all`. */
  readonly group: string;
  readonly groupName: string;
  readonly direction: Direction;
  /** The name that the command line uses. */
  readonly visibility: string;
  /** The CRM's own value for it; absent for the CRM's default. */
  readonly visibilityValue?: number;
  readonly onConflict: ConflictRule;
  readonly match: MatchRule;
  readonly paused: boolean;
  /** ISO 8601 */
  readonly createdAt: string;
}

export interface Accounts {
  insert(account: Omit<AccountRow, 'id' | 'createdAt'>): AccountRow;
  get(id: number): AccountRow | undefined;
  byNameOrId(text: string): AccountRow | undefined;
  list(): readonly AccountRow[];
  /** Everything but whose it is and which logins it uses. */
  update(account: AccountRow): void;
  /** Deletes what we know of it: mappings, journal, and mirrors that no other account uses. */
  remove(id: number): void;
}

interface Row {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly provider_connection: number;
  readonly crm_connection: number;
  readonly group_id: string;
  readonly group_name: string;
  readonly direction: Direction;
  readonly visibility: string;
  readonly visibility_value: number | null;
  readonly on_conflict: ConflictRule;
  readonly match: MatchRule;
  readonly paused: number;
  readonly created_at: string;
}

function toAccount(row: Row): AccountRow {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    providerConnection: row.provider_connection,
    crmConnection: row.crm_connection,
    group: row.group_id,
    groupName: row.group_name,
    direction: row.direction,
    visibility: row.visibility,
    ...(row.visibility_value === null ? {} : { visibilityValue: row.visibility_value }),
    onConflict: row.on_conflict,
    match: row.match,
    paused: row.paused === 1,
    createdAt: row.created_at,
  };
}

export function createAccounts(db: Database, now: () => Date): Accounts {
  const insert = db.prepare<unknown[], Row>(`
    INSERT INTO account (name, email, provider_connection, crm_connection, group_id, group_name, direction,
      visibility, visibility_value, on_conflict, match, paused, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`);
  // What another account has read of the same login already is news to this one.
  const markRead = db.prepare(`
    INSERT INTO dirty (account_id, side, record_id) SELECT ?, ?, id FROM mirror WHERE connection_id = ?`);
  const byId = db.prepare<[number], Row>('SELECT * FROM account WHERE id = ?');
  const byName = db.prepare<[string], Row>('SELECT * FROM account WHERE name = ?');
  const list = db.prepare<[], Row>('SELECT * FROM account ORDER BY id');
  const update = db.prepare(`
    UPDATE account SET name = ?, group_id = ?, group_name = ?, direction = ?, visibility = ?,
      visibility_value = ?, on_conflict = ?, match = ?, paused = ? WHERE id = ?`);
  const remove = db.prepare('DELETE FROM account WHERE id = ?');
  // What several accounts share goes with the last one of them; the login itself is the caller's to end.
  const orphans = `connection_id NOT IN (SELECT provider_connection FROM account UNION SELECT crm_connection FROM account)`;
  const forget = ['mirror', 'match_key', 'organization', 'custom_field', 'reading'].map((table) =>
    db.prepare(`DELETE FROM ${table} WHERE ${orphans}`),
  );
  const optional = (row: Row | undefined): AccountRow | undefined => row && toAccount(row);
  const get = (id: number): AccountRow | undefined => optional(byId.get(id));
  return {
    insert: db.transaction<Accounts['insert']>((account) => {
      const { name, email, providerConnection, crmConnection, group, groupName, direction } =
        account;
      const { visibility, visibilityValue = null, onConflict, match, paused } = account;
      const scope = [name, email, providerConnection, crmConnection, group, groupName, direction];
      const rules = [visibility, visibilityValue, onConflict, match, paused ? 1 : 0];
      const row = insert.get(...scope, ...rules, now().toISOString());
      if (row === undefined) throw new Error('The new account was not returned.');
      markRead.run(row.id, 'provider', providerConnection);
      markRead.run(row.id, 'crm', crmConnection);
      return toAccount(row);
    }),
    get,
    byNameOrId: (text) =>
      optional(byName.get(text)) ?? (/^\d+$/u.test(text) ? get(Number(text)) : undefined),
    list: () => list.all().map(toAccount),
    update: ({ id, name, group, groupName, direction, ...rules }) => {
      const { visibility, visibilityValue = null, onConflict, match, paused } = rules;
      const scope = [name, group, groupName, direction, visibility, visibilityValue];
      update.run(...scope, onConflict, match, paused ? 1 : 0, id);
    },
    remove: db.transaction((id: number) => {
      remove.run(id);
      for (const statement of forget) statement.run();
    }),
  };
}
