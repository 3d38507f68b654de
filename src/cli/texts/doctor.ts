import { contacts, counted, listed, sizeOf } from './language.ts';

/* What doctor checks, what it finds, and the repair. A finding without a repair is a plain text. */

export const TITLES = {
  node: 'Node',
  settings: 'Settings',
  'file-modes': 'Folder',
  'oauth-apps': 'OAuth apps',
  disk: 'Disk',
  database: 'Database',
  key: 'Key',
  schedule: 'Schedule',
  backups: 'Backups',
  accounts: 'Accounts',
  provider: 'Address book',
  crm: 'CRM',
  'other-installations': 'Others',
} as const;

/** Where nothing is said by signs. */
export const STATUS = { pass: 'passed', warn: 'warning', fail: 'failed' } as const;
export const titleOf = (title: string, whose: string): string => `${title} of ${whose}`;
export const finding = (sign: string, title: string, message: string): string =>
  `${sign} ${title}: ${message}`;
export const summary = (problems: number, warnings: number): string =>
  `${counted(problems, 'problem', 'problems')}, ${counted(warnings, 'warning', 'warnings')}.`;

export const LATE: Found = {
  message: 'No answer in time.',
  repair: 'Check the network, then try again.',
};

/** What is not as it should be. */
export interface Found {
  readonly message: string;
  /** What to do about it. */
  readonly repair: string;
}

/* The machine. */

export const node = (version: string): string => `Node ${version}.`;
export const nodeTooOld = (version: string, least: string): Found => ({
  message: `Node ${version} is too old.`,
  repair: `Install Node ${least} or newer.`,
});
export const WINDOWS_RIGHTS = 'The folder’s rights are Windows’ own.';
export const YOURS_ALONE = 'Readable by you alone.';
export const othersMayRead = (files: readonly string[], home: string): Found => ({
  message: `Others may read ${listed(files)}.`,
  repair: `Take it back: chmod -R go-rwx '${home}'`,
});
export const free = (size: number): string => `${sizeOf(size)} free.`;
export const tooLittleFree = (size: number, needed: number, home: string): Found => ({
  message: `${sizeOf(size)} free; a run may need ${sizeOf(needed)}.`,
  repair: `Make room on the disk that holds ${home}.`,
});

/* What is kept. */

export const NO_BACKUPS = 'None yet; the first sync of an account writes one.';
export const backups = (count: number, size: number, days: number): string =>
  `${counted(count, 'backup', 'backups')}, ${sizeOf(size)}, the oldest ${counted(days, 'day', 'days')} old.`;
export const backupsRepair = (folder: string): string =>
  `They hold contacts as they once were. Delete what you need no more: ${folder}`;
export const sound = (schema: number): string => `Sound, schema ${schema}.`;
export const damaged = (faults: readonly string[], repair: string): Found => ({
  message: `Damaged: ${faults.join('; ')}.`,
  repair,
});
export const NO_KEY = 'None yet; the first sign-in makes one.';
export const key = (place: string, signIns: number): string =>
  `In ${place}; it opens ${counted(signIns, 'sign-in', 'sign-ins')}. To change it: contactsync key`;
export const ofAccount = (account: string, message: string): string => `${account}: ${message}`;
export const accountsWell = (count: number): string =>
  `${counted(count, 'account', 'accounts')}; nothing needs attention.`;

/* The settings. */

export const UNDERSTOOD = 'The environment and the preferences are understood.';
export const leadsTo = (variable: string, url: string): string => `${variable} leads to ${url}.`;
export const namesProxy = (variable: string): string => `${variable} names a proxy.`;
export const NO_BUDGET: Found = {
  message: 'CONTACTSYNC_LIMITS=none keeps no budget.',
  repair: 'Leave it out but for the sandbox.',
};

/* The schedule. */

export const NOTHING_SCHEDULED = 'Nothing is scheduled.';
export const TAKEN_OUT = 'The scheduled run has been taken out from outside.';
export const every = (words: string): string => `Every ${words}.`;
export const cannotStart = (gone: readonly string[]): string =>
  `The scheduled run cannot start: ${listed(gone)} is gone.`;

/* The sign-ins, and what is behind them. */

export const letsIn = (vendor: string, who: string): string => `${vendor} lets ${who} in.`;
export const userOf = (user: string, company: string): string => `${user} of ${company}`;
export const notAllAllowed = (vendor: string): string => `${vendor} was not allowed all it takes.`;
export const letsNobodyIn = (vendor: string): string =>
  `${vendor} lets nobody in with the stored sign-in.`;
export const signInAgain = (login: string): string => `Sign in again: contactsync login ${login}`;

export const RIGHTS = 'Your Pipedrive user has the rights it takes.';
export const ADD_PEOPLE = 'add people';
export const ADD_ORGANIZATIONS = 'add organizations';
export const rightsMissing = (rights: readonly string[]): Found => ({
  message: `Your Pipedrive user may not ${listed(rights)}.`,
  repair: 'Ask your Pipedrive administrator for the right.',
});
export const fieldsMissing = (fields: readonly string[]): Found => ({
  message: `Pipedrive has no field for ${listed(fields)}; they stay in the address book.`,
  repair:
    'Ask your Pipedrive administrator for the right to add custom fields, then: contactsync sync --refresh',
});
export const ownContactSync = (email: string): Found => ({
  message:
    'Pipedrive’s own contact sync is, or was, set up in this company. On the same address book the two would get into each other’s way.',
  repair: `Look in Pipedrive under Personal preferences › Contact sync, and end it for ${email}.`,
});
export const ALONE = 'No other contactsync is at work on this account.';
export const otherAtWork = (count: number, latest: string): Found => ({
  message: `Another contactsync has made ${contacts(count)} here, the last one ${latest}.`,
  repair: 'Let one of the two go: contactsync remove-account, there or here.',
});

export const clockAgrees = (vendor: string): string => `The clock agrees with ${vendor}’s.`;
export const clockOff = (vendor: string, minutes: number, behind: boolean): Found => ({
  message: `This machine’s clock is ${counted(minutes, 'minute', 'minutes')} ${behind ? 'behind' : 'ahead of'} ${vendor}’s.`,
  repair: 'Set it, best by the network (NTP).',
});

const HOW = 'docs/oauth-apps.md says how to make one.';
export const halfAnApp = (variable: string): Found => ({
  message: `${variable} is not set, but the other half of the app is.`,
  repair: HOW,
});
export const NO_APP: Found = {
  message: 'No OAuth app of yours is set, which it takes to sign in to an address book.',
  repair: HOW,
};
export const appRefused = (vendor: string, why: string): Found => ({
  message: `${vendor} does not take your OAuth app: ${why}`,
  repair: HOW,
});
export const appKnown = (vendor: string): string => `${vendor} knows your OAuth app.`;
export const callbackFree = (port: number): string =>
  `Pipedrive’s callback is free: http://127.0.0.1:${port}/callback`;

/** Why a vendor was not reached, and the repair. */
export const UNREACHED = {
  name: {
    message: 'its name is not found (DNS)',
    repair: 'Check the network and its name server.',
  },
  certificate: {
    message: 'its certificate is not trusted (TLS)',
    repair:
      'Where a company’s proxy looks into the traffic, name its certificate in NODE_EXTRA_CA_CERTS.',
  },
  refused: {
    message: 'nobody answers there',
    repair: 'Check the address, a firewall, and HTTPS_PROXY.',
  },
} as const satisfies Readonly<Record<string, Found>>;
export const cannotReach = (vendor: string, { message, repair }: Found): Found => ({
  message: `${vendor} cannot be reached: ${message}.`,
  repair,
});
