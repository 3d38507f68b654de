import { documentOf, type Outcome } from '../commands/sync.ts';
import type { Explanation } from '../error-table.ts';
import type { Io, TerminalScreen } from '../io.ts';
import { neutralise } from '../neutralise.ts';
import { dashboard } from '../render/dashboard.ts';
import { openScreen } from '../render/screen.ts';
import type { Session } from '../session.ts';
import { ahead, clockTime } from '../texts/language.ts';
import { inWords } from '../texts/problem.ts';
import * as texts from '../texts/sync.ts';
import { sign } from '../render/marks.ts';

/** What a watch shows of itself. */
export interface WatchView {
  /** What a pass speaks through. */
  readonly io: Io;
  /** How often it wants to be told of a wait, in milliseconds. */
  readonly tick: number;
  passing(): void;
  passed(outcomes: readonly Outcome[]): void;
  failed(explanation: Explanation): void;
  waiting(due: number): void;
  /** The user wants an end. */
  stopping(): void;
  close(): void;
}

const SECOND = 1000;
const SELDOM = 30 * SECOND;

export function createView(session: Session): WatchView {
  const { io, flags } = session;
  if (flags.json) return documents(session);
  if (io.screen === undefined || flags.quiet) return lines(session);
  return oneScreen(session, io.screen);
}

/** One document a line. */
function documents({ io }: Session): WatchView {
  const print = (document: Record<string, unknown>): void => io.result(JSON.stringify(document));
  return {
    io,
    tick: SELDOM,
    passing: () => undefined,
    passed: (outcomes) => print(documentOf(outcomes)),
    failed: ({ code, message, next }) =>
      print({ version: 1, error: { code, message, next: next ?? null } }),
    waiting: () => undefined,
    stopping: () => undefined,
    close: () => undefined,
  };
}

/** A line for each run, with its time, as a log wants it. */
function lines({ io }: Session): WatchView {
  const stamped = (say: (text: string) => void) => (text: string) =>
    say(`${new Date().toISOString().slice(0, 19)}Z ${text}`);
  const stampedIo: Io = {
    ...io,
    lively: false,
    result: stamped(io.result),
    note: stamped(io.note),
    warn: stamped(io.warn),
  };
  let announced = 0;
  return {
    io: stampedIo,
    tick: SELDOM,
    passing: () => undefined,
    passed: () => undefined,
    failed: (explanation) => stampedIo.warn(told(io, explanation)),
    waiting: (due) => {
      if (due === announced) return;
      announced = due;
      stampedIo.note(texts.nextLook(whenOf(due)));
    },
    stopping: () => undefined,
    close: () => undefined,
  };
}

/** How many of the latest messages stay on the screen. */
const MESSAGES = 5;

function oneScreen(session: Session, screen: TerminalScreen): WatchView {
  const live = openScreen(screen);
  const messages: string[] = [];
  const tally = { passes: 0, failed: 0 };
  let state = texts.LOOKING;
  let ending = false;
  const draw = (): void => {
    const now = new Date();
    const io = { ...session.io, width: screen.size().columns };
    const body = [dashboard(io, session.store(), now), '', ...messages].join('\n');
    live.show(
      body,
      io.paint.dim(`${state} · ${texts.looks(tally.passes, tally.failed)} · ${texts.CTRL_C_STOPS}`),
    );
  };
  const say = (text: string): void => {
    messages.push(`${clockTime(new Date())} ${text}`);
    messages.splice(0, messages.length - MESSAGES);
    draw();
  };
  const become = (words: string): void => {
    if (!ending) state = words;
    draw();
  };
  const { screen: _, ...still } = session.io;
  return {
    io: { ...still, lively: false, result: say, note: say, warn: say },
    tick: SECOND,
    passing: () => become(texts.LOOKING),
    passed: () => {
      tally.passes += 1;
    },
    failed: (explanation) => {
      tally.failed += 1;
      say(told(session.io, explanation));
    },
    waiting: (due) => become(texts.nextLook(whenOf(due))),
    stopping: () => {
      become(texts.FINISHING_OR_LEAVE);
      ending = true;
    },
    close: live.close,
  };
}

function whenOf(due: number): string {
  return ahead(new Date(due).toISOString(), new Date());
}

function told(io: Io, { message, next }: Explanation): string {
  const what = `${sign(io, 'bad')} ${neutralise(message)}`;
  return inWords({ message: what, next: next && neutralise(next) });
}
