import { contacts, counted, listed } from './language.ts';
import type { Advised } from './problem.ts';

/* Changing an account's settings. */

export const NOTHING_TOLD: Advised = {
  message: 'edit-account needs to be told what to change.',
  next: 'Such as --group, --direction, --visibility, --on-conflict, --match, --pause, --resume or --name.',
};

export const question = (account: string): string => `What to change of ${account}?`;
export const setting = (title: string, now: string): string => `${title}: ${now}`;
export const DONE = 'Done; go on';
export const CANCEL = 'Cancel; nothing is changed';

export const YES_NEEDED: Advised = {
  message: 'This change needs a yes, and there is no terminal to ask on.',
  next: 'Add --yes.',
};
export const SURE = 'Change it?';

export const PAUSED = { yes: 'yes', no: 'no' } as const;
export const PAUSE_OR_RESUME: Advised = {
  message: '--pause and --resume cannot go together.',
  next: 'Leave one of them out.',
};

export const notCalled = (problem: string): Advised => ({
  message: problem,
  next: 'Give it another name with --name.',
});
export const NAME_QUESTION = 'Its new name';
export const NAME_NO_LINE = 'A name is a line of text.';
export const nameTooLong = (most: number): string => `A name has ${most} characters at most.`;
export const NAME_A_NUMBER = 'A number would be taken for an id.';
export const NAME_TAKEN = 'Another account has this name.';

export const CHANGE = 'The change';
export const letGo = (count: number): string =>
  `${contacts(count)} outside of it to let go; nobody is deleted`;
export const withNextSync = (number: string): string => `${number}, with the next sync`;
export const CHANGES_NOTHING = 'changes nothing of what is there';

export const SO_ALREADY = 'Nothing to change: it is so already.';

/** What was changed, by the account's own names for it. */
export const CHANGED = {
  name: 'the name',
  group: 'the group',
  direction: 'the direction',
  visibility: 'the visibility',
  onConflict: 'the rule for conflicts',
  match: 'the rule for matching',
  paused: 'whether it is paused',
} as const;

export const changed = (account: string, what: readonly string[], gone: number): string =>
  `Changed of ${account}: ${listed(what)}.${gone === 0 ? '' : ` ${counted(gone, 'contact was', 'contacts were')} let go.`}`;
export const NEW_VISIBILITY = 'The new visibility is for people who are made from now on.';
export const nextSyncFollows = (account: string): string =>
  `The next sync follows it: contactsync sync ${account}`;
