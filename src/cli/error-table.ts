import { ContactSyncError, Interrupted, SignInNeeded } from '../sync/errors.ts';
import { Busy } from '../store/errors.ts';
import { EXIT, type ExitStatus } from './exit-codes.ts';
import { Cancelled, Refused, UsageError } from './usage-error.ts';

/** What a user is told when something ends a command. */
export interface Explanation {
  readonly code: string;
  /** What happened, in one sentence. */
  readonly message: string;
  /** What to do about it. */
  readonly next: string | undefined;
  readonly status: ExitStatus;
}

export interface About {
  /** The account that it happened to. */
  readonly account?: string;
  /** The command to repeat, where it is not `sync`. */
  readonly command?: string;
}

/** By the errors' codes: the next step, and the exit status where it is not 1. */
const TABLE: Readonly<
  Record<string, { readonly next: (about: About) => string; readonly status?: ExitStatus }>
> = {
  'sign-in-needed': {
    next: ({ account }) => `Sign in again: contactsync login ${account ?? '<account>'}`,
    status: EXIT.signInNeeded,
  },
  guarded: {
    next: ({ account, command = `sync ${account ?? ''}` }) =>
      `Look at it: contactsync ${command} --dry-run   Let it through: contactsync ${command} --max-delete 100%`,
    status: EXIT.guarded,
  },
  'budget-spent': {
    next: () => 'Everything so far is kept; the next run goes on where this one ended.',
    status: EXIT.partly,
  },
  unreachable: { next: () => 'Check the network, then run the command again. Nothing is lost.' },
  'other-installation': {
    next: ({ account }) =>
      `Remove the account there, or go on from here alone: contactsync sync ${account ?? ''} --takeover`,
  },
  'bad-answer': { next: () => 'Run the command again later. Nothing is lost.' },
  forbidden: {
    next: () => 'Ask whoever administers the account for the right, then run the command again.',
  },
  'consent-refused': { next: () => 'Run the command again and choose "Allow".' },
  'sign-in-timed-out': { next: () => 'Run the command again; the page waits for five minutes.' },
  'sign-in-failed': { next: () => 'Check the client id and secret, then run the command again.' },
  'not-the-address': { next: () => 'Paste the whole address of the page that failed to load.' },
  'database-too-new': { next: () => 'Install the newest contactsync: npm i -g contactsync@latest' },
  'database-locked': { next: () => 'Wait a moment, then run the command again.' },
  'database-damaged': {
    next: () =>
      'Move contactsync.db out of its folder and add the accounts again: existing people are joined, not doubled.',
  },
  'database-missing-part': {
    next: () => 'Install again with: npm i -g --allow-scripts=better-sqlite3 contactsync',
  },
  'disk-full': {
    next: () => 'Make room, then run the command again. Nothing was written anywhere else.',
  },
  'home-unusable': {
    next: () => 'Choose another folder with CONTACTSYNC_HOME, or mend its rights.',
  },
  'key-wrong': {
    next: () =>
      'Put the right key back (the file "key", or CONTACTSYNC_KEY), or sign in again with contactsync login.',
  },
};

/** One place in which every error gets its words. Anything that is not ours is a bug. */
export function explain(error: unknown, about: About = {}): Explanation {
  if (error instanceof Interrupted) {
    const status = error.signal === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted;
    return {
      code: error.code,
      message: 'Interrupted. The next run goes on from here.',
      next: undefined,
      status,
    };
  }
  if (error instanceof Busy) return busy(error);
  if (error instanceof Cancelled) {
    return { code: error.code, message: error.message, next: undefined, status: EXIT.interrupted };
  }
  if (error instanceof UsageError || error instanceof Refused) {
    const status = error instanceof UsageError ? EXIT.usage : EXIT.failed;
    return { code: error.code, message: error.message, next: error.next, status };
  }
  if (error instanceof ContactSyncError) return known(error, about);
  return bug(error);
}

function busy({ code, pid, since }: Busy): Explanation {
  const who = pid === undefined ? '' : ` (process ${pid}, since ${since ?? 'a moment ago'})`;
  return {
    code,
    message: `Another run is at work${who}.`,
    next: 'Wait for it to end; it is not disturbed.',
    status: EXIT.locked,
  };
}

function known(error: ContactSyncError, about: About): Explanation {
  const row = TABLE[error.code];
  const command =
    error instanceof SignInNeeded ? `${row?.next(about) ?? ''} --${error.side}` : undefined;
  return {
    code: error.code,
    message: error.message,
    next: command ?? row?.next(about),
    status: row?.status ?? EXIT.failed,
  };
}

function bug(error: unknown): Explanation {
  const what = error instanceof Error ? error.message : String(error);
  return {
    code: 'bug',
    message: `Something happened that should not have: ${what}`,
    next: 'Run the command with --verbose and report what it prints. Nothing is lost: the next run starts from what is known.',
    status: EXIT.failed,
  };
}
