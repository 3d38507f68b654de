import type { Side } from '../../plan/model.ts';
import type { PlanEntry, RunReport } from '../../sync/account.ts';
import { contacts, counted, listed, number } from './language.ts';
import { PLACES, SIDE_WORDS } from './names.ts';
import type { Advised } from './problem.ts';

/* A run: what it is doing, what came of it, what it would do. */

export const INTERVAL_ALONE: Advised = {
  message: '--interval is the rhythm of a watch.',
  next: 'Add --watch.',
};
export const DRY_WATCH: Advised = {
  message: 'A dry run is one pass.',
  next: 'Leave out --watch, or --dry-run.',
};

export const PAUSED = 'Paused by you; passed over.';
export const passedOver = (account: string): string => `- ${account}: ${PAUSED}`;
export const failed = (account: string, message: string): string => `${account}: ${message}`;
export const historyKept = (why: string): string => `Old history was not dropped: ${why}`;
export const backupAt = (folder: string): string => `Backup of both sides: ${folder}`;

type Counts = RunReport['crm'];

/* While it goes on. */

export const FINISHING = 'finishing what is under way';
export const FINISHING_OR_LEAVE = `${FINISHING}; Ctrl-C again leaves at once`;
export const reading = (side: Side, done: number): string =>
  `reading ${PLACES[side]}: ${contacts(done)}`;
export const comparing = (done: number): string => `comparing: ${contacts(done)}`;
export const BACKING_UP = 'writing a backup of both sides';
export const writing = (done: number, total: number, left: string | undefined): string =>
  `writing: ${number(done)} of ${number(total)}${left === undefined ? '' : `, about ${left} left`}`;

/* What came of it. */

export const NOTHING_TO_DO = 'nothing to do';
export const NOTHING_CHANGED = 'nothing was changed';
export const NOTHING_WRITTEN = 'nothing was written';

/** What was done to one side: `3 added`, `7 updated`; what was not, is left out. */
export function countedChanges({ created, updated, deleted }: Counts): readonly string[] {
  const words = [
    [created, 'added'],
    [updated, 'updated'],
    [deleted, 'deleted'],
  ] as const;
  return words.filter(([count]) => count > 0).map(([count, word]) => `${number(count)} ${word}`);
}

export const joined = (count: number): string => `${number(count)} joined`;
export const letGo = (count: number): string => `${number(count)} let go`;
export const differing = (count: number): string => `${number(count)} with differing values`;
export const setAside = (count: number): string => `${number(count)} set aside`;
/** `CRM: 3 added, 7 updated` */
export const onSide = (side: Side, what: readonly string[]): string =>
  `${SIDE_WORDS[side]}: ${what.join(', ')}`;

export const unheld = (side: Side, fields: readonly string[], elsewhere: Side): string =>
  `  Kept in the ${SIDE_WORDS[side]} only, where the ${SIDE_WORDS[elsewhere]} cannot hold all of it: ${fields.join(', ')}`;
export const fieldOf = (field: string, count: number): string => `${field} (${contacts(count)})`;

/* What it would do. */

const PLANNED = {
  create: ['to create', 'to create'],
  update: ['to update', 'to update'],
  delete: ['to delete', 'to delete'],
  link: ['to join with somebody who is there', 'to join with people who are there'],
  unlink: ['to let go', 'to let go'],
} as const satisfies Record<PlanEntry['action'], readonly [string, string]>;

/** What stands for the signs of a plan where they are not read out. */
export const PLAN_WORDS: Readonly<Record<PlanEntry['action'], string>> = {
  create: 'create',
  update: 'update',
  delete: 'delete',
  link: 'join',
  unlink: 'let go',
};

export function planned(action: PlanEntry['action'], count: number): string {
  const [one, other] = PLANNED[action];
  return counted(count, one, other);
}
export const plannedIn = (action: PlanEntry['action'], count: number, place: string): string =>
  `${planned(action, count)} in ${place}`;

export const plan = (numbers: readonly string[]): string =>
  `  ${numbers.length === 0 ? 'Nothing to do.' : listed(numbers)}`;

/* Whether both sides are in step. */

export const inStep = (account: string, total: number): string =>
  `${account}  in step: ${contacts(total)}`;
export const whatSyncWould = (account: string): string =>
  `  This is what a sync would do: contactsync sync ${account}`;

/* A watch. */

export const READ_AGAIN = 'Settings and accounts are read again.';
export const LOOKING = 'looking';
export const nextLook = (when: string): string => `next look ${when}`;
export const looks = (passes: number, wrong: number): string =>
  `${counted(passes, 'look', 'looks')}${wrong === 0 ? '' : `, ${wrong} failed`}`;
export const CTRL_C_STOPS = 'Ctrl-C stops';

export function willTake(requests: number, tokens: number, days: number): string {
  const time = days === 1 ? 'done today' : `${number(days)} days, a part each day`;
  return `Takes about ${number(requests)} requests, and ${number(tokens)} tokens of the CRM’s daily budget: ${time}`;
}
