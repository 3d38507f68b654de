import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import path from 'node:path';

const BIN = path.resolve('bin/contactsync.js');

/** A busy machine takes its time. */
const PATIENCE_MS = 45_000;
/** From the program's end until the terminal has handed over all that it wrote. */
const LAST_WORDS_MS = 100;

/** A terminal with the program in it, and fingers. */
export interface Terminal {
  /** What stands on the screen, without empty lines at its end. */
  screen(): string;
  /** Everything that was written, with the codes that move and colour. */
  written(): string;
  /** Waits until the text stands on the screen. */
  see(text: string | RegExp): Promise<void>;
  type(keys: string): void;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<number>;
}

export const KEYS = { enter: '\r', down: '\u001b[B', interrupt: '\u0003' } as const;

export interface TerminalOptions {
  readonly env: Record<string, string>;
  readonly columns?: number;
  /** When the program has ended, stty says how it left the terminal. */
  readonly tellsMode?: boolean;
}

/** The program's status is the shell's, and a signal is not for it. */
const THEN_STTY = '"$@"; status=$?; stty -a; exit $status';

export function openTerminal(args: readonly string[], options: TerminalOptions): Terminal {
  const { env, columns = 80, tellsMode = false } = options;
  const line = [process.execPath, BIN, ...args];
  const [program = '', ...rest] = tellsMode ? ['sh', '-c', THEN_STTY, 'sh', ...line] : line;
  const size = { cols: columns, rows: 50 };
  const display = new xterm.Terminal({ ...size, allowProposedApi: true, scrollback: 500 });
  const child = spawn(program, rest, {
    ...size,
    env: { ...env, TERM: 'xterm-256color' },
  });
  const watchers = new Set<() => void>();
  let written = '';
  child.onData((text) => {
    written += text;
    display.write(text, () => {
      for (const watch of watchers) watch();
    });
  });
  const screen = (): string => {
    const buffer = display.buffer.active;
    const lines = Array.from(
      { length: buffer.length },
      (_, at) => buffer.getLine(at)?.translateToString(true) ?? '',
    );
    return lines.join('\n').trimEnd();
  };
  return {
    screen,
    written: () => written,
    see: (text) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => {
          watchers.delete(watch);
          reject(new Error(`never saw ${String(text)} on\n${screen()}`));
        }, PATIENCE_MS);
        const watch = (): void => {
          const there = typeof text === 'string' ? screen().includes(text) : text.test(screen());
          if (!there) return;
          clearTimeout(late);
          watchers.delete(watch);
          resolve();
        };
        watchers.add(watch);
        watch();
      }),
    type: (keys) => child.write(keys),
    kill: (signal) => child.kill(signal),
    // The last words may still be on their way to the screen when the program has ended.
    ended: new Promise((resolve) => {
      child.onExit(({ exitCode }) => {
        setTimeout(() => display.write('', () => resolve(exitCode)), LAST_WORDS_MS);
      });
    }),
  };
}
