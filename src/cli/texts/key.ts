import { counted } from './language.ts';
import type { Advised } from './problem.ts';

/* The key that encrypts the stored sign-ins. */

export const NO_KEY = 'There is no key yet; the first sign-in makes one.';
export const liesIn = (place: string, signIns: number): string =>
  `The key lies in ${place}. ${stored(signIns)}.`;
export const liesInNow = (place: string): string => `The key lies in ${place} now.`;
export const newKey = (signIns: number): string => `There is a new key, and ${stored(signIns)}.`;
function stored(signIns: number): string {
  return `${counted(signIns, 'sign-in is', 'sign-ins are')} stored under it`;
}

export const VARIABLE_UNSET: Advised = {
  message: 'CONTACTSYNC_KEY is not set, so the key cannot move there.',
  next: 'Set it to 32 random bytes in base64, as from "openssl rand -base64 32", then run the command again.',
};
export const LEAVE_UNSET =
  'From now on leave CONTACTSYNC_KEY unset: while it is set, it goes first.';

export const RESETTING =
  'This deletes the stored sign-ins, and their key. Accounts and what they have synced stay.';
export const RESET_QUESTION = 'Give up the stored sign-ins?';
export const GONE = 'The sign-ins are gone.';
export const signInAgain = (account: string): string =>
  `Sign in again: contactsync login ${account}`;

export const VARIABLE = 'CONTACTSYNC_KEY';
export const KEY_CHAIN = 'this computer’s key chain';
export const keyFile = (file: string): string => `the file ${file}`;
