import type { Ora } from 'ora';
import type { Progress } from '../../sync/account.ts';
import type { Io } from '../io.ts';
import { lasted } from '../texts/language.ts';
import * as texts from '../texts/sync.ts';

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
      spinner.text = `${account}  ${texts.FINISHING_OR_LEAVE}`;
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
    interrupted: () => io.note(`${account}: ${texts.FINISHING}`),
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
      case 'reading':
        return texts.reading(progress.side, progress.done);
      case 'planning':
        return texts.comparing(progress.done);
      case 'backing-up':
        return texts.BACKING_UP;
      case 'writing': {
        const { done, total } = progress;
        const left = (total - done) * ((now() - (started ?? now())) / Math.max(1, done));
        const guess = done < ENOUGH_TO_GUESS || done === total ? undefined : lasted(left);
        return texts.writing(done, total, guess);
      }
    }
  };
  return (progress) => {
    if (progress.kind === 'writing') started ??= now();
    return () => inWords(progress);
  };
}
