/*
 * What `--help` says of commands, arguments and flags. commander puts a blank line and columns
 * around it; a description begins in lower case and ends without a full stop.
 */

export const PROGRAM =
  'Keeps the contacts of Google and Microsoft in step with Pipedrive, from your own machine.';

/** The groups in which help lists things. */
export const GROUP = {
  setUp: 'Set up:',
  everyDay: 'Every day:',
  repair: 'Repair:',
  tryIt: 'Try it:',
  help: 'Help:',
  options: 'Options:',
} as const;

/** Of each command, by the words that are typed. */
export const ABOUT = {
  'add-account': 'connect an address book to the CRM, step by step',
  accounts: 'list the accounts and their settings',
  login: 'sign in again; settings and synced contacts stay',
  'remove-account': 'forget an account; contacts stay as they are on both sides',
  'edit-account': 'change its settings; shows in numbers what that does before it does it',
  key: 'the key that encrypts the stored sign-ins: where it lies, move it, change it',
  'key show': 'say where the key lies, and whether it fits',
  'key move': 'move the key to this computer’s key chain, a file, or CONTACTSYNC_KEY',
  'key rotate': 'make a new key, and encrypt the sign-ins anew',
  'key reset': 'give up sign-ins whose key is lost; accounts stay, each needs a new login',
  sync: 'bring both sides in step, or the CRM where an account is one-way',
  status: 'the dashboard: what is synced, what was last done, what needs attention',
  export: 'write the synced contacts as vCard 4.0 or JSON',
  schedule: 'have sync run by itself: install, status, remove',
  'schedule install': 'show what it takes on this platform, ask, and install it',
  'schedule status': 'whether it is installed, when it runs next, and whether it still can',
  'schedule remove': 'take it out; nothing of it is left',
  history: 'the runs, newest first; with --run what one of them changed, field by field',
  conflicts: 'what both sides changed differently, and what else is yours to decide',
  explain: 'why a contact looks the way it does, and what the next run will do',
  undo: 'put back what a run changed, on both sides; shows it first',
  verify: 'read both sides completely and say whether they are in step; writes nothing',
  forget: 'erase what is kept of a contact, for good; both sides keep it as it is',
  doctor: 'check everything that a sync needs, and say how to mend what is wrong',
  sandbox: 'serve a local Google, Microsoft and Pipedrive with example contacts',
  completion: 'print what a shell needs to complete commands, flags and names',
  help: 'print help for a command or a topic',
} as const;

export const ARGUMENT = {
  account: 'its name or id',
  accountOrAll: 'its name or id; all accounts when left out',
  accountsOrAll: 'names or ids; all accounts when left out',
  contact: 'its name, an e-mail address, or its id on either side',
  run: 'the start of its id is enough; history lists them',
  commandOrTopic: (topics: readonly string[]) => `a command, or ${topics.join(', ')}`,
} as const;

/** Flags that every command takes. */
export const COMMON = {
  json: 'one JSON document on standard output',
  yes: 'answer every question with yes, or the default',
  quiet: 'say only what went wrong',
  verbose: 'say more: every contact, every request, where an error came from',
  accessible: 'no motion, numbered choices, tables as lines',
  noColor: 'no colour; so does NO_COLOR',
  version: 'print the version',
  help: 'print this help',
} as const;

export const FLAG = {
  account: 'in this account',
  contactOfRun: 'only this one: its name, e-mail address or id',
  contacts: 'an address book of your own, exported as vCard',
  count: 'so many made-up contacts',
  crm: 'the CRM',
  crmAuth: 'how to sign in to the CRM',
  crmTokenStdin: 'read the CRM’s personal token from standard input',
  deleteBackups: 'delete its backups too',
  direction: 'one-way: from the address book to the CRM',
  dryRun: 'print the plan and write nothing anywhere',
  dryRunOfUndo: 'show what it would do and write nothing',
  email: 'e-mail address of the account',
  every: 'so often; every 15 minutes when left out',
  format: 'vcard when left out',
  group: 'the group of contacts to sync; all for every contact',
  interval: 'with --watch: so often, such as 5m',
  keepBackups: 'keep its backups',
  loginCrm: 'to the CRM',
  loginProvider: 'to the address book',
  match: 'join people who are there already',
  maxDelete: 'let through so many deletions, at most',
  name: 'call it so',
  noBrowser: 'print the sign-in address instead of opening it',
  noStart: 'save only',
  onConflict: 'whose value wins where both sides change one field',
  output: 'into this file, for you alone; asks before it replaces one',
  pause: 'pass it over from now on',
  plan: 'of the CRM',
  port: 'the port; 0 or left out: any free one',
  print: 'show it, and touch nothing',
  provider: 'whose account it is',
  refresh: 'read both sides completely, and repair',
  resume: 'sync it again',
  run: 'the start of its id is enough',
  seed: 'the same seed makes the same contacts',
  settle: 'decide this one',
  start: 'start the first sync without asking',
  take: 'provider, crm or keep; the list names what else it may be',
  takeover: 'go on although another contactsync has been at work here',
  visibility: 'who may see the people it creates',
  watchStatus: 'draw it again and again until interrupted',
  watchSync: 'stay, and sync again and again until interrupted',
} as const;

/** What is wrong with a flag's value; commander says of which. */
export const WRONG = {
  duration: 'It must be such as 90s, 15m, 2h or 1d.',
  durationRange: 'It must be between 10s and 7d.',
  maxDelete: 'It must be a number such as 20, or a share such as 30%.',
  port: (last: number) => `The last port is ${last}.`,
  whole: 'It must be a whole number.',
} as const;
