import type { Database } from 'better-sqlite3';
import { KeyMissing, KeyWrong } from './errors.ts';
import { newKey, seal, unseal } from './key.ts';
import type { FoundKey, KeyStore } from './key-store.ts';
import type { Turns } from './turns.ts';

export type SecretPurpose = 'tokens' | 'api-token';

/** The name in `setting` under which the key of keyed hashes lies. */
const DIGEST_KEY = 'digest-key';

/** What signs connections in, encrypted, each bound to its connection and purpose. */
export interface Secrets {
  /** @throws {KeyWrong, KeyMissing, KeyChainLocked}, and then nothing was saved */
  save(connectionId: number, purpose: SecretPurpose, value: string): void;
  /** @throws {KeyWrong, KeyMissing, KeyChainLocked} */
  load(connectionId: number, purpose: SecretPurpose): string | undefined;
  drop(connectionId: number, purpose: SecretPurpose): void;
  dropAll(): void;
  count(): number;
  /** The key that all of them are under; made at the first need. @throws {KeyWrong, KeyMissing, KeyChainLocked} */
  inUse(): FoundKey;
  /** The one of `keys` that opens what is stored; any, where nothing is. @throws {KeyWrong, KeyMissing} */
  fitting(keys: Iterable<FoundKey>): FoundKey;
  /**
   * For keyed hashes that outlive a change of the key: random, made at the first need, and kept
   * encrypted like a sign-in. @throws {KeyWrong, KeyMissing, KeyChainLocked}
   */
  digestKey(): Buffer;
  /** Everything under another key, in one transaction that is on the disk when this returns. */
  reseal(from: Buffer, to: Buffer): void;
}

interface Row {
  readonly connection: number;
  readonly purpose: SecretPurpose;
  readonly value: Buffer;
  readonly kind: string;
  readonly identity: string;
}

const SELECT = `
  SELECT connection.id AS connection, purpose, value, kind, identity
  FROM secret JOIN connection ON connection.id = secret.connection_id`;

export function createSecrets(db: Database, turns: Turns, keys: KeyStore): Secrets {
  const every = db.prepare<[], Row>(SELECT);
  const one = db.prepare<[number, string], Row>(
    `${SELECT} WHERE connection_id = ? AND purpose = ?`,
  );
  const whose = db.prepare<[number], Pick<Row, 'kind' | 'identity'>>(
    'SELECT kind, identity FROM connection WHERE id = ?',
  );
  const put = db.prepare(
    'INSERT OR REPLACE INTO secret (connection_id, purpose, value) VALUES (?, ?, ?)',
  );
  const drop = db.prepare('DELETE FROM secret WHERE connection_id = ? AND purpose = ?');
  const dropAll = db.prepare('DELETE FROM secret');
  const count = db.prepare<[], number>('SELECT count(*) FROM secret').pluck();
  let known: Buffer | undefined;

  const setting = db.prepare<[string], string>('SELECT value FROM setting WHERE name = ?').pluck();
  const putSetting = db.prepare('INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)');
  const dropSetting = db.prepare('DELETE FROM setting WHERE name = ?');
  const sealedDigestKey = (): Buffer | undefined => {
    const text = setting.get(DIGEST_KEY);
    return text === undefined ? undefined : Buffer.from(text, 'base64');
  };
  const putDigestKey = (key: Buffer, text: string): void => {
    putSetting.run(DIGEST_KEY, seal(key, text, DIGEST_KEY).toString('base64'));
  };
  const opens = (key: Buffer): boolean => {
    const digestKey = sealedDigestKey();
    if (digestKey !== undefined && unseal(key, digestKey, DIGEST_KEY) !== undefined) return true;
    return every.all().some((row) => opened(key, row) !== undefined);
  };
  const isEmpty = (): boolean => count.get() === 0 && sealedDigestKey() === undefined;

  const fitting = (candidates: Iterable<FoundKey>): FoundKey => {
    let any = false;
    for (const found of candidates) {
      if (isEmpty() || opens(found.key)) return found;
      any = true;
    }
    if (any) throw new KeyWrong('The key does not fit the sign-ins that are stored.');
    throw new KeyMissing('The key to the sign-ins that are stored is gone.');
  };
  const inUse = (): FoundKey => {
    const [first] = keys.find();
    return first === undefined && isEmpty() ? keys.make() : fitting(keys.find());
  };
  /** Anew each time: another process may have changed the key. */
  const present = (): Buffer => {
    known = inUse().key;
    return known;
  };
  return {
    fitting,
    inUse,
    save: (id, purpose, value) => {
      const owner = whose.get(id);
      if (owner === undefined) throw new Error(`There is no connection ${id}.`);
      // In one transaction with the look at the key, so that a rotation comes before or after both.
      db.transaction(() => {
        put.run(id, purpose, seal(present(), value, labelOf({ ...owner, purpose })));
      }).immediate();
    },
    load: (id, purpose) => {
      const row = one.get(id, purpose);
      if (row === undefined) return undefined;
      const text = (known && opened(known, row)) ?? opened(present(), row);
      if (text !== undefined) return text;
      throw new KeyWrong('A sign-in that is stored cannot be opened with the key.');
    },
    drop: (id, purpose) => {
      drop.run(id, purpose);
    },
    dropAll: () => {
      dropAll.run();
      dropSetting.run(DIGEST_KEY);
    },
    digestKey: () =>
      db
        .transaction(() => {
          const sealed = sealedDigestKey();
          if (sealed === undefined) putDigestKey(present(), newKey().toString('base64'));
          const text = unseal(present(), sealedDigestKey() ?? Buffer.alloc(0), DIGEST_KEY);
          if (text !== undefined) return Buffer.from(text, 'base64');
          throw new KeyWrong('The key does not fit what is stored.');
        })
        .immediate(),
    count: () => count.get() ?? 0,
    reseal: (from, to) => {
      turns.toDisk(() => {
        for (const row of every.all()) {
          const text = opened(from, row) ?? lost(row);
          put.run(row.connection, row.purpose, seal(to, text, labelOf(row)));
        }
        const digestKey = sealedDigestKey();
        const text = digestKey && unseal(from, digestKey, DIGEST_KEY);
        if (text !== undefined) putDigestKey(to, text);
      });
    },
  };
}

/** To whom and for what it belongs, so that values cannot be swapped between rows. */
function labelOf({ kind, identity, purpose }: Pick<Row, 'kind' | 'identity' | 'purpose'>): string {
  return `${kind}|${identity}|${purpose}`;
}

function opened(key: Buffer, row: Row): string | undefined {
  return unseal(key, row.value, labelOf(row));
}

function lost({ kind, identity }: Row): never {
  throw new KeyWrong(`The stored sign-in of ${kind} ${identity} cannot be opened with the key.`);
}
