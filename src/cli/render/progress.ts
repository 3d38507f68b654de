import type { Ora } from 'ora';
import type { Progress } from '../../sync/account.ts';
import type { Io } from '../io.ts';
import { counted, lasted } from '../words.ts';

/** What a run is doing, as it goes. */
export interface ProgressView {
  show(progress: Progress): void;
  /** The run was interrupted, and finishes what is under way. */
  interrupted(): void;
  /** Others have the word meanwhile. */
  pause(): void;
  resume(): void;
  stop(): void;
}

/** Plain lines come this seldom. */
const LINE_EVERY_MS = 5000;
/** A guess at the rest is none before so many writes. */
const ENOUGH_TO_GUESS = 20;

const FINISHING = 'finishing what is under way';

export async function createProgressView(
  io: Io,
  account: string,
  now: () => number = Date.now,
): Promise<ProgressView> {
  const describe = createDescription(now);
  if (!io.lively) return plainLines(io, account, describe, now);
  const { default: ora } = await import('ora');
  const spinner: Ora = ora({ text: account, discardStdin: false });
  spinner.start();
  let ending = false;
  return {
    show: (progress) => {
      const text = describe(progress);
      if (!ending) spinner.text = `${account}  ${text()}`;
    },
    interrupted: () => {
      ending = true;
      spinner.text = `${account}  ${FINISHING}; Ctrl-C again leaves at once`;
    },
    pause: () => {
      spinner.stop();
    },
    resume: () => {
      spinner.start();
    },
    stop: () => {
      spinner.stop();
    },
  };
}

function plainLines(
  io: Io,
  account: string,
  describe: Description,
  now: () => number,
): ProgressView {
  let last = now();
  return {
    show: (progress) => {
      const text = describe(progress);
      if (now() - last < LINE_EVERY_MS) return;
      last = now();
      io.note(`${account}: ${text()}`);
    },
    interrupted: () => io.note(`${account}: ${FINISHING}`),
    pause: () => undefined,
    resume: () => undefined,
    stop: () => undefined,
  };
}

/** In words only where they are shown: most progress is not. */
type Description = (progress: Progress) => () => string;

function createDescription(now: () => number): Description {
  let started: number | undefined;
  const inWords = (progress: Progress): string => {
    switch (progress.kind) {
      case 'reading': {
        const where = progress.side === 'provider' ? 'the address book' : 'the CRM';
        return `reading ${where}: ${counted(progress.done, 'contact', 'contacts')}`;
      }
      case 'planning':
        return `comparing: ${counted(progress.done, 'contact', 'contacts')}`;
      case 'backing-up':
        return 'writing a backup of both sides';
      case 'writing': {
        const { done, total } = progress;
        const left = (total - done) * ((now() - (started ?? now())) / Math.max(1, done));
        const guess =
          done < ENOUGH_TO_GUESS || done === total ? '' : `, about ${lasted(left)} left`;
        return `writing: ${done} of ${total}${guess}`;
      }
    }
  };
  return (progress) => {
    if (progress.kind === 'writing') started ??= now();
    return () => inWords(progress);
  };
}
