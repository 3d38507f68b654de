import type { Advised } from './problem.ts';

/* What several commands say alike. */

export const NOTHING_CHANGED = 'Nothing was changed.';

export const NO_ACCOUNT = {
  message: 'There is no account yet.',
  next: 'Add one: contactsync add-account',
} as const satisfies Advised;

export const noAccountNamed = (name: string): Advised => ({
  message: `There is no account "${name}".`,
  next: 'See them: contactsync accounts',
});

export const YES_NEEDED: Advised = {
  message: 'This needs a yes, and there is no terminal to ask on.',
  next: 'Give it with --yes.',
};

export const noContactKnownAs = (text: string): Advised => ({
  message: `No contact is known as "${text}".`,
  next: 'Name it by its name, an e-mail address, or its id on either side.',
});

export const severalKnownAs = (text: string, count: number): Advised => ({
  message: `${count} contacts are known as "${text}".`,
  next: 'Name one by its id, and the account with --account.',
});

/** Below a list that was cut. */
export const moreOf = (count: number): string => `  … and ${count} more`;
export const moreElsewhere = (count: number): string => `… and ${count} more: --verbose, or --json`;

/** One request, for `--verbose`. */
interface Request {
  readonly api: string;
  readonly method: string;
  readonly path: string;
  readonly status: number | string;
  readonly ms: number;
}

export const request = ({ api, method, path, status, ms }: Request): string =>
  `  ${api}  ${method} ${path}  ${status}  ${ms} ms`;

/** What a sign means, where signs are not read out. */
export const MARKS = { good: 'done', warn: 'attention', bad: 'failed' } as const;
