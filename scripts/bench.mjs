/**
 * Measures contactsync against the least that is possible and against its peers, as ratios in one
 * run, and writes docs/performance.md and its picture.
 *
 *   npm run bench                       1,000, 10,000 and 25,000 contacts; some twenty minutes
 *   npm run bench -- --n 1000,100000    other sizes; those beyond 10,000 for growth and memory alone
 *   npm run bench -- --ci               counts alone, small and quick; fails when one misses its goal
 */
import { parseArgs } from 'node:util';
import {
  budgetRows,
  changesRow,
  countRows,
  matchingRow,
  resumedRow,
  rowsOf,
} from './bench/goals.mjs';
import { measured, medianOf } from './bench/measure.mjs';
import { hasVdirsyncer, vdirsyncerBetweenFolders, vdirsyncerOverCardDav } from './bench/peers.mjs';
import { tableOf, writeReport } from './bench/report.mjs';
import {
  atLatency,
  emptyHome,
  floorOf,
  growthOf,
  killed,
  lifeOf,
  outOfBudget,
  underBurst,
} from './bench/scenarios.mjs';

const CI_SIZES = [100, 300];
const LARGEST_LIFE = 10_000;
const TIMES = 3;
const STARTS = 15;
/** The paced and the delayed runs take minutes by their nature. */
const PACED = 1000;

const { values: options } = parseArgs({
  options: {
    ci: { type: 'boolean', default: false },
    n: { type: 'string', default: '1000,10000,25000' },
  },
});
if (options.ci) await checkCounts();
else await measureAll(options.n.split(',').map(Number));

async function checkCounts() {
  const lives = [];
  for (const count of CI_SIZES) lives.push(await lifeOf(count, 1));
  const [{ first }] = lives;
  const budget = await outOfBudget(CI_SIZES[0]);
  const rows = [
    ...lives.flatMap((life) => [...countRows(life), changesRow(life), matchingRow(life)]),
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

async function measureAll(sizes) {
  const found = { lives: [], growths: [] };
  for (const count of sizes.filter((one) => one <= LARGEST_LIFE)) {
    found.lives.push(await step(`contactsync, ${count}`, () => lifeOf(count, TIMES)));
  }
  for (const count of sizes.filter((one) => one > LARGEST_LIFE)) {
    found.growths.push(await step(`contactsync, ${count}`, () => growthOf(count, TIMES)));
  }
  const { count, first } = found.lives.at(-1);
  found.floor = await step(`floor, ${count}`, () => floorOf(count, TIMES));
  if (hasVdirsyncer()) {
    found.peer = await step(`vdirsyncer between servers, ${count}`, () =>
      vdirsyncerOverCardDav(count, TIMES),
    );
    found.folders = await step(`vdirsyncer between folders, ${count}`, () =>
      vdirsyncerBetweenFolders(count, TIMES),
    );
  } else say('vdirsyncer is not installed: left out.');
  found.durability = await durability(first.writes);
  found.starts = await step('start-up', startUps);
  found.burst = await step('under a burst limit', () => underBurst(PACED));
  found.latency = await step('at 250 ms', () => atLatency(PACED));
  found.kill = await step('killed half-way', () => killed(PACED));
  found.budget = await step('out of budget', () => outOfBudget(PACED));
  const rows = rowsOf(found);
  say(tableOf(rows));
  await writeReport(rows, pictures(found));
}

async function durability(steps) {
  const once = async () => {
    const { stdout } = await measured(['scripts/bench/durability.mjs', String(steps)]);
    return { cpu: Number(stdout) };
  };
  return (await medianOf(TIMES, once)).cpu;
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

function pictures({ lives, floor, peer, folders }) {
  const life = lives.at(-1);
  const cases = { first: 'First sync', none: 'No change', changes: '1 % changed on each side' };
  return Object.entries(cases).map(([name, title]) => ({
    title: `${title}, ${life.count.toLocaleString('en')} contacts: CPU`,
    bars: [
      { name: 'the floor', value: floor[name].cpu },
      { name: 'contactsync', value: life[name].cpu },
      ...(peer === undefined
        ? []
        : [
            { name: 'vdirsyncer, between CardDAV servers', value: peer[name].cpu },
            { name: 'vdirsyncer, between folders', value: folders[name].cpu },
          ]),
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
