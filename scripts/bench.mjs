/**
 * Measures contactsync against the least that is possible and against its peers, as ratios in one
 * run, and writes docs/performance.md and its picture.
 *
 *   npm run bench                       1,000, 10,000 and 25,000 contacts; some twenty minutes
 *   npm run bench -- --large            100,000 as well; some five minutes more
 *   npm run bench -- --n 100,200        other sizes; those beyond 10,000 for growth and memory alone
 *   npm run bench -- --dry              prints the tables, and writes nothing
 *   npm run bench -- --ci               counts alone, small and quick; fails when one misses its goal
 */
import { parseArgs } from 'node:util';
import { compare } from './bench/compare.mjs';
import {
  budgetRows,
  changesRow,
  countRows,
  matchingRows,
  resumedRow,
  rowsOf,
} from './bench/goals.mjs';
import { hasVdirsyncer, vdirsyncerBetweenFolders, vdirsyncerOverCardDav } from './bench/peers.mjs';
import { picturesOf, secondsOf, tableOf, writeReport } from './bench/report.mjs';
import { atLatency, durabilityOf, killed, outOfBudget, underBurst } from './bench/scenarios.mjs';
import { contactsyncGrowing, contactsyncInFull, theFloor } from './bench/tools.mjs';

const CI_SIZES = [100, 300];
const LARGEST_LIFE = 10_000;
const LARGE = 100_000;
const TIMES = 3;
const STARTS = 15;
const { values: options } = parseArgs({
  options: {
    ci: { type: 'boolean', default: false },
    dry: { type: 'boolean', default: false },
    large: { type: 'boolean', default: false },
    n: { type: 'string', default: '1000,10000,25000' },
  },
});
if (options.ci) await checkCounts();
else await measureAll([...options.n.split(',').map(Number), ...(options.large ? [LARGE] : [])]);

async function checkCounts() {
  const lives = [];
  for (const count of CI_SIZES) lives.push(await lifeOf(count, { times: 1, starts: 0 }));
  const [{ first }] = lives;
  const budget = await outOfBudget(CI_SIZES[0]);
  const rows = [
    ...lives.flatMap((life) => [...countRows(life), changesRow(life), ...matchingRows(life)]),
    resumedRow(budget, first.tokens),
    ...budgetRows(budget),
  ];
  say(tableOf(rows));
  const [one, two] = lives;
  const grown = one.none.requests !== two.none.requests || one.none.tokens !== two.none.tokens;
  if (grown) say('A run without changes costs more with more contacts.');
  const missed = rows.filter(({ value, must }) => value > must);
  for (const { what, value, must } of missed) say(`Missed: ${what}: ${value}, at most ${must}.`);
  process.exitCode = grown || missed.length > 0 ? 1 : 0;
}

/** contactsync alone. */
async function lifeOf(count, { times, starts }) {
  const found = await compare(count, times, { contactsync: contactsyncInFull({ starts }) });
  return found.contactsync;
}

async function measureAll(sizes) {
  const whole = sizes.filter((one) => one <= LARGEST_LIFE);
  const found = { lives: [], growths: [] };
  for (const count of whole.slice(0, -1)) {
    const measuring = () => lifeOf(count, { times: TIMES, starts: 0 });
    found.lives.push(await step(`contactsync, ${count}`, measuring));
  }
  const big = whole.at(-1);
  const tools = await step(`all tools, ${big}`, () => compare(big, TIMES, allTools()));
  say(secondsOf(big, namedTools(tools)));
  const { contactsync, floor, carddav, folders } = tools;
  found.lives.push(contactsync);
  found.floor = floor;
  if (carddav !== undefined) found.peers = { carddav, folders };
  for (const count of sizes.filter((one) => one > LARGEST_LIFE)) {
    const measuring = () => compare(count, TIMES, { contactsync: contactsyncGrowing });
    const { contactsync: growth } = await step(`contactsync, ${count}`, measuring);
    say(`  peak RSS of its first sync: ${growth.first.rss.toFixed(0)} MiB`);
    found.growths.push(growth);
  }
  found.durability = await step(`durability, ${big}`, () => durabilityOf(big));
  // These take minutes by their nature.
  const [{ count: few }] = found.lives;
  found.burst = await step('under a burst limit', () => underBurst(few));
  found.latency = await step('at 250 ms', () => atLatency(few));
  found.kill = await step('killed half-way', () => killed(few));
  found.budget = await step('out of budget', () => outOfBudget(few));
  await tell(found);
}

function allTools() {
  const ours = { floor: theFloor, contactsync: contactsyncInFull({ starts: STARTS }) };
  if (hasVdirsyncer()) {
    return { ...ours, carddav: vdirsyncerOverCardDav, folders: vdirsyncerBetweenFolders };
  }
  say('vdirsyncer is not installed: left out.');
  return ours;
}

async function tell(found) {
  const { floor, peers } = found;
  const life = found.lives.at(-1);
  const tools = namedTools({ floor, contactsync: life, ...peers });
  const rows = rowsOf(found);
  const tables = [tableOf(rows), secondsOf(life.count, tools)];
  say(tables.join('\n\n'));
  if (!options.dry) await writeReport(tables, picturesOf(life.count, tools));
}

function namedTools({ floor, contactsync, carddav, folders }) {
  const tools = [
    { name: 'the floor', life: floor },
    { name: 'contactsync', life: contactsync },
    { name: 'vdirsyncer, CardDAV', life: carddav },
    { name: 'vdirsyncer, folders', life: folders },
  ];
  return tools.filter(({ life }) => life !== undefined);
}

async function step(name, work) {
  const started = Date.now();
  const result = await work();
  say(`${name}: ${((Date.now() - started) / 1000).toFixed(0)} s`);
  return result;
}

function say(text) {
  process.stdout.write(`${text}\n`);
}
