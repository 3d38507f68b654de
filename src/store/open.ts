import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import type { AccountStore } from '../sync/store-port.ts';
import { createAccountStore } from './account-store.ts';
import { createAccounts, type Accounts } from './accounts.ts';
import { createConnections, type Connections } from './connections.ts';
import { createDashboard, type Dashboard } from './dashboard.ts';
import { inOurWords } from './errors.ts';
import { secureFile, secureFolder } from './files.ts';
import { createVault, type Vault } from './key.ts';
import { migrate, refuseNewer } from './migrate.ts';
import { createTurns } from './turns.ts';

export interface StoreOptions {
  /** The folder that holds everything; `:memory:` for nothing on disk. */
  readonly home: string;
  readonly toolVersion: string;
  /** `CONTACTSYNC_KEY`. */
  readonly key?: string | undefined;
  readonly now?: () => Date;
  readonly newId?: () => string;
}

export interface Store {
  account(accountId: number): AccountStore;
  readonly accounts: Accounts;
  readonly connections: Connections;
  readonly dashboard: Dashboard;
  transaction<T>(work: () => T): T;
  /**
   * A throw-away copy for a dry run. Refreshed tokens of connections that this store has are
   * written here too, or a rotated token would be lost with the copy. `close` removes it.
   */
  copy(): Store;
  close(): void;
}

const MEMORY = ':memory:';
const BUSY_MS = 5000;
const CHECKPOINT_PAGES = 4000;

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
  const vault = createVault({
    fromEnvironment: options.key,
    home: home === MEMORY ? undefined : home,
  });
  return storeOn(db, file, { ...options, vault });
}

type Settings = StoreOptions & { readonly vault: Vault };

function storeOn(db: Database.Database, file: string | undefined, settings: Settings): Store {
  const { vault, toolVersion, now = () => new Date(), newId = randomUUID } = settings;
  inOurWords(() => {
    // Before anything else: even a change of the journal's mode would touch a file that is not ours to touch.
    refuseNewer(db);
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    // Each checkpoint waits for the disk: a first sync writes megabytes.
    db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    db.pragma('foreign_keys = ON');
    migrate(db, file);
  });
  const accounts = createAccounts(db, now);
  const installation = inOurWords(() => installationName(db, newId));
  const turns = createTurns(db);
  const connections = createConnections(db, vault, turns);
  return {
    accounts,
    connections,
    dashboard: createDashboard(db),
    account: (accountId) => {
      const account = accounts.get(accountId);
      if (account === undefined) throw new Error(`There is no account ${accountId}.`);
      const { providerConnection: provider, crmConnection: crm } = account;
      return inOurWords(() =>
        createAccountStore({
          db,
          turns,
          accountId,
          connections: { provider, crm },
          toolVersion,
          now,
          newId,
          installation,
        }),
      );
    },
    transaction: (work) =>
      inOurWords(() => {
        turns.end();
        return db.transaction(work).immediate();
      }),
    copy: () =>
      inOurWords(() => {
        turns.end();
        return copyOf(db, connections, settings);
      }),
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
  const { saveSecret } = store.connections;
  return {
    ...store,
    connections: {
      ...store.connections,
      saveSecret: (id, purpose, value) => {
        saveSecret(id, purpose, value);
        if (originals.get(id) !== undefined) originals.saveSecret(id, purpose, value);
      },
    },
    close: () => {
      store.close();
      if (file !== undefined) removeDatabase(file);
    },
  };
}

function copyTo(db: Database.Database, file: string): Database.Database {
  db.prepare('VACUUM INTO ?').run(file);
  secureFile(file);
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

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function removeDatabase(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
}
