import { counted } from './language.ts';

/* Removing an account, and forgetting a contact. */

export const removing = (account: string, synced: number): string =>
  `${account}: what contactsync knows of ${counted(synced, 'synced contact', 'synced contacts')} is deleted. The contacts stay as they are on both sides.`;
export const removeQuestion = (account: string): string => `Remove the account ${account}?`;
export const backupsQuestion = (count: number): string =>
  `Delete ${counted(count, 'backup', 'backups')} of its contacts too?`;
export const signInStays = (vendor: string, why: string): string =>
  `The sign-in at ${vendor} could not be ended from here (${why}). You can end it in your account at ${vendor}.`;
export const NO_REVOCATION = {
  message: 'there is no way for a program to',
  next: 'End it on the vendor’s own page.',
} as const;
export const removed = (account: string, keptIn: string | undefined): string =>
  `Removed ${account}.${keptIn === undefined ? '' : ` Its backups are kept in ${keptIn}.`}`;

export const forgetting = (name: string): string =>
  `${name}: everything that contactsync keeps of this contact is erased, also from its backups and its history; no run that touched it can be taken back for it. Both sides keep the contact as it is. It is never synced again.`;
export const forgetQuestion = (name: string): string => `Forget ${name}?`;
export const forgotten = (backups: number): string =>
  `Forgotten.${backups === 0 ? '' : ` It was also in ${counted(backups, 'backup', 'backups')}.`}`;
