import type { Database } from 'better-sqlite3';
import type { Side } from '../plan/model.ts';
import { dropKeysOf } from './match-keys.ts';

const DAY_MS = 86_400_000;

export function daysAgo(days: number, now: Date): Date {
  return new Date(now.getTime() - days * DAY_MS);
}

/** In SQL, of a row of the mirror: a mapping of any account names it. */
const isMapped = (side: Side): string => `EXISTS (
  SELECT 1 FROM account JOIN mapping ON mapping.account_id = account.id
  WHERE account.${side}_connection = mirror.connection_id AND mapping.${side}_id = mirror.id)`;

/** A step without an answer names it. */
const isBegun = (side: Side): string => `EXISTS (
  SELECT 1 FROM account JOIN step ON step.account_id = account.id AND step.state = 'begun'
  WHERE account.${side}_connection = mirror.connection_id AND step.${side}_id = mirror.id)`;

/** Absent records that nothing refers to any more, and that no list of the vendor may still show. */
const UNNAMED = `absent IS NOT NULL AND coalesce(written_at, '') < @before
  AND NOT ${isMapped('provider')} AND NOT ${isMapped('crm')}
  AND NOT ${isBegun('provider')} AND NOT ${isBegun('crm')}`;

/** In SQL, of a step: it is long done. */
const AGED = `account_id IN (SELECT id FROM account) AND state = 'settled' AND settled_at < @before`;

/**
 * What goes once it is older than `@before`, in this order: what a mapping names goes after it.
 * What is not in step is still needed, however old: an open conflict, a decision that is not
 * carried out, a step without an answer.
 */
const DROP_OLD: readonly string[] = [
  ...['step_body', 'step_answer'].map(
    (table) => `DELETE FROM ${table} WHERE step_id IN (SELECT id FROM step WHERE ${AGED})`,
  ),
  // That it was done stays, without whom and what it was about. Undo and recovery do not see it.
  `UPDATE step SET state = 'aged', name = '', reason = NULL WHERE ${AGED}`,
  `DELETE FROM step WHERE state IN ('set-aside', 'dropped') AND coalesce(settled_at, '') < @before
   AND run_id IN (SELECT id FROM run WHERE started_at < @before)`,
  `DELETE FROM conflict WHERE state <> 'open' AND settled_at < @before
   AND NOT EXISTS (SELECT 1 FROM dirty WHERE dirty.account_id = conflict.account_id AND (
     (side = 'provider' AND record_id = provider_id) OR (side = 'crm' AND record_id = crm_id)))`,
  // An earlier mapping that was let go for good must not speak for the record in its place.
  `DELETE FROM mapping WHERE released = 'gone' AND released_at < @before
   AND NOT EXISTS (SELECT 1 FROM mapping AS another
     WHERE another.account_id = mapping.account_id AND another.id <> mapping.id
       AND (another.provider_id = mapping.provider_id OR another.crm_id = mapping.crm_id))`,
  dropKeysOf(UNNAMED),
  `DELETE FROM mirror WHERE ${UNNAMED}`,
  `DELETE FROM run WHERE started_at < @before
   AND NOT EXISTS (SELECT 1 FROM step WHERE step.run_id = run.id)
   AND EXISTS (SELECT 1 FROM run AS later
     WHERE later.account_id = run.account_id AND later.started_at > run.started_at)`,
  "UPDATE run SET summary = json_remove(summary, '$.message') WHERE started_at < @before",
];

/**
 * Drops what the history holds about people and is older than so many days, at most once a day.
 * @returns whether it was time
 */
export function dropOld(db: Database, days: number, now: Date): boolean {
  const last = db.prepare<[], string>("SELECT value FROM setting WHERE name = 'old-dropped-at'");
  if ((last.pluck().get() ?? '') > daysAgo(1, now).toISOString()) return false;
  const before = daysAgo(days, now).toISOString();
  // What is deleted is overwritten too.
  db.pragma('secure_delete = ON');
  try {
    db.transaction(() => {
      for (const sql of DROP_OLD) db.prepare(sql).run({ before });
      const time = now.toISOString();
      db.prepare("INSERT OR REPLACE INTO setting VALUES ('old-dropped-at', ?)").run(time);
    }).immediate();
  } finally {
    db.pragma('secure_delete = OFF');
  }
  return true;
}

const IDLE = `status = 'ok' AND json_extract(summary, '$.conflicts') = 0
  AND NOT EXISTS (SELECT 1 FROM step WHERE step.run_id = run.id)`;

/** Of runs in a row that had nothing to do, the last one is enough. */
export function dropIdleRunBefore(db: Database, accountId: number, run: string): void {
  db.prepare(
    `DELETE FROM run WHERE ${IDLE} AND id = (
       SELECT id FROM run WHERE account_id = @accountId AND rowid <
         (SELECT rowid FROM run WHERE id = @run AND ${IDLE})
       ORDER BY rowid DESC LIMIT 1)`,
  ).run({ accountId, run });
}
