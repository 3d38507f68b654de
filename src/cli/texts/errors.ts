/*
 * What is said of an error, and what to do about it, by its code. The errors of the other rooms
 * bring their own message; docs/errors.md shows all of them.
 */

import { asWord } from '../as-word.ts';

/** What happened to whom, as far as a text tells it. */
export interface About {
  /** The account that it happened to. */
  readonly account?: string;
  /** The command to repeat, where it is not `sync`. */
  readonly command?: string;
}

/** The next step for each error that does not bring its own. */
export const NEXT = {
  'sign-in-needed': signInAgain,
  'grant-ended': signInAgain,
  guarded: ({ account, command = `sync ${word(account)}` }: About) =>
    `Look at it: contactsync ${command} --dry-run   Let it through: contactsync ${command} --max-delete 100%`,
  'budget-spent': 'Everything so far is kept; the next run goes on where this one ended.',
  unreachable: 'Check the network, then run the command again. Nothing is lost.',
  'other-installation': ({ account }: About) =>
    `Remove the account there, or go on from here alone: contactsync sync ${word(account)} --takeover`,
  'bad-answer': 'Run the command again later. Nothing is lost.',
  forbidden: 'Ask whoever administers the account for the right, then run the command again.',
  rejected: 'Mend the value that is named, then run contactsync sync again.',
  moved: 'Run contactsync sync again: it starts from how things are now.',
  'answer-lost': 'Run contactsync sync again: it looks for the change before it makes it anew.',
  'cursor-expired': 'Read everything anew: contactsync sync --refresh',
  'consent-refused': 'Run the command again and choose "Allow".',
  'sign-in-timed-out': 'Run the command again; the page waits for five minutes.',
  'sign-in-failed': 'Check the client id and secret, then run the command again.',
  'port-taken':
    'End the program that holds it; or register another callback with your app, and name its port in CONTACTSYNC_PIPEDRIVE_REDIRECT_PORT.',
  'not-the-address': 'Paste the whole address of the page that failed to load.',
  'database-too-new': 'Install the newest contactsync: npm i -g contactsync@latest',
  'database-locked': 'Wait a moment, then run the command again.',
  'database-damaged':
    'Move contactsync.db out of its folder and add the accounts again: existing people are joined, not doubled.',
  'database-missing-part':
    'Install again with: npm i -g --allow-scripts=better-sqlite3 contactsync',
  'disk-full': 'Make room, then run the command again: it goes on from what is known.',
  'home-unusable': 'Choose another folder with CONTACTSYNC_HOME, or mend its rights.',
  'key-wrong':
    'Put the right key back, or unset CONTACTSYNC_KEY if it is not the one. Lost for good? contactsync key reset, then sign in again.',
  'key-missing':
    'Put the file "key" back, or set CONTACTSYNC_KEY. Lost for good? contactsync key reset, then sign in again.',
  'key-chain-locked':
    'Unlock it, or sign in to the desktop. For cron and servers, keep the key in a file: contactsync key move file',
  'key-change-refused':
    'Run: contactsync key move file, unset CONTACTSYNC_KEY, then contactsync key rotate. Or set another CONTACTSYNC_KEY, and run: contactsync key move environment',
  locked: 'Wait for it to end; it is not disturbed.',
  bug: 'Run the command with --verbose and report what it prints. Nothing is lost: the next run starts from what is known.',
} as const;

function signInAgain({ account }: About): string {
  return `Sign in again: contactsync login ${word(account)}`;
}

function word(account: string | undefined): string {
  return account === undefined ? '<account>' : asWord(account);
}

export const INTERRUPTED = 'Interrupted. The next run goes on from here.';

export const bug = (what: string): string => `Something happened that should not have: ${what}`;

export function busy(pid: number | undefined, since: string | undefined): string {
  const who = pid === undefined ? '' : ` (process ${pid}, since ${since ?? 'a moment ago'})`;
  return `Another run is at work${who}.`;
}

/** For `--verbose`, before where it came from. */
export const errorCode = (code: string): string => `Error code: ${code}`;
export const CAUSED_BY = 'caused by';

/** Where even standard output is gone. */
export const outputFailed = (why: string): string => `✖ Standard output cannot be written: ${why}`;

export const NO_COMMAND = 'A command is needed.';
export const seeHelp = (command: string): string => `See: contactsync ${command}--help`;
export const noHelpOn = (word: string, known: readonly string[]): string =>
  `there is no help on "${word}". There is on ${known.join(', ')}`;
