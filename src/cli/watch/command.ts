import { Busy } from '../../store/errors.ts';
import { Interrupted } from '../../sync/errors.ts';
import { dailyLimit } from '../budgets.ts';
import { choiceOf, chosen, passOver, type SyncFlags } from '../commands/sync.ts';
import { readEnvironment, type Environment } from '../environment.ts';
import { explain } from '../error-table.ts';
import { EXIT, type ExitStatus } from '../exit-codes.ts';
import { rememberWatch } from '../next-run.ts';
import { readPreferences } from '../preferences.ts';
import { traceOf } from '../render/trace.ts';
import type { Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';
import { machineClock } from './clock.ts';
import { listenForHangUp } from './hang-up.ts';
import { costOf, sightOf } from './sight.ts';
import { createView } from './view.ts';
import { watch, type Passed } from './watch.ts';
import { DRY_WATCH, READ_AGAIN } from '../texts/sync.ts';

/** Syncs again and again until it is interrupted. The lock is held during a pass only. */
export async function watchAccounts(
  session: Session,
  names: readonly string[],
  flags: SyncFlags,
): Promise<ExitStatus> {
  if (flags.dryRun === true) throw new UsageError(DRY_WATCH);
  chosen(session, names);
  const ending = new AbortController();
  const hangUp = listenForHangUp(session.io.screen !== undefined, () =>
    ending.abort(new Interrupted('SIGTERM')),
  );
  const stop = AbortSignal.any([session.signal, ending.signal]);
  const watching = createWatching(session, names, flags);
  stop.addEventListener('abort', watching.stopping, { once: true });
  try {
    await watch({
      clock: machineClock,
      random: Math.random,
      stop,
      nudge: () => {
        const nudge = hangUp.next();
        nudge.addEventListener('abort', watching.reload, { once: true });
        return nudge;
      },
      pass: watching.pass,
      ...(flags.interval === undefined ? {} : { interval: flags.interval }),
      tick: watching.tick(),
      onWait: watching.waiting,
    });
  } finally {
    hangUp.stop();
    watching.close();
  }
  return stop.reason instanceof Interrupted ? explain(stop.reason).status : EXIT.interrupted;
}

interface Watching {
  pass(): Promise<Passed>;
  waiting(due: number): void;
  reload(): void;
  stopping(): void;
  tick(): number;
  close(): void;
}

const NOTHING_ASKED: Passed = { sight: { kind: 'busy' }, cost: 0 };

/** The passes and what is seen of them, with the settings as they were last read. */
function createWatching(session: Session, names: readonly string[], flags: SyncFlags): Watching {
  let view = createView(session);
  let { env } = session;
  let choice = choiceOf(flags);
  let announced = 0;

  const failed = (error: unknown): Passed => {
    if (session.signal.aborted || error instanceof Busy) return NOTHING_ASKED;
    view.failed(explain(error));
    if (session.flags.verbose) view.io.warn(traceOf(error));
    return { sight: { kind: 'failed' }, cost: 0 };
  };

  const pass = async (): Promise<Passed> => {
    // A session of its own: fresh connections after a sleep, and the accounts as they are now.
    const fresh = session.another({ io: view.io, env });
    try {
      view.passing();
      const outcomes = await passOver(fresh, chosen(fresh, names), {
        choice,
        isUnattended: true,
        interval: flags.interval,
      });
      if (outcomes === undefined) return NOTHING_ASKED;
      view.passed(outcomes);
      // What was asked for once, such as a full read, is done once.
      choice = choiceOf({});
      const limitOf = (connection: number): number => dailyLimit(fresh.store(), connection);
      return { sight: sightOf(outcomes, Date.now()), cost: costOf(outcomes, limitOf) };
    } catch (error) {
      return failed(error);
    } finally {
      fresh.close();
    }
  };

  const readAgain = async (): Promise<void> => {
    const settings = await readSettings(session);
    ({ env } = settings);
    view.close();
    view = createView(settings.accessible ? plain(session) : session);
    view.io.note(READ_AGAIN);
  };

  return {
    pass,
    waiting: (due) => {
      if (due !== announced) {
        announced = due;
        const nextAt = new Date(due).toISOString();
        rememberWatch(session.store(), { pid: process.pid, nextAt });
      }
      view.waiting(due);
    },
    reload: () => void readAgain().catch((error: unknown) => view.failed(explain(error))),
    stopping: () => view.stopping(),
    tick: () => view.tick,
    close: () => {
      rememberWatch(session.store(), undefined);
      view.close();
    },
  };
}

interface ReadSettings {
  readonly env: Environment;
  readonly accessible: boolean;
}

async function readSettings({ home, io }: Session): Promise<ReadSettings> {
  const preferences = await readPreferences(home);
  return { env: readEnvironment(process.env), accessible: io.accessible || preferences.accessible };
}

function plain(session: Session): Session {
  const { screen: _, ...io } = session.io;
  return { ...session, io: { ...io, accessible: true, lively: false } };
}
