/*
 * Loaded before a first sync: says on descriptor 3 what CPU went into its journal's durability.
 * `begun` is from where commits are made to wait for the disk to where they are not any more: the
 * rows of a group of steps written, committed and synced, before the first of their requests goes out.
 * `commits` are all other commits: of what the answers told, among it the ids of what was created.
 */
const { writeSync } = require('node:fs');
const Database = require('better-sqlite3');

const { pragma, prepare } = Database.prototype;
const spent = { begun: 0, commits: 0 };
const counts = { groups: 0, commits: 0 };
let since;

Database.prototype.pragma = function timed(source, ...rest) {
  if (source === 'synchronous = FULL') since = process.cpuUsage();
  const result = pragma.call(this, source, ...rest);
  if (source === 'synchronous = NORMAL' && since !== undefined) {
    spent.begun += secondsSince(since);
    counts.groups += 1;
    since = undefined;
  }
  return result;
};

Database.prototype.prepare = function watched(source, ...rest) {
  const statement = prepare.call(this, source, ...rest);
  if (source !== 'COMMIT') return statement;
  const run = statement.run.bind(statement);
  statement.run = () => {
    // Within a group that is begun it is counted already.
    if (since !== undefined) return run();
    const start = process.cpuUsage();
    const result = run();
    spent.commits += secondsSince(start);
    counts.commits += 1;
    return result;
  };
  return statement;
};

function secondsSince(start) {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

process.on('exit', () => {
  writeSync(3, `${JSON.stringify({ durability: { ...spent, counts } })}\n`);
});
