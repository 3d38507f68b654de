/**
 * Measures contactsync against the least that is possible and against its peers, as ratios in one
 * run, and writes docs/performance.md and its picture.
 *
 *   npm run bench                       N = 1,000 and 10,000; some twenty minutes
 *   npm run bench -- --n 1000,25000     other sizes
 *   npm run bench -- --ci               counts alone, small and quick; fails when one misses its goal
 */
import { parseArgs } from 'node:util';
import { changesRow, countRows, matchingRow, rowsOf } from './bench/goals.mjs';
import { measured, medianOf } from './bench/measure.mjs';
import { hasVdirsyncer, vdirsyncer } from './bench/peers.mjs';
import { tableOf, writeReport } from './bench/report.mjs';
import {
  atLatency,
  emptyHome,
  floorOf,
  killed,
  lifeOf,
  outOfBudget,
  underBurst,
} from './bench/scenarios.mjs';

const CI_SIZES = [150, 450];
const TIMES = 5;
const STARTS = 15;
/** The paced and the delayed runs take minutes by their nature. */
const PACED = 1000;

const { values: options } = parseArgs({
  options: {
    ci: { type: 'boolean', default: false },
    n: { type: 'string', default: '1000,10000' },
  },
});
if (options.ci) await checkCounts();
else await measureAll(options.n.split(',').map(Number));

async function checkCounts() {
  const lives = [];
  for (const count of CI_SIZES) lives.push(await lifeOf(count, 1));
  const rows = lives.flatMap((life) => [...countRows(life), changesRow(life), matchingRow(life)]);
  say(tableOf(rows));
  const [one, two] = lives;
  const grown = one.none.requests !== two.none.requests || one.none.tokens !== two.none.tokens;
  if (grown) say('A run without changes costs more with more contacts.');
  const missed = rows.filter(({ value, must }) => value > must);
  for (const { what, value, must } of missed) say(`Missed: ${what}: ${value}, at most ${must}.`);
  process.exitCode = grown || missed.length > 0 ? 1 : 0;
}

async function measureAll(sizes) {
  const found = { lives: [], floors: [], peers: [] };
  for (const count of sizes) {
    found.floors.push(await step(`floor, ${count}`, () => floorOf(count, TIMES)));
    found.lives.push(await step(`contactsync, ${count}`, () => lifeOf(count, TIMES)));
    if (hasVdirsyncer()) {
      found.peers.push(await step(`vdirsyncer, ${count}`, () => vdirsyncer(count, TIMES)));
    } else say('vdirsyncer is not installed: left out.');
  }
  found.starts = await step('start-up', startUps);
  found.burst = await step('under a burst limit', () => underBurst(PACED));
  found.latency = await step('at 250 ms', () => atLatency(PACED));
  found.kill = await step('killed half-way', () => killed(PACED));
  found.budget = await step('out of budget', () => outOfBudget(PACED));
  const rows = rowsOf(found);
  say(tableOf(rows));
  await writeReport(rows, pictures(found));
}

async function startUps() {
  const { home, leave } = await emptyHome();
  const env = { CONTACTSYNC_HOME: home };
  const of = (...args) => medianOf(STARTS, () => measured(args, env));
  try {
    return {
      bare: await of('-e', '0'),
      version: await of('bin/contactsync.js', '--version'),
      help: await of('bin/contactsync.js', '--help'),
      status: await of('bin/contactsync.js', 'status'),
    };
  } finally {
    await leave();
  }
}

function pictures({ lives, floors, peers }) {
  const [life, floor, peer] = [lives.at(-1), floors.at(-1), peers.at(-1)];
  const cases = { first: 'First sync', none: 'No change', changes: '1 % changed on each side' };
  return Object.entries(cases).map(([name, title]) => ({
    title: `${title}, ${life.count.toLocaleString('en')} contacts: CPU`,
    bars: [
      { name: 'the floor', value: floor[name].cpu },
      { name: 'contactsync', value: life[name].cpu },
      ...(peer === undefined
        ? []
        : [{ name: 'vdirsyncer, between folders', value: peer[name].cpu }]),
    ],
  }));
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
