/*
 * Loaded before a first sync: says on descriptor 3 what CPU went into its journal's durability.
 * `begun`: the rows of steps written as begun. `synced`: commits that wait for the disk, of those
 * rows and of whatever joins them. `others`: commits that do not wait.
 */
const { writeSync } = require('node:fs');
const Database = require('better-sqlite3');

const { pragma, prepare } = Database.prototype;
const spent = { begun: 0, synced: 0, others: 0 };
const counts = { begun: 0, synced: 0, others: 0 };
const waiting = new WeakSet();

Database.prototype.pragma = function watched(source, ...rest) {
  if (source === 'synchronous = FULL') waiting.add(this);
  if (source === 'synchronous = NORMAL') waiting.delete(this);
  return pragma.call(this, source, ...rest);
};

Database.prototype.prepare = function watched(source, ...rest) {
  const statement = prepare.call(this, source, ...rest);
  if (/^\s*UPDATE step\b.*\bbegun_at = \?/u.test(source)) return timed(statement, () => 'begun');
  if (source !== 'COMMIT') return statement;
  return timed(statement, () => (waiting.has(this) ? 'synced' : 'others'));
};

function timed(statement, kindOf) {
  const run = statement.run.bind(statement);
  statement.run = (...values) => {
    const kind = kindOf();
    const start = process.cpuUsage();
    try {
      return run(...values);
    } finally {
      const { user, system } = process.cpuUsage(start);
      spent[kind] += (user + system) / 1e6;
      counts[kind] += 1;
    }
  };
  return statement;
}

process.on('exit', () => {
  writeSync(3, `${JSON.stringify({ durability: { ...spent, counts } })}\n`);
});
