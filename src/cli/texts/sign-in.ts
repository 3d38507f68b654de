import type { Side } from '../../plan/model.ts';
import { PLACES } from './names.ts';
import type { Advised } from './problem.ts';

/* Signing in, for the first time and again. */

const COPY_IT = 'Copy it anew from Pipedrive (Personal preferences › API).';
export const TOKEN_REFUSED = {
  message: 'Pipedrive does not accept this token.',
  next: COPY_IT,
} as const satisfies Advised;

export const TOKEN_QUESTION = 'Pipedrive’s personal API token (Personal preferences › API)';
export const TOKEN_EMPTY: Advised = {
  message: 'The Pipedrive token is empty.',
  next: COPY_IT,
};
export const TOKEN_NEEDED: Advised = {
  message: 'Pipedrive’s personal API token is needed, and there is no terminal to ask for it.',
  next: 'Set CONTACTSYNC_PIPEDRIVE_TOKEN, or pipe the token in with --crm-token-stdin.',
};

export const noClient = (vendor: string, variable: string, secret: boolean): Advised => ({
  message: `contactsync needs an OAuth client of yours to sign in to ${vendor}.`,
  next: `Set ${variable}_ID${secret ? ` and ${variable}_SECRET` : ''}; the README says where to get ${secret ? 'them' : 'it'}.`,
});

export const boxUnticked = (vendor: string, writes: boolean): Advised => ({
  message: `${vendor} was not allowed to ${writes ? 'let contactsync change' : 'show contactsync'} your contacts.`,
  next: `Run the command again and tick the box for contacts on ${vendor}’s page.`,
});

export const otherMailbox = (vendor: string, email: string, wanted: string): Advised => ({
  message: `${email} signed in at ${vendor}, but the account is ${wanted}.`,
  next: `Run the command again and choose ${wanted} on ${vendor}’s page.`,
});

/** Somebody in a company of the CRM. */
interface Person {
  readonly user: string;
  readonly company: string;
}

export const otherPerson = (who: Person, wanted: Person): Advised => ({
  message: `${who.user} of ${who.company} signed in, but the account belongs to ${wanted.user} of ${wanted.company}.`,
  next: 'Run the command again and sign in as the same person.',
});

export const signInAt = (vendor: string, address: string, opens: boolean): string =>
  `Sign in to ${vendor}${opens ? ' in the browser that opens, or' : ''} at\n  ${address}\n`;

export const signInWithCode = (vendor: string, address: string, code: string): string =>
  `Sign in to ${vendor} on any device, at\n  ${address}\nwith the code\n  ${code}\n`;

export const PASTE_QUESTION =
  'Waiting. If the last page does not load, paste its whole address here:';

export const NOBODY_SIGNED_IN = 'Nobody is signed in.';
export const NO_TOKEN_STORED = 'No Pipedrive token is stored.';

export const leftAt = (side: Side): string =>
  `Cancelled. The sign-in to ${PLACES[side]} was not changed.`;

export const BOTH_WORK = 'Both sign-ins work; nothing to do.';
export const BOTH_WORK_QUESTION = 'Both sign-ins work. Sign in again to';
export const NEITHER = 'neither';
export const signedInAgain = (account: string): string => `Signed in again: ${account}.`;
