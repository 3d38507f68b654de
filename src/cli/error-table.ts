import { redact } from '../http/redact.ts';
import { ContactSyncError, Interrupted, SignInNeeded } from '../sync/errors.ts';
import { Busy } from '../store/errors.ts';
import { EXIT, type ExitStatus } from './exit-codes.ts';
import { OfAccount } from './of-account.ts';
import { Cancelled, Refused, TokenRefused, UsageError } from './usage-error.ts';
import { asWord } from './words.ts';

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

/** What is none of our errors. */
const BUG = 'bug';

interface Row {
  /** Where the error itself does not say it. */
  readonly next?: (about: About) => string;
  /** 1 where it is left out. */
  readonly status?: ExitStatus;
}

/** By the errors' codes: the next step, and the exit status. docs/errors.md is made from it. */
export const ERROR_TABLE: Readonly<Record<string, Row>> = {
  'sign-in-needed': {
    next: ({ account }) => `Sign in again: contactsync login ${word(account)}`,
    status: EXIT.signInNeeded,
  },
  'grant-ended': {
    next: ({ account }) => `Sign in again: contactsync login ${word(account)}`,
    status: EXIT.signInNeeded,
  },
  guarded: {
    next: ({ account, command = `sync ${word(account)}` }) =>
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
      `Remove the account there, or go on from here alone: contactsync sync ${word(account)} --takeover`,
  },
  'bad-answer': { next: () => 'Run the command again later. Nothing is lost.' },
  forbidden: {
    next: () => 'Ask whoever administers the account for the right, then run the command again.',
  },
  rejected: { next: () => 'Mend the value that is named, then run contactsync sync again.' },
  moved: { next: () => 'Run contactsync sync again: it starts from how things are now.' },
  'answer-lost': {
    next: () => 'Run contactsync sync again: it looks for the change before it makes it anew.',
  },
  'cursor-expired': { next: () => 'Read everything anew: contactsync sync --refresh' },
  'consent-refused': { next: () => 'Run the command again and choose "Allow".' },
  'sign-in-timed-out': { next: () => 'Run the command again; the page waits for five minutes.' },
  'sign-in-failed': { next: () => 'Check the client id and secret, then run the command again.' },
  'port-taken': {
    next: () =>
      'End the program that holds it; or register another callback with your app, and name its port in CONTACTSYNC_PIPEDRIVE_REDIRECT_PORT.',
  },
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
    next: () => 'Make room, then run the command again: it goes on from what is known.',
  },
  'home-unusable': {
    next: () => 'Choose another folder with CONTACTSYNC_HOME, or mend its rights.',
  },
  'key-wrong': {
    next: () =>
      'Put the right key back, or unset CONTACTSYNC_KEY if it is not the one. Lost for good? contactsync key reset, then sign in again.',
  },
  'key-missing': {
    next: () =>
      'Put the file "key" back, or set CONTACTSYNC_KEY. Lost for good? contactsync key reset, then sign in again.',
  },
  'key-chain-locked': {
    next: () =>
      'Unlock it, or sign in to the desktop. For cron and servers, keep the key in a file: contactsync key move file',
  },
  'key-change-refused': {
    next: () =>
      'Run: contactsync key move file, unset CONTACTSYNC_KEY, then contactsync key rotate. Or set another CONTACTSYNC_KEY, and run: contactsync key move environment',
  },
  locked: { next: () => 'Wait for it to end; it is not disturbed.', status: EXIT.locked },
  interrupted: { status: EXIT.interrupted },
  cancelled: { status: EXIT.interrupted },
  usage: { status: EXIT.usage },
  refused: {},
  [BUG]: {
    next: () =>
      'Run the command with --verbose and report what it prints. Nothing is lost: the next run starts from what is known.',
  },
};

function word(account: string | undefined): string {
  return account === undefined ? '<account>' : asWord(account);
}

/** One place in which every error gets its words. Anything that is not ours is a bug. */
export function explain(error: unknown, about: About = {}): Explanation {
  if (error instanceof OfAccount) return explain(error.cause, { ...about, account: error.account });
  const code = error instanceof ContactSyncError ? error.code : BUG;
  return {
    code,
    message: messageOf(error),
    next: nextOf(error, code, about),
    status: statusOf(error, code),
  };
}

function messageOf(error: unknown): string {
  if (error instanceof Interrupted) return 'Interrupted. The next run goes on from here.';
  if (error instanceof Busy) return busy(error);
  if (error instanceof ContactSyncError) return error.message;
  const what = error instanceof Error ? error.message : String(error);
  return `Something happened that should not have: ${redact(what)}`;
}

function busy({ pid, since }: Busy): string {
  const who = pid === undefined ? '' : ` (process ${pid}, since ${since ?? 'a moment ago'})`;
  return `Another run is at work${who}.`;
}

function nextOf(error: unknown, code: string, about: About): string | undefined {
  if (error instanceof TokenRefused || error instanceof UsageError || error instanceof Refused)
    return error.next;
  const next = ERROR_TABLE[code]?.next?.(about);
  return error instanceof SignInNeeded ? `${next ?? ''} --${error.side}` : next;
}

function statusOf(error: unknown, code: string): ExitStatus {
  const left = error instanceof Interrupted || error instanceof Cancelled;
  if (left && error.signal === 'SIGTERM') return EXIT.terminated;
  return ERROR_TABLE[code]?.status ?? EXIT.failed;
}
