import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import type { Revision } from '../plan/model.ts';
import type { AccountStore } from '../sync/store-port.ts';
import { createAccountStore } from './account-store.ts';
import { createAccounts, type AccountRow, type Accounts } from './accounts.ts';
import { createConnections, type Connections } from './connections.ts';
import { createDashboard, type Dashboard } from './dashboard.ts';
import { createDecisions, type Decisions } from './decisions.ts';
import { eraseContact, recordsOf, type Erased } from './erase.ts';
import { inOurWords } from './errors.ts';
import { secureFile, secureFolder } from './files.ts';
import { createHealth, type Health } from './health.ts';
import { createForgotten } from './forgotten.ts';
import { createHistory, type ContactIds, type History } from './history.ts';
import { prepareLate } from './late-statements.ts';
import { newKey } from './key.ts';
import type { KeyChain } from './key-chain.ts';
import { createKeyKeeper, type KeyKeeper } from './key-keeper.ts';
import { createKeyStore, type KeyStore } from './key-store.ts';
import { createMarks } from './marks.ts';
import { migrate, refuseNewer } from './migrate.ts';
import { createRemembered, type Remembered } from './remembered.ts';
import { rescope } from './rescope.ts';
import { createPeople, type People } from './people.ts';
import { daysAgo, dropOld } from './retention.ts';
import type { Scope } from './scope.ts';
import { createSecrets } from './secrets.ts';
import { createTurns } from './turns.ts';
import { isAlive } from './is-alive.ts';

export interface StoreOptions {
  /** The folder that holds everything; `:memory:` for nothing on disk. */
  readonly home: string;
  readonly toolVersion: string;
  /** `CONTACTSYNC_KEY`. */
  readonly key?: string | undefined;
  /** The platform's key chain, where there is one. */
  readonly keyChain?: KeyChain | undefined;
  readonly now?: () => Date;
  readonly newId?: () => string;
}

export interface Store {
  account(accountId: number): AccountStore;
  readonly accounts: Accounts;
  readonly connections: Connections;
  readonly dashboard: Dashboard;
  readonly keys: KeyKeeper;
  readonly remembered: Remembered;
  readonly health: Health;
  /**
   * Saves an account whose scope or rules changed: whoever is outside of it now is let go, and
   * everybody is looked at again. Resolves to how many were let go.
   */
  rescope(account: AccountRow, isInside: (revision: Revision) => boolean): number;
  readonly history: History;
  readonly people: People;
  decisions(accountId: number): Decisions;
  /** Every trace but keyed hashes, which keep the contact out from now on. */
  erase(contact: ContactIds): Erased;
  /** Once a day: what the history holds about people goes after so many days. Says whether it was time. */
  dropOld(days: number): boolean;
  transaction<T>(work: () => T): T;
  /**
   * A throw-away copy for a dry run. Sign-ins of connections that this store has are read and
   * written here, or a rotated token would be lost with the copy. `close` removes it.
   */
  copy(): Store;
  close(): void;
}

const MEMORY = ':memory:';
const BUSY_MS = 5000;
const CHECKPOINT_PAGES = 12000;

/** @throws {DatabaseTooNew, DatabaseDamaged, DatabaseLocked, DiskFull, HomeUnusable, DatabaseMissingPart} */
export function openStore(options: StoreOptions): Store {
  const { home } = options;
  if (home !== MEMORY) {
    secureFolder(home);
    removeLeftovers(path.join(home, 'tmp'));
  }
  const file = home === MEMORY ? undefined : path.join(home, 'contactsync.db');
  if (file !== undefined) secureFile(file);
  const db = inOurWords(() => new Database(file ?? MEMORY, { timeout: BUSY_MS }));
  return storeOn(db, file, { ...options, keys: keyStoreOf(options) });
}

type Settings = StoreOptions & { readonly keys: KeyStore };

/** Nothing on disk: a key that ends with the database. */
function keyStoreOf({ home, key, keyChain }: StoreOptions): KeyStore {
  const ofMemory = home === MEMORY ? newKey().toString('base64') : undefined;
  return createKeyStore({ fromEnvironment: key ?? ofMemory, home, keyChain });
}

function storeOn(db: Database.Database, file: string | undefined, settings: Settings): Store {
  const { keys, toolVersion, now = () => new Date(), newId = randomUUID } = settings;
  inOurWords(() => {
    // Before anything else: even a change of the journal's mode would touch a file that is not ours to touch.
    refuseNewer(db);
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    // Each checkpoint waits for the disk: a first sync writes megabytes.
    db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    db.pragma('foreign_keys = ON');
    migrate(db, file);
    prepareLate(db);
  });
  const accounts = createAccounts(db, now);
  const installation = inOurWords(() => installationName(db, newId));
  const turns = createTurns(db);
  const secrets = createSecrets(db, turns, keys);
  const connections = createConnections(db, secrets, turns);
  const forgotten = createForgotten(db, secrets);
  const accountOf = (accountId: number): AccountRow => {
    const account = accounts.get(accountId);
    if (account === undefined) throw new Error(`There is no account ${accountId}.`);
    return account;
  };
  const scopeOf = (accountId: number): Scope => {
    const { providerConnection: provider, crmConnection: crm } = accountOf(accountId);
    const mine = { accountId, connections: { provider, crm } };
    return { db, turns, ...mine, toolVersion, now, newId, installation, forgotten };
  };
  const opened = new Map<string, AccountStore>();
  /** Once for each account and its sign-ins: to prepare all of its statements takes a while. */
  const accountStore = (accountId: number): AccountStore => {
    const scope = scopeOf(accountId);
    const name = [accountId, scope.connections.provider, scope.connections.crm].join(' ');
    const store = opened.get(name) ?? inOurWords(() => createAccountStore(scope));
    opened.set(name, store);
    return store;
  };
  /** What is open is committed first. */
  const alone = <T>(work: () => T): T =>
    inOurWords(() => {
      turns.end();
      return work();
    });
  return {
    accounts,
    connections,
    dashboard: createDashboard(db),
    keys: createKeyKeeper(keys, secrets),
    remembered: createRemembered(db),
    health: createHealth(db),
    rescope: (account, isInside) =>
      alone(() =>
        db
          .transaction(() => {
            accounts.update(account);
            return rescope(db, account, { isInside, now: now() });
          })
          .immediate(),
      ),
    history: createHistory(db),
    people: createPeople(db),
    decisions: (accountId) => {
      const scope = scopeOf(accountId);
      return createDecisions(scope, createMarks(scope));
    },
    erase: (contact) =>
      alone(() => {
        const start = recordsOf(accountOf(contact.accountId), contact);
        const erased = eraseContact(db, accounts.list(), forgotten, start);
        if (file !== undefined) removeOldCopies(file);
        return erased;
      }),
    dropOld: (days) =>
      alone(() => {
        const isTime = dropOld(db, days, now());
        if (isTime && file !== undefined) removeOldCopies(file, daysAgo(days, now()));
        return isTime;
      }),
    account: accountStore,
    transaction: (work) => alone(() => db.transaction(work).immediate()),
    copy: () => alone(() => copyOf(db, connections, settings)),
    close: () => {
      inOurWords(() => turns.end());
      db.close();
    },
  };
}

/** Made once, and carried by the database wherever it goes. */
function installationName(db: Database.Database, newId: () => string): string {
  const named = db.prepare<[], string>("SELECT value FROM setting WHERE name = 'installation'");
  db.prepare("INSERT OR IGNORE INTO setting VALUES ('installation', ?)").run(newId().slice(0, 8));
  return named.pluck().get() ?? '';
}

function copyOf(db: Database.Database, originals: Connections, settings: Settings): Store {
  const file = settings.home === MEMORY ? undefined : copyFile(settings.home);
  const copy = file === undefined ? new Database(db.serialize()) : copyTo(db, file);
  const store = storeOn(copy, file, settings);
  const holder = secretsHolder(originals, store.connections);
  return {
    ...store,
    connections: {
      ...store.connections,
      loadSecret: (id, purpose) => holder(id).loadSecret(id, purpose),
      saveSecret: (id, ...secret) => holder(id).saveSecret(id, ...secret),
    },
    close: () => {
      store.close();
      if (file !== undefined) removeDatabase(file);
    },
  };
}

/** Of a connection that both have, sign-ins stay where they are: the original goes on renewing them. */
function secretsHolder(originals: Connections, copies: Connections) {
  return (id: number): Connections => {
    const [one, two] = [originals.get(id), copies.get(id)];
    const same = one?.kind === two?.kind && one?.identity === two?.identity;
    return one !== undefined && same ? originals : copies;
  };
}

function copyTo(db: Database.Database, file: string): Database.Database {
  secureFile(file);
  db.prepare('VACUUM INTO ?').run(file);
  return new Database(file, { timeout: BUSY_MS });
}

function copyFile(home: string): string {
  const folder = path.join(home, 'tmp');
  secureFolder(folder);
  return path.join(folder, `${process.pid}-${randomUUID()}.db`);
}

/** Copies of processes that are no more. */
function removeLeftovers(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const pid = Number.parseInt(name, 10);
    if (Number.isInteger(pid) && !isAlive(pid)) rmSync(path.join(folder, name), { force: true });
  }
}

function removeDatabase(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
}

/** What a migration put beside the database holds what the database held. All, or those older than that. */
function removeOldCopies(file: string, before?: Date): void {
  const folder = path.dirname(file);
  const copies = readdirSync(folder)
    .filter((name) => name.startsWith(`${path.basename(file)}.before-`))
    .map((name) => path.join(folder, name));
  for (const copy of copies) {
    if (before === undefined || statSync(copy).mtime < before) rmSync(copy);
  }
}
