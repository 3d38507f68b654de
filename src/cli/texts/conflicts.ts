import { counted, listed } from './language.ts';
import type { Advised } from './problem.ts';

/* What waits for the user's decision. */

export const NOTHING_OPEN = 'Nothing is open.';
export const HOW_TO_SETTLE = 'Settle one: contactsync conflicts --settle <id> --take <answer>';

export const TOGETHER: Advised = { message: '--settle and --take go together.', next: seeThem() };
export const notOpen = (id: string): Advised => ({
  message: `"${id}" is not open.`,
  next: seeThem(),
});
export const noAnswer = (take: string, possible: readonly string[]): Advised => ({
  message: `"${take}" is no answer to that.`,
  next: `It may be: ${listed(possible)}.`,
});
export const changedMeanwhile = (contact: string): Advised => ({
  message: `${contact} has changed meanwhile.`,
  next: 'See what is open now: contactsync conflicts',
});

function seeThem(): string {
  return 'See them: contactsync conflicts';
}

export const settled = (contact: string, answer: string): string => `${contact}: ${answer}`;
export const nextSyncCarriesOut = (accounts: readonly string[]): string =>
  `The next sync carries it out: contactsync sync ${accounts.join(' ')}`;

export const leftAfter = (settled: number, accounts: readonly string[]): string =>
  `Stopped. ${counted(settled, 'decision is', 'decisions are')} kept. ${nextSyncCarriesOut(accounts)}`;

export const decisionsOpen = (count: number): string =>
  `${counted(count, 'decision is', 'decisions are')} open.`;
export const question = (contact: string, what: string): string => `${contact}: ${what}`;
export const LATER = 'decide later';
export const STOP = 'stop here';

/* One question of each kind, and its answers. */

export const which = (field: string, why: string | undefined): string =>
  `which ${field}?${why === undefined ? '' : ` (${why})`}`;
export const TIMES_DO_NOT_TELL_WHICH = 'their times do not tell which is newer';
export const takeFrom = (side: string, value: string): string => `${side}: ${value}`;
export const KEEP_BOTH = 'keep both as they are';

export const whoIsThis = (crm: string): string => `who is this in ${crm}?`;
export const NONE_OF_THEM = 'none of them: a new person';
export const LEAVE_ALONE = 'leave it alone: it is not synced';

export const notFound = (where: string): string =>
  `it was not found in ${where} any more, deleted or hidden. What now?`;
export const keepIn = (where: string): string => `keep it in ${where}, unsynced`;
export const wasDeleted = (deleteIn: string | undefined): string =>
  deleteIn === undefined
    ? 'it was deleted'
    : `it was deleted: delete it in ${deleteIn} too, unless it was edited there`;
export const makeAgain = (where: string): string => `make it again in ${where}`;

/* How a conflict stands. */

export const OVERTAKEN = 'changed again since';
export const TIMES_DO_NOT_TELL = 'the times do not tell';
export const open = (by: string): string => `open: ${by}`;
export const decided = (winner: string, by: string): string => `${winner} (${by})`;
