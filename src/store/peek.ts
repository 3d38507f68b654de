import { existsSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';

/** Names that a shell may complete. */
export interface Names {
  readonly accounts: readonly string[];
  readonly groups: readonly string[];
  /** Newest first. */
  readonly runs: readonly { readonly id: string; readonly account: string; readonly at: string }[];
}

const NONE: Names = { accounts: [], groups: [], runs: [] };
const LATEST = 30;

/** Reads names without making, mending or migrating anything; nothing where there is nothing to read. */
export function peek(home: string): Names {
  const file = path.join(home, 'contactsync.db');
  if (!existsSync(file)) return NONE;
  try {
    const db = new Database(file, { readonly: true, fileMustExist: true, timeout: 0 });
    try {
      return namesIn(db);
    } finally {
      db.close();
    }
  } catch {
    // Locked, damaged, of another version: a shell's prompt is no place to say so.
    return NONE;
  }
}

function namesIn(db: Database.Database): Names {
  const names = (sql: string): string[] => db.prepare<[], string>(sql).pluck().all();
  return {
    accounts: names('SELECT name FROM account ORDER BY id'),
    groups: names("SELECT DISTINCT group_name FROM account WHERE group_id <> 'all' ORDER BY 1"),
    runs: db
      .prepare<[number], Names['runs'][number]>(
        `SELECT run.id, account.name AS account, run.started_at AS at
         FROM run JOIN account ON account.id = run.account_id
         WHERE run.dry_run = 0 ORDER BY run.started_at DESC LIMIT ?`,
      )
      .all(LATEST),
  };
}
