/**
 * Shows contactsync at work, from an empty folder to a second sync: a sandbox instead of the
 * vendors, the real program, its real sign-in. This script plays the user's browser and the user.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import chalk from 'chalk';
import { defaultContacts } from '../dist/sandbox/made-up/default.js';
import { startSandbox } from '../dist/sandbox/sandbox.js';

const BIN = fileURLToPath(new URL('../bin/contactsync.js', import.meta.url));
const SIGN_IN =
  /http:\/\/127\.0\.0\.1:\d+\/(?:o\/oauth2\/v2\/auth|oauth\/authorize)\?[\w%.~=&+-]+/gu;

const { provider } = parseArgs({
  options: { provider: { type: 'string', default: 'google' } },
}).values;

const sandbox = await startSandbox({
  contacts: defaultContacts(),
  plan: 'professional',
  autoConsent: true,
  enforceLimits: true,
});
const home = await mkdtemp(path.join(tmpdir(), 'contactsync-demo-'));
const env = {
  ...process.env,
  ...sandbox.env,
  CONTACTSYNC_HOME: home,
  CONTACTSYNC_VISIBILITY_DELAY: '0',
};

try {
  const ann = annAt(provider);
  say(`A sandbox plays ${ann.provider} and Pipedrive on this machine`, sandbox.url);
  const who = `--email ${ann.email} --provider ${provider} --crm pipedrive --crm-auth token`;
  await contactsync(['add-account', ...who.split(' '), '--no-browser', '--yes', '--start']);

  say(`Ann changes one contact at ${ann.provider}, adds one, and deletes one`);
  const changes = playAnn(ann);
  for (const change of changes) process.stdout.write(`  ${change}\n`);

  await contactsync(['sync']);
  await contactsync(['status']);
  say('That is all. Nothing was kept, nothing left this machine');
} finally {
  await sandbox.close();
  await rm(home, { recursive: true, force: true });
}

/** Ann's mailbox: who she is there, and whom she has in it. */
function annAt(vendor) {
  const { google, microsoft } = sandbox;
  if (vendor === 'microsoft') {
    return {
      provider: 'Microsoft',
      email: 'ann@outlook.com',
      hands: microsoft,
      people: () =>
        microsoft
          .people('contacts')
          .filter(({ surname, emailAddresses }) => surname && emailAddresses?.[0])
          .map(({ id, displayName }) => ({ id, name: displayName })),
    };
  }
  if (vendor !== 'google') throw new Error(`--provider google or microsoft, not ${vendor}`);
  return {
    provider: 'Google',
    email: 'ann@example.com',
    hands: google,
    people: () =>
      google
        .people()
        .filter(({ names, emailAddresses }) => names?.[0] && emailAddresses?.[0])
        .map(({ resourceName, names }) => ({ id: resourceName, name: names[0].displayName })),
  };
}

function playAnn({ hands, people }) {
  const [edited, removed] = people();
  hands.update(edited.id, { jobTitle: 'Head of Sales' });
  hands.remove(removed.id);
  hands.create({
    contact: {
      name: { given: 'Grace', family: 'Newcomer' },
      emails: [{ value: 'grace.newcomer@example.com', label: 'work' }],
      phones: [{ value: '+44 20 7946 0999', label: 'mobile' }],
      ims: [],
      addresses: [],
      organization: 'Newcomer & Daughters',
    },
  });
  return [`~ ${edited.name}: is Head of Sales now`, `+ Grace Newcomer`, `- ${removed.name}`];
}

function say(sentence, more = '') {
  process.stdout.write(`\n${chalk.bold.cyan(sentence)} ${chalk.dim(more)}\n`);
}

/** Runs the program as a user would, in a terminal if this is one, and follows its sign-in address. */
async function contactsync(args) {
  process.stdout.write(`\n${chalk.bold('$ contactsync')} ${args.join(' ')}\n`);
  const status = process.stdout.isTTY ? await inTerminal(args) : await inPipe(args);
  if (status !== 0) throw new Error(`contactsync ${args[0]} ended with status ${status}`);
}

async function inTerminal(args) {
  const { spawn: spawnTerminal } = await import('@lydell/node-pty');
  const { columns, rows } = process.stdout;
  const terminal = spawnTerminal(process.execPath, [BIN, ...args], { env, cols: columns, rows });
  const browser = createBrowser();
  terminal.onData((text) => {
    process.stdout.write(text);
    browser.read(text);
  });
  return new Promise((resolve) => {
    terminal.onExit(({ exitCode }) => resolve(exitCode));
  });
}

async function inPipe(args) {
  const child = spawn(process.execPath, [BIN, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const browser = createBrowser();
  for (const stream of ['stdout', 'stderr']) {
    child[stream].setEncoding('utf8').on('data', (text) => {
      process.stdout.write(text);
      browser.read(text);
    });
  }
  return new Promise((resolve) => {
    child.on('close', resolve);
  });
}

/** Opens each sign-in address once, when it has been printed whole. */
function createBrowser() {
  const opened = new Set();
  let seen = '';
  return {
    read: (text) => {
      seen += text;
      for (const { 0: address, index } of seen.matchAll(SIGN_IN)) {
        const whole = seen.length > index + address.length;
        if (!whole || opened.has(address)) continue;
        opened.add(address);
        fetch(address).then(
          (answer) => answer.text(),
          () => undefined,
        );
      }
    },
  };
}
