import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { addAccount, startVendors } from './world.mjs';

const DURABILITY = fileURLToPath(new URL('durability.cjs', import.meta.url));
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
    const half = leastOfFirst(vendors).requests / 2;
    const before = await account.run(['sync'], {
      status: ['SIGKILL'],
      onStart: (child) => void killAt(vendors, child, half),
    });
    const after = await account.run(['sync']);
    const last = await account.run(['sync']);
    return { ...resumed([before, after]), duplicates: surplus(last, vendors) };
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
    const { tokens: all } = leastOfFirst(vendors);
    const { tokens: spent } = await vendors.ask('total');
    await vendors.ask('dailyTokens', Math.ceil((spent + all / 2) / USABLE));
    const before = await account.run(['sync', '--json'], { status: [PARTLY] });
    const again = await account.run(['sync', '--json'], { status: [PARTLY] });
    await vendors.ask('dailyTokens', 1e6);
    await vendors.ask('advance', DAY_MS);
    const after = await account.run(['sync']);
    const silent = [before, again].filter(({ stdout }) => !isWaiting(JSON.parse(stdout).runs[0]));
    const duplicates = surplus(after, vendors);
    return { ...resumed([before, after]), duplicates, silent: silent.length, again };
  } finally {
    await account.leave();
    await vendors.stop();
  }
}

function isWaiting({ status, resumeAt }) {
  return status === 'waiting' && Date.parse(resumeAt) > Date.now();
}

/** What both runs took. */
function resumed(runs) {
  return {
    tokens: runs.reduce((sum, { tokens }) => sum + tokens, 0),
    tooMany: runs.reduce((sum, { tooMany }) => sum + tooMany, 0),
  };
}

/** How many records there are beyond what there ought to be, or too few. */
function surplus({ persons, organizations }, vendors) {
  return Math.abs(persons - vendors.count) + Math.abs(organizations - vendors.organizations);
}

/** A first sync that tells what CPU went into what has to be on disk. */
export async function durabilityOf(count) {
  const vendors = await startVendors(count);
  const account = await addAccount(vendors);
  try {
    const { cpu, durability } = await account.run(['sync'], { preload: [DURABILITY] });
    const { counts } = durability;
    const told = counts.begun >= count && counts.synced > 0;
    if (!told) throw new Error(`Not what a first sync does: ${JSON.stringify(counts)}`);
    return { cpu, ...durability };
  } finally {
    await account.leave();
    await vendors.stop();
  }
}
