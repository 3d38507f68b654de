import type { Database } from 'better-sqlite3';
import type { SecretPurpose, Secrets } from './secrets.ts';
import type { Turns } from './turns.ts';

/** A signed-in login: a provider mailbox, or a CRM user in a company. */
export interface Connection {
  readonly id: number;
  /** The vendor, by the word that the command line has for it. */
  readonly kind: string;
  /** The provider's own id of the mailbox; for a CRM, `company:user`. */
  readonly identity: string;
  /** What is worth showing, and how it signs in. */
  readonly details: Readonly<Record<string, string | number | boolean>>;
}

export interface Connections {
  find(kind: string, identity: string): Connection | undefined;
  get(id: number): Connection | undefined;
  list(): readonly Connection[];
  insert(connection: Omit<Connection, 'id'>): Connection;
  updateDetails(id: number, details: Connection['details']): void;
  remove(id: number): void;
  /** `endsAt`, where it is known, shows in the details as `signInEnds`. @throws {KeyWrong, KeyMissing, KeyChainLocked} */
  saveSecret(id: number, purpose: SecretPurpose, value: string, endsAt?: Date): void;
  loadSecret(id: number, purpose: SecretPurpose): string | undefined;
  deleteSecret(id: number, purpose: SecretPurpose): void;
}

interface Row {
  readonly id: number;
  readonly kind: string;
  readonly identity: string;
  readonly details: string;
}

function toConnection(row: Row): Connection {
  return { ...row, details: JSON.parse(row.details) as Connection['details'] };
}

export function createConnections(db: Database, secrets: Secrets, turns: Turns): Connections {
  const find = db.prepare<[string, string], Row>(
    'SELECT * FROM connection WHERE kind = ? AND identity = ?',
  );
  const byId = db.prepare<[number], Row>('SELECT * FROM connection WHERE id = ?');
  const list = db.prepare<[], Row>('SELECT * FROM connection ORDER BY id');
  const insert = db.prepare<[string, string, string], Row>(
    'INSERT INTO connection (kind, identity, details) VALUES (?, ?, ?) RETURNING *',
  );
  const update = db.prepare('UPDATE connection SET details = ? WHERE id = ?');
  const noteEnd = db.prepare(`
    UPDATE connection SET details = iif(@end IS NULL,
      json_remove(details, '$.signInEnds'), json_set(details, '$.signInEnds', @end))
    WHERE id = @id`);
  const remove = db.prepare('DELETE FROM connection WHERE id = ?');
  const optional = (row: Row | undefined): Connection | undefined => row && toConnection(row);
  return {
    find: (kind, identity) => optional(find.get(kind, identity)),
    get: (id) => optional(byId.get(id)),
    list: () => list.all().map(toConnection),
    insert: ({ kind, identity, details }) => {
      const row = insert.get(kind, identity, JSON.stringify(details));
      if (row === undefined) throw new Error('The new connection was not returned.');
      return toConnection(row);
    },
    updateDetails: (id, details) => {
      update.run(JSON.stringify(details), id);
    },
    remove: (id) => {
      remove.run(id);
    },
    saveSecret: (id, purpose, value, endsAt) => {
      db.transaction(() => {
        secrets.save(id, purpose, value);
        noteEnd.run({ id, end: endsAt?.toISOString() ?? null });
      }).immediate();
      // A rotated token is the only one left: it must not wait for others.
      turns.end();
    },
    loadSecret: secrets.load,
    deleteSecret: secrets.drop,
  };
}
