import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { Busy, codeOf, inOurWords } from './errors.ts';
import { secureFile, secureFolder } from './files.ts';

export interface Lock {
  release(): void;
}

interface Holder {
  readonly pid?: number;
  readonly since?: string;
}

/**
 * One run at a time for each home. The lock is SQLite's own on a file of its own: the operating
 * system frees it when the process ends, however it ends.
 * @throws {Busy}
 */
export function acquireLock(home: string, now: () => Date = () => new Date()): Lock {
  secureFolder(home);
  const note = path.join(home, 'run.lock.json');
  const release = tryLock(path.join(home, 'run.lock.db'));
  if (release === undefined) throw new Busy(readHolder(note));
  const holder: Holder = { pid: process.pid, since: now().toISOString() };
  inOurWords(() => writeFileSync(note, JSON.stringify(holder), { mode: 0o600 }));
  return {
    release: () => {
      rmSync(note, { force: true });
      release();
    },
  };
}

/** Takes the lock on a file of its own and answers how to let it go; `undefined` when somebody has it. */
export function tryLock(file: string): (() => void) | undefined {
  return inOurWords(() => {
    secureFile(file);
    const db = new Database(file, { timeout: 0 });
    try {
      db.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      db.close();
      if (codeOf(error).startsWith('SQLITE_BUSY')) return undefined;
      throw error;
    }
    return () => {
      db.exec('ROLLBACK');
      db.close();
    };
  });
}

/** Only for the message: whoever holds the lock may not have written it yet. */
function readHolder(note: string): Holder {
  try {
    return JSON.parse(readFileSync(note, 'utf8')) as Holder;
  } catch {
    return {};
  }
}
