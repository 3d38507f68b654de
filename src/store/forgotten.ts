import { createHmac } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { emailKey } from '../contact/normalize.ts';
import type { Revision } from '../plan/model.ts';
import type { Connection } from './connections.ts';
import type { Secrets } from './secrets.ts';

/** Who was erased and is not to come back. */
export interface Forgotten {
  /** Whether a record that is not here must stay out, by one of its ids or e-mails. */
  covers(connection: number, record: Pick<Revision, 'id' | 'formerIds' | 'contact'>): boolean;
  /** Inside the caller's transaction. */
  addRecord(connection: number, id: string): void;
  addEmail(email: string): void;
}

/**
 * A record is known by the login it was seen through, not by the row of that login: removing an
 * account and adding it again brings nobody back.
 */
export function createForgotten(db: Database, secrets: Pick<Secrets, 'digestKey'>): Forgotten {
  const anybody = db.prepare<[], number>('SELECT 1 FROM forgotten LIMIT 1').pluck();
  const known = db.prepare<[string], number>('SELECT 1 FROM forgotten WHERE hash = ?').pluck();
  const insert = db.prepare('INSERT OR IGNORE INTO forgotten (hash) VALUES (?)');
  const login = db.prepare<[number], Pick<Connection, 'kind' | 'identity'>>(
    'SELECT kind, identity FROM connection WHERE id = ?',
  );
  let key: Buffer | undefined;
  const digest = (text: string): string => {
    key ??= secrets.digestKey();
    return createHmac('sha256', key).update(text).digest('base64');
  };
  const recordHash = (connection: number, id: string): string => {
    const { kind, identity } = login.get(connection) ?? {};
    return digest(JSON.stringify(['record', kind, identity, id]));
  };
  const emailHash = (email: string): string => digest(JSON.stringify(['email', emailKey(email)]));
  return {
    covers: (connection, { id, formerIds = [], contact }) => {
      if (anybody.get() === undefined) return false;
      const hashes = [
        ...[id, ...formerIds].map((one) => recordHash(connection, one)),
        ...contact.emails.map(({ value }) => emailHash(value)),
      ];
      return hashes.some((hash) => known.get(hash) !== undefined);
    },
    addRecord: (connection, id) => {
      insert.run(recordHash(connection, id));
    },
    addEmail: (email) => {
      insert.run(emailHash(email));
    },
  };
}
