import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';

const BIN = path.resolve('bin/contactsync.js');

export interface Finished {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** A user with a home of their own and, mostly, a sandbox to talk to. */
export interface User {
  readonly home: string;
  readonly env: Record<string, string>;
  start(args: readonly string[], options?: StartOptions): Running;
  cli(args: readonly string[], options?: StartOptions): Promise<Finished>;
  /** Everything that lies in the home, as one text. */
  everyByte(): Promise<string>;
  leave(): Promise<void>;
}

export interface StartOptions {
  readonly env?: Record<string, string | undefined>;
  readonly stdin?: string;
  /** Follows the sign-in addresses that the program prints, as a browser would. */
  readonly browser?: boolean;
  /** A file that takes what would go to standard output. */
  readonly stdoutTo?: string;
  /** No file may grow larger: to the program the disk is full. */
  readonly mostKilobytes?: number;
}

export async function aUser(sandbox?: Sandbox): Promise<User> {
  const home = await mkdtemp(path.join(tmpdir(), 'contactsync-e2e-'));
  const env = {
    ...bareEnvironment(),
    CONTACTSYNC_HOME: home,
    // Tests leave the developer's own key chain alone.
    CONTACTSYNC_KEY_CHAIN: 'off',
    CONTACTSYNC_VISIBILITY_DELAY: '0',
    ...sandbox?.env,
  };
  const start = (args: readonly string[], options: StartOptions = {}): Running => {
    const merged = Object.fromEntries(
      Object.entries({ ...env, ...options.env }).filter(([, value]) => value !== undefined),
    ) as Record<string, string>;
    const [program, ...rest] = commandLine(args, options);
    const child = spawn(program, rest, { env: merged });
    child.stdin.end(options.stdin ?? '');
    return { child, finished: collect(child, options.browser === true) };
  };
  return {
    home,
    env,
    start,
    cli: (args, options) => start(args, options).finished,
    everyByte: () => everyByteOf(home),
    leave: () => rm(home, { recursive: true, force: true }),
  };
}

function commandLine(
  args: readonly string[],
  { mostKilobytes, stdoutTo }: StartOptions,
): [string, ...string[]] {
  const plain: [string, ...string[]] = [process.execPath, BIN, ...args];
  const shell = (script: string): [string, ...string[]] => ['bash', '-c', script, 'bash', ...plain];
  if (mostKilobytes !== undefined)
    return shell(`ulimit -f ${mostKilobytes}; trap '' XFSZ; exec "$@"`);
  return stdoutTo === undefined ? plain : shell(`exec "$@" > ${stdoutTo}`);
}

/** Nothing of the developer's own settings reaches the program. */
function bareEnvironment(): Record<string, string> {
  const { PATH = '' } = process.env;
  return { PATH, HOME: tmpdir(), LANG: 'C.UTF-8' };
}

async function collect(child: ChildProcess, browser: boolean): Promise<Finished> {
  const output = { stdout: '', stderr: '' };
  const followed = new Set<string>();
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
      if (browser) followAddresses(output.stderr, followed);
    });
  }
  return new Promise((resolve, reject) => {
    child.on('close', (status, signal) => {
      const [warning] = NODES_OWN_WARNING.exec(output.stderr) ?? [];
      if (warning === undefined) resolve({ status, signal, ...output });
      else reject(new Error(`Not for a user's eyes: ${warning}`));
    });
  });
}

/** `(node:4711) MaxListenersExceededWarning: …` and the like say nothing to whoever reads them. */
const NODES_OWN_WARNING = /^\(node:\d+\) .*$/mu;

const SIGN_IN_ADDRESS =
  /http:\/\/127\.0\.0\.1:\d+\/(?:o\/oauth2\/v2\/auth|common\/oauth2\/v2\.0\/authorize|oauth\/authorize)\?\S+(?=\s)/gu;

function followAddresses(text: string, followed: Set<string>): void {
  for (const [address] of text.matchAll(SIGN_IN_ADDRESS)) {
    if (followed.has(address)) continue;
    followed.add(address);
    void fetch(address).then((answer) => answer.text());
  }
}

async function everyByteOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = await Promise.all(
    files.map((file) => readFile(path.join(file.parentPath, file.name), 'latin1')),
  );
  return texts.join('\n');
}

/** The flags with which an account is added without a question. */
export const ADD_ANN = [
  'add-account',
  '--email',
  'ann@example.com',
  '--provider',
  'google',
  '--crm',
  'pipedrive',
  '--crm-auth',
  'token',
  '--no-browser',
  '--yes',
] as const;

export async function addAnn(user: User, ...more: readonly string[]): Promise<Finished> {
  return user.cli([...ADD_ANN, ...more], { browser: true });
}
