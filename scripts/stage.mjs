import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import chalk from 'chalk';
import { startSandbox } from '../dist/sandbox/sandbox.js';

const BIN = fileURLToPath(new URL('../bin/contactsync.js', import.meta.url));
const SIGN_IN =
  /http:\/\/127\.0\.0\.1:\d+\/(?:o\/oauth2\/v2\/auth|oauth\/authorize)\?[\w%.~=&+-]+/gu;

/** A sandbox with these contacts, an empty home, and the program between them, for as long as `play` takes. */
export async function onStage(contacts, play) {
  const sandbox = await startSandbox({
    contacts,
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
    await play({
      sandbox,
      contactsync: (args) => contactsync(args, env),
      quietly: (args) => quietly(args, env),
    });
    say('That is all. Nothing was kept, nothing left this machine');
  } finally {
    await sandbox.close();
    await rm(home, { recursive: true, force: true });
  }
}

export function say(sentence, more = '') {
  process.stdout.write(`\n${chalk.bold.cyan(sentence)} ${chalk.dim(more)}\n`);
}

/** Runs the program as a user would, in a terminal if this is one, and follows its sign-in address. */
async function contactsync(args, env) {
  process.stdout.write(`\n${chalk.bold('$ contactsync')} ${args.join(' ')}\n`);
  const status = process.stdout.isTTY ? await inTerminal(args, env) : await inPipe(args, env);
  if (status !== 0) throw new Error(`contactsync ${args[0]} ended with status ${status}`);
}

async function inTerminal(args, env) {
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

async function inPipe(args, env) {
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

/** Its document, for what the script has to know and nobody needs to see. */
async function quietly(args, env) {
  const child = spawn(process.execPath, [BIN, ...args, '--json'], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    printed += text;
  });
  await new Promise((resolve) => {
    child.on('close', resolve);
  });
  return JSON.parse(printed);
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
