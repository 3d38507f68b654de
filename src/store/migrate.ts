import type { Database } from 'better-sqlite3';
import { DatabaseTooNew } from './errors.ts';
import { removeFile, replaceFile, secureFile } from './files.ts';
import { FIRST } from './migrations/001-first.ts';
import { TWO_WAY } from './migrations/002-two-way.ts';
import { FORGOTTEN } from './migrations/003-forgotten.ts';
import { FIELDS_LATER } from './migrations/004-fields.ts';
import { INDEXES } from './migrations/005-indexes.ts';
import { LESS_WRITING } from './migrations/006-less-writing.ts';
import { DIGESTS } from './migrations/007-digests.ts';

/** In order; a database's version is the number of those it has been through. */
export const MIGRATIONS: readonly string[] = [
  FIRST,
  TWO_WAY,
  FORGOTTEN,
  FIELDS_LATER,
  INDEXES,
  LESS_WRITING,
  DIGESTS,
];

/**
 * Brings the database to this version's schema, in one transaction, after a copy was put beside it.
 * @throws {DatabaseTooNew} untouched
 */
export function migrate(db: Database, file: string | undefined, migrations = MIGRATIONS): void {
  refuseNewer(db, migrations);
  const version = schemaVersion(db);
  if (version === migrations.length) return;
  if (version > 0 && file !== undefined) keepCopy(db, `${file}.before-${migrations.length}`);
  db.transaction(() => {
    // Another process may have migrated while this one waited for the lock.
    for (const sql of migrations.slice(schemaVersion(db))) db.exec(sql);
    db.pragma(`user_version = ${migrations.length}`);
  }).immediate();
}

/** @throws {DatabaseTooNew} */
export function refuseNewer(db: Database, migrations = MIGRATIONS): void {
  const version = schemaVersion(db);
  if (version <= migrations.length) return;
  throw new DatabaseTooNew(
    `The database was written by a newer contactsync (schema ${version}, this one knows ${migrations.length}).`,
  );
}

function schemaVersion(db: Database): number {
  return db.pragma('user_version', { simple: true }) as number;
}

/** Whole or not at all, also when the process ends in the middle. */
function keepCopy(db: Database, copy: string): void {
  const part = `${copy}.part`;
  removeFile(part);
  secureFile(part);
  db.prepare('VACUUM INTO ?').run(part);
  replaceFile(part, copy);
}
