import { ContactSyncError } from '../sync/errors.ts';

/** The database was written by a newer contactsync. It was not touched. */
export class DatabaseTooNew extends ContactSyncError {
  readonly code = 'database-too-new';
}

/** Another process holds the database for longer than we wait. */
export class DatabaseLocked extends ContactSyncError {
  readonly code = 'database-locked';
}

/** What lies on the disk is no database, or not a whole one. */
export class DatabaseDamaged extends ContactSyncError {
  readonly code = 'database-damaged';
}

/** No room on the disk, or no right to write to it. */
export class DiskFull extends ContactSyncError {
  readonly code = 'disk-full';
}

/** The folder for our data cannot be made or written. */
export class HomeUnusable extends ContactSyncError {
  readonly code = 'home-unusable';
}

/** The part of better-sqlite3 that is compiled at installation is not there. */
export class DatabaseMissingPart extends ContactSyncError {
  readonly code = 'database-missing-part';
}

/** The key that encrypts tokens is not the one they were encrypted with, or is no key at all. */
export class KeyWrong extends ContactSyncError {
  readonly code = 'key-wrong';
}

/** Sign-ins are stored, and the key to them is nowhere. */
export class KeyMissing extends ContactSyncError {
  readonly code = 'key-missing';
}

/** The platform's key chain is locked, out of reach, or not there. */
export class KeyChainLocked extends ContactSyncError {
  readonly code = 'key-chain-locked';
}

/** The key cannot be changed the way it was asked for. Nothing was changed. */
export class KeyChangeRefused extends ContactSyncError {
  readonly code = 'key-change-refused';
}

/** Another run is at work in this home. */
export class Busy extends ContactSyncError {
  readonly code = 'locked';
  readonly pid: number | undefined;
  /** ISO 8601 */
  readonly since: string | undefined;

  constructor(holder: { readonly pid?: number; readonly since?: string }) {
    super('Another run is at work.');
    this.pid = holder.pid;
    this.since = holder.since;
  }
}

/** By its shape: the compiled part's errors need not be of this realm's `Error`. */
export function codeOf(error: unknown): string {
  const has = typeof error === 'object' && error !== null && 'code' in error;
  return has && typeof error.code === 'string' ? error.code : '';
}

const FULL_CODES = /^(?:SQLITE_FULL|SQLITE_IOERR|SQLITE_READONLY|ENOSPC|EROFS|EDQUOT)/u;
const BUSY_CODES = /^SQLITE_(?:BUSY|LOCKED)/u;
const DAMAGED_CODES = /^SQLITE_(?:CORRUPT|NOTADB)/u;
const UNUSABLE_CODES = /^(?:EACCES|EPERM|ENOTDIR|ENOENT|EEXIST|SQLITE_CANTOPEN)/u;

/** What SQLite or the file system said, in our words. Anything else comes back as it is. */
function storeError(error: unknown): unknown {
  if (error instanceof ContactSyncError) return error;
  const code = codeOf(error);
  const options = { cause: error };
  if (FULL_CODES.test(code)) {
    return new DiskFull('The disk that holds contactsync’s data is full or read-only.', options);
  }
  if (BUSY_CODES.test(code)) {
    return new DatabaseLocked('Another program holds contactsync’s database.', options);
  }
  if (DAMAGED_CODES.test(code)) {
    return new DatabaseDamaged('contactsync’s database is damaged.', options);
  }
  if (UNUSABLE_CODES.test(code)) {
    return new HomeUnusable(`${pathOf(error)} cannot be used.`, options);
  }
  if (/bindings file|NODE_MODULE_VERSION/u.test(String(error))) {
    return new DatabaseMissingPart('The compiled part of better-sqlite3 is missing.', options);
  }
  return error;
}

/** What the file system's errors are about. */
function pathOf(error: unknown): string {
  const has = typeof error === 'object' && error !== null && 'path' in error;
  return has && typeof error.path === 'string' ? error.path : 'contactsync’s folder';
}

/** Runs `work` and throws what it throws in our words. */
export function inOurWords<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storeError(error);
  }
}
