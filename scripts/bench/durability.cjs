/*
 * Loaded before a first sync: says on descriptor 3 what CPU went into its journal's durability.
 * `begun` is the rows of the steps that are begun, written, and every commit that waits for the
 * disk: it has what the answers told so far in it, among it the ids of what was created.
 * `commits` are the commits before, which wait for nothing.
 */
const { writeSync } = require('node:fs');
const Database = require('better-sqlite3');

const { pragma, prepare } = Database.prototype;
const spent = { begun: 0, commits: 0 };
const counts = { groups: 0, commits: 0 };
let waits = false;

Database.prototype.pragma = function watched(source, ...rest) {
  if (source === 'synchronous = FULL') waits = true;
  return pragma.call(this, source, ...rest);
};

const BEGUN = "UPDATE step SET state = 'begun'";

Database.prototype.prepare = function watched(source, ...rest) {
  const statement = prepare.call(this, source, ...rest);
  const [isCommit, isBegun] = [source === 'COMMIT', source.startsWith(BEGUN)];
  if (!isCommit && !isBegun) return statement;
  const run = statement.run.bind(statement);
  statement.run = (...values) => {
    const start = process.cpuUsage();
    const result = run(...values);
    const kind = isBegun || waits ? 'begun' : 'commits';
    spent[kind] += secondsSince(start);
    if (isCommit) counts[waits ? 'groups' : 'commits'] += 1;
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
