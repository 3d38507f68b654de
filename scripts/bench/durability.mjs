/**
 * What it costs that steps are on disk before their requests go out: the journal's rows begun in
 * groups, each with a synchronous commit. Prints seconds of CPU.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';

const GROUP = 32;
const BODY = 'x'.repeat(1024);
const steps = Number(process.argv[2]);
const folder = mkdtempSync(path.join(tmpdir(), 'contactsync-durability-'));
const db = new Database(path.join(folder, 'journal.db'));
db.pragma('journal_mode = WAL');
db.pragma('synchronous = NORMAL');
db.exec('CREATE TABLE step (id INTEGER PRIMARY KEY, state TEXT, begun_at TEXT, body TEXT)');
const insert = db.prepare("INSERT INTO step (state, body) VALUES ('planned', ?)");
db.transaction(() => {
  for (let step = 0; step < steps; step += 1) insert.run(BODY);
})();
const begin = db.prepare("UPDATE step SET state = 'begun', begun_at = ? WHERE id = ?");
const before = process.cpuUsage();
for (let first = 1; first <= steps; first += GROUP) {
  db.pragma('synchronous = FULL');
  db.transaction(() => {
    for (let id = first; id < first + GROUP; id += 1) begin.run('2026-01-01T00:00:00Z', id);
  })();
  db.pragma('synchronous = NORMAL');
}
const { user, system } = process.cpuUsage(before);
process.stdout.write(String((user + system) / 1e6));
db.close();
rmSync(folder, { recursive: true });
