import type { Database } from 'better-sqlite3';
import type { Contact } from '../contact/contact.ts';
import { SIDES, type Side } from '../plan/model.ts';
import type { AccountRow } from './accounts.ts';
import type { Forgotten } from './forgotten.ts';
import { dropKeysOf } from './match-keys.ts';
import { idColumn } from './scope.ts';

/** What was erased, for what lies outside the database. */
export interface Erased {
  readonly ids: { readonly [S in Side]: readonly string[] };
  /** The accounts that knew the contact, or could have: by name. */
  readonly accounts: readonly string[];
}

interface KnownRecord {
  readonly side: Side;
  readonly connection: number;
  readonly id: string;
}

const NAMING_RECORDS = ['mapping', 'conflict', 'verdict', 'step'] as const;
const BY_SIDE = ['dirty', 'parked'] as const;

/**
 * Erases every trace of a contact but its keyed hashes: the given records, and all that any mapping,
 * also one long let go, made one person with them. Nothing of them is left in the file.
 */
export function eraseContact(
  db: Database,
  accounts: readonly AccountRow[],
  forgotten: Forgotten,
  start: readonly KnownRecord[],
): Erased {
  db.pragma('secure_delete = ON');
  const records = samePerson(db, accounts, start);
  db.transaction(() => {
    const contacts = records.flatMap((record) => contactsOf(db, accounts, record));
    for (const { connection, id } of records) forgotten.addRecord(connection, id);
    for (const { emails } of contacts) for (const { value } of emails) forgotten.addEmail(value);
    for (const record of records) eraseRecord(db, accounts, record);
    for (const { organization } of contacts) forgetAddresses(db, accounts, organization);
  }).immediate();
  // Deleted rows are overwritten; rows that were replaced earlier may lie in free pages still.
  db.exec('VACUUM');
  db.pragma('wal_checkpoint(TRUNCATE)');
  const ids = (side: Side): readonly string[] =>
    records.filter((one) => one.side === side).map(({ id }) => id);
  const knowing = accounts.filter((account) =>
    records.some(({ side, connection }) => account[`${side}Connection`] === connection),
  );
  return {
    ids: { provider: ids('provider'), crm: ids('crm') },
    accounts: knowing.map(({ name }) => name),
  };
}

/** The records that mappings chain together, starting from some. */
function samePerson(
  db: Database,
  accounts: readonly AccountRow[],
  start: readonly KnownRecord[],
): readonly KnownRecord[] {
  const found = new Map<string, KnownRecord>();
  const waiting = [...start];
  for (let record = waiting.pop(); record !== undefined; record = waiting.pop()) {
    const key = `${record.connection} ${record.id}`;
    if (found.has(key)) continue;
    found.set(key, record);
    waiting.push(...counterparts(db, accounts, record));
  }
  return [...found.values()];
}

function counterparts(
  db: Database,
  accounts: readonly AccountRow[],
  { side, connection, id }: KnownRecord,
): readonly KnownRecord[] {
  const across = side === 'provider' ? 'crm' : 'provider';
  const ids = db
    .prepare<[number, string], string>(
      `SELECT ${idColumn(across)} FROM mapping WHERE account_id = ? AND ${idColumn(side)} = ?`,
    )
    .pluck();
  return using(accounts, side, connection).flatMap((account) =>
    ids
      .all(account.id, id)
      .filter((one) => one !== '')
      .map((one) => ({ side: across, connection: account[`${across}Connection`], id: one })),
  );
}

function using(
  accounts: readonly AccountRow[],
  side: Side,
  connection: number,
): readonly AccountRow[] {
  return accounts.filter((account) => account[`${side}Connection`] === connection);
}

/** What the record held, as far as anything tells: now, and when both sides last agreed. */
function contactsOf(
  db: Database,
  accounts: readonly AccountRow[],
  { side, connection, id }: KnownRecord,
): readonly Contact[] {
  const mirrored = db
    .prepare<[number, string], string>(
      'SELECT contact FROM mirror WHERE connection_id = ? AND id = ?',
    )
    .pluck()
    .all(connection, id);
  const bases = db
    .prepare<[number, string], string>(
      `SELECT base_${side} FROM mapping WHERE account_id = ? AND ${idColumn(side)} = ?`,
    )
    .pluck();
  const based = using(accounts, side, connection).flatMap((account) => bases.all(account.id, id));
  return [...mirrored, ...based].map((text) => JSON.parse(text) as Contact);
}

function eraseRecord(
  db: Database,
  accounts: readonly AccountRow[],
  { side, connection, id }: KnownRecord,
): void {
  const isIt = 'mirror.connection_id = ? AND mirror.id = ?';
  db.prepare(dropKeysOf(isIt)).run(connection, id);
  db.prepare(`DELETE FROM mirror WHERE ${isIt}`).run(connection, id);
  for (const account of using(accounts, side, connection)) {
    for (const table of NAMING_RECORDS) {
      db.prepare(`DELETE FROM ${table} WHERE account_id = ? AND ${idColumn(side)} = ?`).run(
        account.id,
        id,
      );
    }
    for (const table of BY_SIDE) {
      db.prepare(`DELETE FROM ${table} WHERE account_id = ? AND side = ? AND record_id = ?`).run(
        account.id,
        side,
        id,
      );
    }
  }
}

/** An organization that was made for a contact may have got the contact's address. */
function forgetAddresses(
  db: Database,
  accounts: readonly AccountRow[],
  organization: string | undefined,
): void {
  if (organization === undefined) return;
  const strip = db.prepare(`
    UPDATE step_body SET body = json_remove(body, '$.draft.address') WHERE step_id IN (
      SELECT id FROM step WHERE account_id = ? AND name = ? AND state <> 'begun'
        AND kind IN ('make-organization', 'fill-organization'))`);
  for (const { id } of accounts) strip.run(id, organization);
}

/** The records of somebody in one account, to start from. */
export function recordsOf(
  account: AccountRow,
  ids: { readonly providerId?: string; readonly crmId?: string },
): readonly KnownRecord[] {
  return SIDES.flatMap((side) => {
    const id = side === 'provider' ? ids.providerId : ids.crmId;
    const connection = account[`${side}Connection`];
    return id === undefined || id === '' ? [] : [{ side, connection, id }];
  });
}
