import type { ChalkInstance } from 'chalk';
import { wrap } from './render/wrap.ts';

/** The streams that a program has, as far as the command line uses them. */
export interface Streams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

export interface IoOptions {
  readonly streams: Streams;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly color: boolean;
  readonly quiet: boolean;
  readonly accessible: boolean;
}

/**
 * Where results and messages go: results to standard output, everything else to standard error.
 * Each stream decides by itself whether it is a terminal.
 */
export interface Io {
  readonly result: (text: string) => void;
  /** A message about what happens; silent with `--quiet`. */
  readonly note: (text: string) => void;
  /** What must be said. */
  readonly warn: (text: string) => void;
  readonly canAsk: boolean;
  /** Whether something on standard error may move. */
  readonly lively: boolean;
  /** Whether a table is read by a person. */
  readonly forPeople: boolean;
  readonly accessible: boolean;
  /** Columns of the terminal; without end where lines are not to be cut. */
  readonly width: number;
  /** Standard output as a screen that may be drawn upon; absent where nothing may move. */
  readonly screen?: TerminalScreen;
  readonly paint: ChalkInstance;
  readonly paintErr: ChalkInstance;
}

/** A terminal's surface. */
export interface TerminalScreen {
  readonly write: (codes: string) => void;
  readonly size: () => { readonly columns: number; readonly rows: number };
}

const DEFAULT_WIDTH = 80;
const DEFAULT_HEIGHT = 24;

export async function createIo(options: IoOptions): Promise<Io> {
  const { streams, env, quiet, accessible } = options;
  const { stdout, stderr } = streams;
  const { Chalk } = await import('chalk');
  const level = (stream: NodeJS.WriteStream): 0 | 1 => (hasColor(stream, options) ? 1 : 0);
  // Standard input last: it takes a while to be opened, and nobody is asked where nobody looks.
  const interactive = stderr.isTTY && env['CI'] === undefined && streams.stdin.isTTY;
  const say = (stream: NodeJS.WriteStream, text: string): void => {
    const shown = stream.isTTY ? wrap(text, stream.columns ?? DEFAULT_WIDTH) : text;
    stream.write(shown.endsWith('\n') ? shown : `${shown}\n`);
  };
  return {
    result: (text) => say(stdout, text),
    note: (text) => {
      if (!quiet) say(stderr, text);
    },
    warn: (text) => say(stderr, text),
    canAsk: interactive,
    lively: stderr.isTTY && !accessible && !quiet && env['TERM'] !== 'dumb',
    forPeople: stdout.isTTY,
    accessible,
    width: stdout.isTTY && !accessible ? (stdout.columns ?? DEFAULT_WIDTH) : Infinity,
    ...(stdout.isTTY && !accessible && env['TERM'] !== 'dumb' ? { screen: screenOn(stdout) } : {}),
    paint: new Chalk({ level: level(stdout) }),
    paintErr: new Chalk({ level: level(stderr) }),
  };
}

function screenOn(stdout: NodeJS.WriteStream): TerminalScreen {
  return {
    write: (codes) => {
      stdout.write(codes);
    },
    size: () => ({
      columns: stdout.columns ?? DEFAULT_WIDTH,
      rows: stdout.rows ?? DEFAULT_HEIGHT,
    }),
  };
}

/** `--no-color`, then NO_COLOR, then FORCE_COLOR, then what the stream is. */
function hasColor(stream: NodeJS.WriteStream, { env, color }: IoOptions): boolean {
  if (!color || (env['NO_COLOR'] ?? '') !== '') return false;
  if ((env['FORCE_COLOR'] ?? '0') !== '0') return true;
  return stream.isTTY && env['TERM'] !== 'dumb';
}
