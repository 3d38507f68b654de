import { counted } from './language.ts';
import type { Advised } from './problem.ts';

/* Looking back at runs, and taking one back. */

export const noRun = (prefix: string): Advised => ({
  message: `There is no run "${prefix}".`,
  next: SEE_THEM,
});
export const severalRuns = (prefix: string, count: number): Advised => ({
  message: `${count} runs start with "${prefix}".`,
  next: SEE_THEM,
});
const SEE_THEM = 'See them: contactsync history';

export const NO_RUNS = 'Nothing was run yet. Start: contactsync sync';
export const idleRuns = (count: number): string =>
  `${counted(count, 'run', 'runs')} had nothing to do; --verbose lists them too.`;
export const WHAT_NEXT =
  'What a run changed: contactsync history --run <run>\nTake it back: contactsync undo <run>';
export const CHANGED_NOTHING = 'This run changed nothing.';
export const NOT_KEPT = '(no longer kept)';

/* Taking a run back. */

export const ACCOUNT_GONE: Advised = {
  message: 'The account of this run is gone.',
  next: 'See the runs that are kept: contactsync history',
};
export const TOO_OLD: Advised = {
  message: 'This run is too old to be taken back: what its contacts held before is no longer kept.',
  next: 'How long it is kept is "historyDays" in preferences.json.',
};
export const didNothingTo = (contact: string, run: string): Advised => ({
  message: `This run did nothing to "${contact}".`,
  next: `See what it did: contactsync history --run ${run}`,
});
export const SEVERAL: Advised = {
  message: 'Several contacts are called that.',
  next: 'Name one by its id.',
};

/** As it is typed after the program's name. */
export const undoCommand = (run: string, contact: string | undefined): string =>
  `undo ${run}${contact === undefined ? '' : ` --contact ${contact}`}`;

export const takingBack = (account: string): string => `${account}  taking the run back means`;
export const UNDO_QUESTION = 'Take this run back?';
export const takenBack = (run: string): string =>
  `Taken back as a run of its own: contactsync history --run ${run}`;

/** What a vendor keeps for itself is not in what we put back. */
export const madeStays = (count: number, crm: string): string =>
  `${counted(count, 'organization or field', 'organizations or fields')} that the run made in ${crm} will stay.`;
export const peopleAnew = (count: number, crm: string): string =>
  `${counted(count, 'person comes', 'people come')} back to ${crm} under a new id, without deals, activities and picture.`;
export const contactsAnew = (count: number, provider: string): string =>
  `${counted(count, 'contact comes', 'contacts come')} back to ${provider} under a new id, without photo and other groups.`;
