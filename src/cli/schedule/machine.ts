import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** What a scheduler needs of the machine that it is on. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  /** The user's home. */
  readonly home: string;
  /** Where the user's settings lie: `~/.config`, or what XDG_CONFIG_HOME says. */
  readonly config: string;
  /** Of the user; 0 where there is none. */
  readonly uid: number;
  /** Runs a program to its end; `undefined` when there is none of that name. */
  run(program: string, args: readonly string[], input?: string): Ran | undefined;
  read(file: string): string | undefined;
  /** For the owner alone. */
  write(file: string, text: string): void;
  remove(file: string): void;
}

export interface Ran {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

const PATIENCE_MS = 20_000;
/** Windows' scheduler takes no other encoding for sure; the mark at the start tells it. */
const UTF16_MARK = '\uFEFF';

export function thisMachine(env: Readonly<Record<string, string | undefined>>): Machine {
  const home = homedir();
  return {
    platform: process.platform,
    home,
    config: env['XDG_CONFIG_HOME'] ?? path.join(home, '.config'),
    uid: process.getuid?.() ?? 0,
    run: (program, args, input) => {
      const { status, stdout, stderr, error } = spawnSync(program, args, {
        encoding: 'utf8',
        timeout: PATIENCE_MS,
        ...(input === undefined ? {} : { input }),
      });
      return error === undefined ? { ok: status === 0, stdout, stderr } : undefined;
    },
    read: (file) => (existsSync(file) ? readText(file) : undefined),
    write: (file, text) => {
      mkdirSync(path.dirname(file), { recursive: true });
      const encoding = text.startsWith(UTF16_MARK) ? 'utf16le' : 'utf8';
      writeFileSync(file, text, { encoding, mode: 0o600 });
    },
    remove: (file) => rmSync(file, { force: true }),
  };
}

function readText(file: string): string {
  const bytes = readFileSync(file);
  return bytes[0] === 0xff && bytes[1] === 0xfe
    ? bytes.toString('utf16le')
    : bytes.toString('utf8');
}
