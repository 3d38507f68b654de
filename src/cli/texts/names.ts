import type { Side } from '../../plan/model.ts';

/* What things are called, one word each, wherever they are named. */

/** What people call the services. */
export const VENDORS = {
  google: 'Google',
  microsoft: 'Microsoft',
  pipedrive: 'Pipedrive',
} as const;

/** What people call the vendor of a login. */
export function vendorName(kind: string): string {
  return Object.entries(VENDORS).find(([one]) => one === kind)?.[1] ?? kind;
}

/** For those who are asked whose account it is. */
export const KINDS_OF_ACCOUNT = {
  google: 'Google (Gmail or Google Workspace)',
  microsoft: 'Microsoft (Outlook, Hotmail, Live, MSN or Microsoft 365)',
} as const;

/** What people call the two sides of an account. */
export type SideNames = { readonly [S in Side]: string };

export const SIDE_WORDS: SideNames = { provider: 'address book', crm: 'CRM' };
export const PLACES: SideNames = { provider: 'the address book', crm: 'the CRM' };

/** Headings of tables, and of what stands for tables where they cannot be seen. */
export const HEADINGS = {
  account: 'Account',
  action: 'Action',
  added: 'Added',
  addressBook: 'Address book',
  after: 'After',
  agreed: 'Agreed',
  at: 'At',
  before: 'Before',
  changed: 'Changed',
  conflicts: 'Conflicts',
  contact: 'Contact',
  crm: 'CRM',
  deleted: 'Deleted',
  direction: 'Direction',
  field: 'Field',
  found: 'Found',
  group: 'Group',
  id: 'Id',
  joined: 'Joined',
  lastRun: 'Last run',
  letGo: 'Let go',
  match: 'Match',
  name: 'Name',
  next: 'Next',
  nextRun: 'Next run',
  paused: 'Paused',
  run: 'Run',
  side: 'Side',
  state: 'State',
  synced: 'Synced',
  took: 'Took',
  updated: 'Updated',
  visibility: 'Visibility',
  when: 'When',
  why: 'Why',
} as const;
