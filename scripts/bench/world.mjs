import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBeside } from './beside.mjs';
import { bare, measured } from './measure.mjs';

const BIN = fileURLToPath(new URL('../../bin/contactsync.js', import.meta.url));
const FLOOR = fileURLToPath(new URL('floor.mjs', import.meta.url));
const SIGN_IN = /http:\/\/127\.0\.0\.1:\d+\/o\/oauth2\/v2\/auth\?\S+(?=\s)/gu;

/** Vendors with so many contacts at Google and an empty company in the CRM. */
export async function startVendors(count, sandbox = {}) {
  const { ready, ask, stop } = await startBeside('vendors.mjs', { count, sandbox });
  return { ...ready, count, ask, stop };
}

/** A new installation of contactsync with one account; nothing synced yet. */
export async function addAccount(vendors, settings = {}) {
  const home = await mkdtemp(path.join(tmpdir(), 'contactsync-bench-'));
  const env = bare({
    ...vendors.env,
    CONTACTSYNC_HOME: home,
    CONTACTSYNC_VISIBILITY_DELAY: '0',
    CONTACTSYNC_LIMITS: 'none',
    ...settings,
  });
  const who =
    '--email ann@example.com --provider google --crm pipedrive --crm-auth token --direction two-way';
  await signIn(['add-account', ...who.split(' '), '--no-browser', '--yes', '--no-start'], env);
  return {
    home,
    env,
    /** Runs a command and counts what it asked of the vendors. */
    async run(args, options = {}) {
      await vendors.ask('clear');
      const usage = await measured([BIN, ...args], { ...env, ...options.env }, options);
      return { ...usage, ...(await vendors.ask('counts')) };
    },
    leave: () => rm(home, { recursive: true, force: true }),
  };
}

/** The floor against the same vendors. */
export async function layFloor(vendors) {
  const home = await mkdtemp(path.join(tmpdir(), 'contactsync-floor-'));
  const env = {
    FLOOR_URL: vendors.url,
    FLOOR_PIPEDRIVE: vendors.env.CONTACTSYNC_PIPEDRIVE_TOKEN,
    FLOOR_FILE: path.join(home, 'floor.db'),
  };
  return {
    async run(phase) {
      const token = await vendors.ask('signIn');
      await vendors.ask('clear');
      const usage = await measured([FLOOR, phase], { ...env, FLOOR_GOOGLE: token });
      return { ...usage, ...(await vendors.ask('counts')) };
    },
    leave: () => rm(home, { recursive: true, force: true }),
  };
}

/** Sets an account up; follows the sign-in's address as a browser would. */
async function signIn(args, env) {
  const child = spawn(process.execPath, [BIN, ...args], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const followed = new Set();
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
    for (const [address] of text.matchAll(SIGN_IN)) {
      if (followed.has(address)) continue;
      followed.add(address);
      void fetch(address).then((answer) => answer.text());
    }
  });
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`add-account ended with ${status}\n${text}`);
}
