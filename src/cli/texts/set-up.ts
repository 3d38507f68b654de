import type { ConflictRule, Direction, MatchRule } from '../../plan/model.ts';
import { contacts, counted, listed } from './language.ts';
import { VENDORS } from './names.ts';
import { asWord } from '../as-word.ts';
import type { Advised } from './problem.ts';

/* Adding an account: the questions, their answers, and what comes of them. */

export const CANCELLED = 'Cancelled. Nothing was saved.';
export const NOTHING_SAVED = 'Nothing was saved.';

export const WELCOME =
  'Connects an address book to your CRM. Ctrl-C at any point leaves no trace.\n';

export const answersMissing = (missing: readonly string[], withYes: boolean): Advised => ({
  message: `add-account needs answers${withYes ? '' : ', and there is no terminal to ask on'}. Missing: ${missing.join(', ')}.`,
  next: 'For example: contactsync add-account --email ann@example.com --provider google --crm-auth token --group all --visibility company --yes',
});

/** What stands for two flags of which one is missing. */
export const EITHER_START = '--start or --no-start';
export const EITHER_TOKEN = 'CONTACTSYNC_PIPEDRIVE_TOKEN or --crm-token-stdin';

export const EMAIL_QUESTION = 'E-mail address of the account';
export const NO_EMAIL = 'That is not an e-mail address.';
export const noEmail = (text: string): Advised => ({
  message: `"${text}" is not an e-mail address.`,
  next: 'Write it in full, such as ann@example.com.',
});

export const providerQuestion = (email: string): string => `Whose account is ${email}?`;

export const writingToo = (vendor: string): string =>
  `Two-way also writes to ${vendor}, which has to be allowed there.`;

export const signedIn = (vendor: string, email: string): string =>
  `Signed in to ${vendor} as ${email}`;
export const signedInToCrm = (who: string): string => `Signed in to Pipedrive: ${who}`;
export const userOf = (company: string, user: string): string => `${company}, as ${user}`;

export const LOGIN_QUESTION = 'Sync it with';
export const OTHER_LOGIN = 'another Pipedrive login';

export const AUTH_QUESTION = 'Sign in to Pipedrive with';
export const AUTH_ANSWERS = {
  token: 'your personal API token',
  oauth: 'your own Pipedrive app, in the browser',
} as const;

export const addedAlready = (email: string, account: string): Advised => ({
  message: `${email} is synced with this Pipedrive user already, as the account ${account}.`,
  next: `Sync it: contactsync sync ${asWord(account)}   Or remove it first: contactsync remove-account ${asWord(account)}`,
});

export const PEOPLE = 'people';
export const ORGANIZATIONS = 'organizations';

export const mayNotAdd = (user: string, what: readonly string[]): Advised => ({
  message: `${user} may not add ${listed(what)} in Pipedrive, which contactsync needs.`,
  next: 'Ask your Pipedrive administrator for the right, then run the command again.',
});

export const GROUP_QUESTION = 'Which contacts?';
export const groupWith = (name: string, count: number, kind?: string): string =>
  `${name} (${kind === undefined ? '' : `${kind}, `}${contacts(count)})`;

export const noGroup = (wanted: string, names: readonly string[]): Advised => ({
  message: `There is no group "${wanted}".`,
  next: thereAre(names),
});
export const severalGroups = (wanted: string, names: readonly string[]): Advised => ({
  message: `Several groups are called "${wanted}"; name its id.`,
  next: thereAre(names),
});
function thereAre(names: readonly string[]): string {
  return `There are: ${names.join(', ')}`;
}

export const DIRECTION_QUESTION = 'In which direction?';
export const directionAnswers = (vendor: string): { readonly [D in Direction]: string } => ({
  'one-way': `${vendor} → ${VENDORS.pipedrive}`,
  'two-way': `${vendor} ⇄ ${VENDORS.pipedrive}: your own people there come to ${vendor}, too`,
});

export const VISIBILITY_QUESTION = 'Who may see the people it creates?';
export const visibilityAnswer = (label: string, name: string, isDefault: boolean): string =>
  `${label} (${name})${isDefault ? ', the default' : ''}`;
export const NO_VISIBILITIES: Advised = {
  message: 'Your Pipedrive user may not choose who sees a person.',
  next: 'Leave --visibility out.',
};
export const noVisibility = (
  wanted: string,
  known: readonly { readonly name: string; readonly label: string }[],
): Advised => ({
  message: `This Pipedrive account has no visibility "${wanted}".`,
  next: `It has: ${known.map(({ name, label }) => `${name} (${label})`).join(', ')}`,
});
export const VISIBILITY_FIXED =
  'You may not choose who sees people in Pipedrive: they get your default.';

export const MATCH_QUESTION = 'What about people who are in Pipedrive already?';
export const MATCH_ANSWERS: { readonly [R in MatchRule]: string } = {
  email: 'join them with the contact of the same e-mail address',
  none: 'leave them alone: everybody is created anew',
};

export const CONFLICT_QUESTION = 'Where both sides have another value, which counts?';
export const conflictAnswers = (vendor: string): { readonly [R in ConflictRule]: string } => ({
  newest: 'the newer change; what differs already stays',
  provider: `${vendor}’s`,
  crm: 'Pipedrive’s',
  ask: 'neither, until I decide; what differs already stays',
});
export const ONE_WAY_QUESTION = 'And where they have another value there?';
export const oneWayAnswers = (
  vendor: string,
): { readonly [R in 'newest' | 'provider']: string } => ({
  newest: 'leave both values as they are',
  provider: `${vendor}’s value goes to Pipedrive`,
});

export const fieldsLeftOut = (fields: readonly string[], reason: string): string =>
  `Left out, since Pipedrive has no field for it: ${listed(fields)}. ${reason}`;

/* The summary before the last question. */

export const contactsAndReaders = (group: string, readers: string | undefined): string =>
  `  Contacts: ${group}   Seen by: ${readers ?? 'the CRM’s default'}`;
export const owned = (count: number): string =>
  `  ${counted(count, 'person in Pipedrive is', 'people in Pipedrive are')} yours; your colleagues’ stay there`;
export const FIRST_SYNC = 'The first sync';
export const FIRST_SYNC_IDLE = '  has nothing to do';
export const differing = (count: number): string =>
  `  ${counted(count, 'of them differs', 'of them differ')} in a value, which stays as it is`;
export const doubled = (count: number): string =>
  `  ${counted(count, 'person', 'people')} there already will be doubled, since matching is off`;
export const leftAlone = (count: number): string =>
  `  ${contacts(count)} left alone: unclear who they are, or unreadable`;
export const makesFields = (fields: readonly string[]): string =>
  `  makes fields in Pipedrive for ${listed(fields)}`;
export const BACKUP_FIRST = '  A backup of both sides is written before the first change.';

export const START_QUESTION = 'Start sync now?';
export const START_ANSWERS = {
  start: 'Save and start the first sync',
  save: 'Save, and start later with contactsync sync',
  cancel: 'Cancel; nothing is saved',
} as const;

export const saved = (account: string, word: string): string =>
  `Saved ${account}. Start its first sync: contactsync sync ${word}`;
