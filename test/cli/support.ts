import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { Chalk } from 'chalk';
import { readEnvironment } from '../../src/cli/environment.ts';
import type { Io } from '../../src/cli/io.ts';
import type { Choice, InputOptions, Prompter } from '../../src/cli/prompts/prompter.ts';
import { createSession, type GlobalFlags, type Session } from '../../src/cli/session.ts';
import { Cancelled } from '../../src/cli/usage-error.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';

/** An Io that keeps what it is told. */
export interface HeardIo extends Io {
  readonly results: string[];
  readonly messages: string[];
}

export function heardIo(more: Partial<Io> = {}): HeardIo {
  const paint = new Chalk({ level: 0 });
  const results: string[] = [];
  const messages: string[] = [];
  return {
    results,
    messages,
    result: (text) => void results.push(text),
    note: (text) => void messages.push(text),
    warn: (text) => void messages.push(text),
    canAsk: false,
    lively: false,
    forPeople: true,
    accessible: false,
    width: 80,
    paint,
    paintErr: paint,
    ...more,
  };
}

/** What somebody does at a question: an answer, the name of a choice, or Ctrl-C. */
export type Reaction =
  | { readonly kind: 'type'; readonly text: string }
  | { readonly kind: 'choose'; readonly name: RegExp }
  | { readonly kind: 'say'; readonly yes: boolean }
  | { readonly kind: 'leave' };

export interface ScriptedPrompter extends Prompter {
  /** The questions that were asked, in order. */
  readonly asked: string[];
  /** The choices that were offered, by question. */
  readonly offered: Map<string, readonly Choice<unknown>[]>;
}

const PASTE = /paste its whole address/u;

/** Answers by the first pattern that a question matches. */
export function scriptedPrompter(
  script: readonly (readonly [RegExp, Reaction])[],
): ScriptedPrompter {
  const asked: string[] = [];
  const offered = new Map<string, readonly Choice<unknown>[]>();
  const react = (message: string): Reaction => {
    asked.push(message);
    const found = script.find(([pattern]) => pattern.test(message));
    if (found === undefined) throw new Error(`nobody expected the question "${message}"`);
    if (found[1].kind === 'leave') throw new Cancelled('Nothing was changed.');
    return found[1];
  };
  return {
    asked,
    offered,
    select: async (message, choices) => {
      offered.set(message, choices);
      const reaction = react(message);
      if (reaction.kind !== 'choose') throw new Error(`"${message}" wants a choice`);
      const chosen = choices.find(({ name }) => reaction.name.test(name));
      if (chosen === undefined) throw new Error(`"${message}" offers no ${String(reaction.name)}`);
      return chosen.value;
    },
    input: async (message, options) =>
      PASTE.test(message) ? untilAborted(options) : typed(react(message), options),
    secret: async (message) => typed(react(message)),
    confirm: async (message) => {
      const reaction = react(message);
      return reaction.kind === 'say' && reaction.yes;
    },
  };
}

function typed(reaction: Reaction, { check }: InputOptions = {}): string {
  if (reaction.kind !== 'type') throw new Error('the question wants a text');
  const verdict = check?.(reaction.text) ?? true;
  if (verdict !== true) throw new Error(verdict);
  return reaction.text;
}

/** Nobody pastes anything: the browser comes back first. */
function untilAborted({ signal }: InputOptions = {}): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
  });
}

export interface SessionChoice {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly flags?: Partial<GlobalFlags>;
  readonly prompter?: Prompter;
  readonly signal?: AbortSignal;
}

/** A real session in a home of its own; the sign-in pages are followed as a browser would. */
export interface Desk {
  readonly home: string;
  open(choice?: SessionChoice): Session & { readonly io: HeardIo };
  leave(): Promise<void>;
}

export async function aDesk(sandbox: Sandbox): Promise<Desk> {
  const home = await mkdtemp(path.join(tmpdir(), 'contactsync-cli-'));
  const opened: Session[] = [];
  const open: Desk['open'] = ({ env = {}, flags = {}, prompter, signal } = {}) => {
    const io = heardIo({ canAsk: prompter !== undefined });
    const follow = (text: string): void => {
      io.messages.push(text);
      const [address] =
        /http:\/\/127\.0\.0\.1:\d+\/o(?:auth)?\/(?:oauth2|authorize)\S+/u.exec(text) ?? [];
      if (address !== undefined) void fetch(address).then((answer) => answer.text());
    };
    const session = createSession({
      io: { ...io, warn: follow },
      env: readEnvironment({
        CONTACTSYNC_HOME: home,
        CONTACTSYNC_KEY_CHAIN: 'off',
        CONTACTSYNC_VISIBILITY_DELAY: '0',
        ...sandbox.env,
        ...env,
      }),
      flags: { json: false, yes: false, quiet: false, verbose: false, ...flags },
      signal: signal ?? new AbortController().signal,
      stdin: () => new PassThrough().end() as unknown as NodeJS.ReadStream,
    });
    opened.push(session);
    const heard = { ...session.io, results: io.results, messages: io.messages };
    return {
      ...session,
      io: heard,
      ...(prompter === undefined ? {} : { prompter: async () => prompter }),
    };
  };
  return {
    home,
    open,
    leave: async () => {
      for (const session of opened) session.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** To be registered with an app, for a sign-in in the browser. */
export async function aFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
