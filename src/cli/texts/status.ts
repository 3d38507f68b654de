import type { RunReport } from '../../sync/account.ts';
import { counted, listed, number, percent, plural } from './language.ts';
import type { Advised } from './problem.ts';

/* The dashboard, and what needs attention. */

export const NO_ACCOUNT =
  'There is no account yet. Add one: contactsync add-account   Or try everything first: contactsync sandbox';
export const NO_TERMINAL: Advised = {
  message: 'status --watch draws on a terminal.',
  next: 'Without one, add --json.',
};

export const NEVER = 'never';
export const PAUSED = 'paused';
export const NOT_YET = 'not synced yet';
export const UNFINISHED = 'running, or killed';
export const STATES: Readonly<Record<RunReport['status'], string>> = {
  ok: 'ok',
  partial: 'some set aside',
  failed: 'failed',
  'sign-in-needed': 'sign in',
  stopped: 'stopped',
  waiting: 'waiting',
  interrupted: 'interrupted',
};

export const latest = (
  action: 'added' | 'updated' | 'deleted',
  people: readonly string[],
): string => `  Latest ${action}: ${people.join(', ')}`;
export const whoAndWhen = (contact: string, when: string): string => `${contact} (${when})`;
export const NOTHING_YET = '  Nothing has been added, updated or deleted yet.';

/** What a CRM told of its daily budget. */
interface Budget {
  readonly limit: number;
  readonly left: number;
  readonly of: string;
  readonly told: string;
}

export const budget = ({ limit, left, of, told }: Budget): string =>
  `Budget    ${percent((limit - left) / limit)} of today’s ${number(limit)} tokens used by all programs of ${of} (told ${told})`;
export const schedule = (every: string, kind: string, next: string | undefined): string =>
  `Schedule  every ${every}, by ${kind}${next === undefined ? '' : `; next run ${next}`}`;

/* What needs attention: the sentence and what mends it. */

/** What to do after a run that ended so, where there is something. */
export const afterRun = (status: RunReport['status'], account: string): string | undefined => {
  const next: { readonly [S in RunReport['status']]?: string } = {
    'sign-in-needed': `Sign in again: contactsync login ${account}`,
    stopped: `Look at it: contactsync sync ${account} --dry-run`,
    failed: `Try again: contactsync sync ${account}`,
    interrupted: `Go on: contactsync sync ${account}`,
    waiting: 'The next run goes on by itself.',
  };
  return next[status];
};

/** A sentence and its next step, both there. */
interface Attention {
  readonly message: string;
  readonly next: string;
}

export const setAside = (contact: string, reason: string, account: string): Attention => ({
  message: `${contact}: ${reason}`,
  next: `When it is mended: contactsync sync ${account}`,
});
export const moreSetAside = (count: number): Attention => ({
  message: `${counted(count, 'more contact is', 'more contacts are')} set aside.`,
  next: 'See them: contactsync status --json',
});
export const openConflicts = (count: number, account: string): Attention => ({
  message: `${counted(count, 'conflict waits', 'conflicts wait')} for your decision.`,
  next: `Decide: contactsync conflicts ${account}`,
});
export const vanished = (count: number, account: string): Attention => ({
  message: `${counted(count, 'person', 'people')} could not be found in the CRM any more, deleted or hidden, and ${plural(count, { one: 'was', other: 'were' })} let go.`,
  next: `Say what became of them: contactsync conflicts ${account}`,
});
export const fieldsLeftOut = (fields: readonly string[], account: string): Attention => ({
  message: `The CRM has no field for ${listed(fields)}, and contactsync may not make one.`,
  next: `See which right is missing: contactsync doctor   Once it is there: contactsync sync ${account} --refresh`,
});
export const signInEnds = (vendor: string, when: string | undefined, login: string): Attention => ({
  message: `The sign-in to ${vendor} ${when === undefined ? 'has ended' : `ends ${when}`}.`,
  next: `Sign in again: contactsync login ${login}`,
});
