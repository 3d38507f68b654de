import type { ReleaseReason } from '../../plan/model.ts';
import { listed } from './language.ts';
import type { SideNames } from './names.ts';
import { releaseWords } from './reasons.ts';

/* Why a contact looks the way it does, and what the next run will do. */

export const synced = ({ provider, crm }: SideNames): string =>
  `Synced: in ${provider} and in ${crm}.`;
export const notSynced = (reason: ReleaseReason, names: SideNames): string =>
  `Not synced: ${releaseWords(reason, names)}.`;
export const NOT_THERE = 'Not there any more.';
export const outOfScope = (where: readonly string[]): string =>
  `Only in ${listed(where)}: it is not in what this account syncs.`;
export const notYet = (where: readonly string[]): string =>
  `Only in ${listed(where)}: not synced yet.`;
export const setAside = (reason: string): string => `Set aside: ${reason}`;

export const nextRun = (what: string): string => `Next run: ${what}`;
export const NEXT = {
  nothing: 'nothing to do',
  nothingToWrite: 'nothing to write',
  forget: 'lets it go: it is gone on both sides',
  join: 'looks for the same person on the other side, else creates it there',
  create: (contact: string, where: string) =>
    `creates ${contact} in ${where} again: deleted there, edited on the other side`,
  delete: (where: string) => `deletes it in ${where}: it was deleted on the other side`,
  release: (reason: ReleaseReason, names: SideNames) =>
    `lets it go: ${releaseWords(reason, names)}`,
  write: (where: readonly string[]) => `writes to ${listed(where)}`,
  waits: (account: string) => `waits for your decision: contactsync conflicts ${account}`,
} as const;

/** Beside a value that both agreed on. */
export const AGREED = 'agreed';
export const FIELD = {
  inStep: 'in step',
  differs: 'differs, and is kept',
  timesDecide: 'changed on both sides; the vendors’ times decide',
  notCarried: (crm: string) => `kept: ${crm}’s changes are not carried over`,
  oneSideOnly: (side: string, other: string) =>
    `kept so in ${side} only: ${other} cannot hold all of it`,
  write: (from: string, to: string, by: string | undefined) =>
    `${from} → ${to}${by === undefined ? '' : `; ${by}`}`,
} as const;

export const LAST_DONE = 'What was last done:';
export const OPEN_CONFLICTS = 'Open conflicts:';
/** A field's values: in the address book, in the CRM. */
interface Values {
  readonly provider: string;
  readonly crm: string;
}
export const openConflict = (id: string, field: string, values: Values, names: SideNames): string =>
  `  ${id}  ${field}: ${names.provider} ${values.provider}, ${names.crm} ${values.crm}`;
export const settleThem = (account: string): string =>
  `  Settle them: contactsync conflicts ${account}`;
