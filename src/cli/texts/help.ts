/** What something is called or how it is typed, and what that is. */
export type Term = readonly [name: string, what: string];

export const EXAMPLES_TITLE = 'Examples:';

/** By the command's name: what people most often want of it, first. */
export const EXAMPLES: Readonly<Record<string, readonly Term[]>> = {
  contactsync: [
    ['contactsync sandbox', 'try everything without an account'],
    ['contactsync add-account', 'connect an address book to the CRM'],
    ['contactsync sync --dry-run', 'see what a sync would do'],
    ['contactsync sync', 'do it'],
    ['contactsync schedule install', 'have it done by itself'],
    ['contactsync status', 'the dashboard'],
  ],
  'add-account': [
    ['contactsync add-account', 'step by step'],
    ['contactsync add-account --email ann@example.com --group Clients', 'some of it answered'],
  ],
  accounts: [['contactsync accounts', 'all of them, with their settings']],
  'edit-account': [
    ['contactsync edit-account ann@example.com', 'step by step'],
    ['contactsync edit-account ann@example.com --group Clients', 'these contacts only'],
    ['contactsync edit-account ann@example.com --pause', 'pass it over for now'],
  ],
  login: [
    ['contactsync login ann@example.com', 'whichever sign-in does not work any more'],
    ['contactsync login ann@example.com --crm', 'to the CRM'],
  ],
  'remove-account': [['contactsync remove-account ann@example.com', 'contacts stay as they are']],
  completion: [
    ['source <(contactsync completion bash)', 'in ~/.bashrc'],
    ['source <(contactsync completion zsh)', 'in ~/.zshrc'],
    ['contactsync completion fish > ~/.config/fish/completions/contactsync.fish', ''],
  ],
  key: [
    ['contactsync key show', 'where it lies, and whether it fits'],
    ['contactsync key move file', 'out of the key chain, for a server'],
  ],
  sync: [
    ['contactsync sync', 'all accounts'],
    ['contactsync sync ann@example.com --dry-run', 'what it would do; writes nothing'],
    ['contactsync sync --watch', 'again and again, until Ctrl-C'],
    ['contactsync sync --refresh', 'read everything anew, and repair'],
  ],
  status: [
    ['contactsync status', 'the dashboard'],
    ['contactsync status --watch', 'drawn again and again'],
    ['contactsync status --json', 'for programs'],
  ],
  history: [
    ['contactsync history', 'the runs, newest first'],
    ['contactsync history --run 1a2b', 'what that run changed, field by field'],
  ],
  conflicts: [['contactsync conflicts', 'what waits for your decision, and how to decide']],
  explain: [['contactsync explain "Ann Lee"', 'why she looks the way she does']],
  undo: [['contactsync undo 1a2b --dry-run', 'what taking that run back would do']],
  verify: [['contactsync verify', 'are both sides in step? Writes nothing']],
  export: [
    ['contactsync export --output contacts.vcf', 'everybody who is synced, as vCard'],
    ['contactsync export ann@example.com --format json', 'to standard output'],
  ],
  schedule: [
    ['contactsync schedule install', 'every 15 minutes'],
    ['contactsync schedule status', 'when it runs next'],
    ['contactsync schedule remove', 'nothing is left of it'],
  ],
  'schedule install': [
    ['contactsync schedule install --print', 'see what it takes; touches nothing'],
    ['contactsync schedule install --every 1h', 'shows, asks, installs'],
  ],
  doctor: [
    ['contactsync doctor', 'what is wrong, and how to mend it'],
    ['contactsync doctor --quiet', 'only what is wrong'],
  ],
  sandbox: [
    ['contactsync sandbox', 'with made-up contacts'],
    ['contactsync sandbox --contacts my-contacts.vcf', 'with an address book of your own'],
  ],
};

/** A page of help that is about no single command. */
export interface Topic {
  readonly title: string;
  readonly terms: readonly Term[];
  readonly note: string;
}

const EXIT_CODES: Topic = {
  title: 'Exit status',
  terms: [
    ['  0', 'done; for sync: every account is in step, or nothing had to be done'],
    ['  1', 'failed; the message says what, and what to do'],
    ['  2', 'wrong usage, or an answer was needed and there is no terminal'],
    ['  3', 'partly done: contacts were set aside, or the daily budget is used up'],
    ['  4', 'sign in again: the message names the command'],
    ['  5', 'stopped by the deletion guard; nothing was deleted'],
    [' 75', 'another run is at work'],
    ['130', 'interrupted (Ctrl-C); the next run goes on'],
    ['143', 'ended by SIGTERM; the next run goes on'],
  ],
  note: 'With several accounts it is the first of 130, 143, 1, 4, 5, 3, 0 that any account gave.',
};

const ENVIRONMENT: Topic = {
  title: 'Environment',
  terms: [
    ['CONTACTSYNC_HOME', 'the folder for everything that is kept'],
    ['CONTACTSYNC_KEY', '32 bytes in base64: the key to the stored sign-ins'],
    ['CONTACTSYNC_KEY_CHAIN', 'off: the key lies in a file, not in the key chain'],
    ['CONTACTSYNC_PIPEDRIVE_TOKEN', 'the CRM’s personal API token, for add-account and login'],
    ['CONTACTSYNC_GOOGLE_CLIENT_ID', 'your OAuth client at Google'],
    ['CONTACTSYNC_GOOGLE_CLIENT_SECRET', ''],
    ['CONTACTSYNC_MICROSOFT_CLIENT_ID', 'your app at Microsoft'],
    ['CONTACTSYNC_PIPEDRIVE_CLIENT_ID', 'your app at Pipedrive'],
    ['CONTACTSYNC_PIPEDRIVE_CLIENT_SECRET', ''],
    ['CONTACTSYNC_PIPEDRIVE_REDIRECT_PORT', 'the port that is registered with it; 53683'],
    ['CONTACTSYNC_LIMITS', 'documented, or a JSON file with your own figures'],
    ['CONTACTSYNC_VISIBILITY_DELAY', 'seconds until a write shows in the vendors’ lists'],
    ['CONTACTSYNC_ACCESSIBLE', 'not empty: no motion, numbered choices, tables as lines'],
    ['CONTACTSYNC_GOOGLE_URL', 'other addresses, such as the sandbox’s'],
    ['CONTACTSYNC_GOOGLE_AUTH_URL', ''],
    ['CONTACTSYNC_MICROSOFT_URL', ''],
    ['CONTACTSYNC_MICROSOFT_AUTH_URL', ''],
    ['CONTACTSYNC_PIPEDRIVE_URL', ''],
    ['CONTACTSYNC_PIPEDRIVE_AUTH_URL', ''],
    ['HTTPS_PROXY, NO_PROXY', 'a proxy, and what goes without it'],
    ['NO_COLOR, FORCE_COLOR', 'no colour; colour also where there is no terminal'],
  ],
  note: 'A flag goes before the environment, and the environment before the preferences.',
};

export const TOPICS: Readonly<Record<string, Topic>> = {
  'exit-codes': EXIT_CODES,
  environment: ENVIRONMENT,
};
