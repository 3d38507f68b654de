import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { medianOf } from './measure.mjs';
import { addAccount, layFloor, startVendors } from './world.mjs';

const CHANGED = 0.01;
/** The vendors' clocks go on by this much: what a first sync has written is no news any more. */
const LATER_MS = 20 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
const LATENCY_MS = 250;
const AT_ONCE = 8;
/** Of a personal token of the sandbox's plan, in two seconds. */
const BURST = 100;
const BURST_SECONDS = 2;
/** Of the day's tokens, for a first sync: the rest is left to others and to everyday work. */
const USABLE = 0.65;
/** The exit status of a run that waits for its budget. */
const PARTLY = 3;

const pages = (records, size) => Math.max(1, Math.ceil(records / size));

/** The least requests and tokens of a first sync into an empty company. */
export function leastOfFirst({ count, organizations }) {
  const writes = count + organizations;
  return { requests: pages(count, 1000) + 2 + writes, tokens: 20 + 5 * writes };
}

/** The first sync and runs without changes alone: for sizes that only growth is measured at. */
export async function growthOf(count, times) {
  const vendors = await startVendors(count);
  const account = await addAccount(vendors);
  try {
    return { ...vendors, ...(await firstAndNone(vendors, account, times)) };
  } finally {
    await account.leave();
    await vendors.stop();
  }
}

async function firstAndNone(vendors, account, times) {
  const first = await account.run(['sync']);
  await vendors.ask('advance', LATER_MS);
  await account.run(['sync']);
  return { first, none: await medianOf(times, () => account.run(['sync'])) };
}

/** Contactsync through the life of an account: first sync, no change, changes, whole read, matching. */
export async function lifeOf(count, times) {
  const vendors = await startVendors(count);
  const account = await addAccount(vendors);
  try {
    const { first, none } = await firstAndNone(vendors, account, times);
    const changes = await medianOf(times, async () => {
      await vendors.ask('change', CHANGED);
      return account.run(['sync']);
    });
    const whole = await medianOf(Math.min(times, 3), async () => {
      // Google's token has expired, and the CRM's ids are walked once a day.
      await vendors.ask('advance', 8 * DAY_MS);
      return account.run(['sync']);
    });
    const status = await medianOf(times, () => account.run(['status']));
    return { ...vendors, first, none, changes, whole, status, matching: await matching(vendors) };
  } finally {
    await account.leave();
    await vendors.stop();
  }
}

/** A second installation meets a company that holds everybody already. */
async function matching(vendors) {
  const account = await addAccount(vendors);
  try {
    return await account.run(['sync']);
  } finally {
    await account.leave();
  }
}

export async function floorOf(count, times) {
  const vendors = await startVendors(count);
  const floor = await layFloor(vendors);
  try {
    const first = await floor.run('first');
    await vendors.ask('advance', LATER_MS);
    const none = await medianOf(times, () => floor.run('none'));
    const whole = await medianOf(times, () => floor.run('whole'));
    const changes = await medianOf(1, async () => {
      await vendors.ask('change', CHANGED);
      return floor.run('changes');
    });
    return { first, none, changes, whole };
  } finally {
    await floor.leave();
    await vendors.stop();
  }
}

/** A first sync while the vendor refuses what goes beyond the burst of its plan. */
export async function underBurst(count) {
  const vendors = await startVendors(count, { enforceLimits: true });
  const account = await addAccount(vendors, { CONTACTSYNC_LIMITS: 'documented' });
  try {
    await pause(BURST_SECONDS * 1000);
    const run = await account.run(['sync']);
    const bound = BURST_SECONDS * (Math.ceil(run.pipedrive / BURST) - 1);
    return { ...run, bound };
  } finally {
    await account.leave();
    await vendors.stop();
  }
}

/** A first sync where every answer takes a quarter of a second, and nothing else holds it up. */
export async function atLatency(count) {
  const vendors = await startVendors(count);
  const folder = await mkdtemp(path.join(tmpdir(), 'contactsync-limits-'));
  const limits = path.join(folder, 'limits.json');
  const roomy = { concurrency: AT_ONCE, budgets: { burst: 1e6, tokens: 1e9 } };
  await writeFile(limits, JSON.stringify({ pipedrive: roomy }));
  const account = await addAccount(vendors, { CONTACTSYNC_LIMITS: limits });
  try {
    await vendors.ask('fault', { kind: 'latency', ms: LATENCY_MS });
    const run = await account.run(['sync']);
    return { ...run, bound: (run.requests * LATENCY_MS) / 1000 / AT_ONCE };
  } finally {
    await rm(folder, { recursive: true, force: true });
    await account.leave();
    await vendors.stop();
  }
}

/** Killed when half of it is written, then run again. */
export async function killed(count) {
  const vendors = await startVendors(count);
  const account = await addAccount(vendors);
  try {
    const half = leastOfFirst({ ...vendors, count }).requests / 2;
    const before = await account.run(['sync'], {
      status: ['SIGKILL'],
      onStart: (child) => void killAt(vendors, child, half),
    });
    const after = await account.run(['sync']);
    const last = await account.run(['sync']);
    return together([before, after, last], count);
  } finally {
    await account.leave();
    await vendors.stop();
  }
}

async function killAt(vendors, child, requests) {
  let sent = 0;
  while (sent < requests) {
    await pause(20);
    ({ requests: sent } = await vendors.ask('counts'));
  }
  child.kill('SIGKILL');
}

/** The company's day has tokens for half of it; the rest is done on the next day. */
export async function outOfBudget(count) {
  const vendors = await startVendors(count, { enforceLimits: true });
  const account = await addAccount(vendors, { CONTACTSYNC_LIMITS: 'documented' });
  try {
    const { tokens: all } = leastOfFirst({ ...vendors, count });
    const { tokens: spent } = await vendors.ask('total');
    await vendors.ask('dailyTokens', Math.ceil((spent + all / 2) / USABLE));
    const before = await account.run(['sync', '--json'], { status: [PARTLY] });
    const again = await account.run(['sync', '--json'], { status: [PARTLY] });
    await vendors.ask('dailyTokens', 1e6);
    await vendors.ask('advance', DAY_MS);
    const after = await account.run(['sync']);
    const silent = [before, again].filter(({ stdout }) => !isWaiting(JSON.parse(stdout).runs[0]));
    return { ...together([before, after], count), silent: silent.length, again };
  } finally {
    await account.leave();
    await vendors.stop();
  }
}

function isWaiting({ status, resumeAt }) {
  return status === 'waiting' && Date.parse(resumeAt) > Date.now();
}

function together(runs, count) {
  return {
    tokens: runs.reduce((sum, { tokens }) => sum + tokens, 0),
    tooMany: runs.reduce((sum, { tooMany }) => sum + tooMany, 0),
    duplicates: (runs.at(-1)?.persons ?? 0) - count,
  };
}

/** An empty folder for a command that needs a home and nothing in it. */
export async function emptyHome() {
  const home = await mkdtemp(path.join(tmpdir(), 'contactsync-empty-'));
  await mkdir(home, { recursive: true });
  return { home, leave: () => rm(home, { recursive: true, force: true }) };
}
