import { Command, InvalidArgumentError, Option } from 'commander';
import type { MaxDelete } from '../sync/account.ts';
import type { AddAccountFlags } from './set-up/draft.ts';
import type { LoginFlags } from './commands/login.ts';
import type { RemoveFlags } from './commands/remove-account.ts';
import type { SandboxFlags } from './commands/sandbox.ts';
import type { SyncFlags } from './commands/sync.ts';
import type { ExitStatus } from './exit-codes.ts';
import type { Session } from './session.ts';

/** Flags that every command takes. */
export interface CommonFlags {
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly accessible?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  /** commander's form of --no-color */
  readonly color?: boolean;
}

/** Opens a session for a command that was understood, and runs it. */
export type Perform = (
  flags: CommonFlags,
  work: (session: Session) => Promise<ExitStatus>,
) => Promise<void>;

/** The command line's grammar. What a command does is loaded when it is called. */
export function createProgram(version: string, perform: Perform): Command {
  const program = new Command('contactsync')
    .description(
      'Keeps the contacts of Google and Microsoft in step with Pipedrive, from your own machine.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print help for a command')
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true });
  program.addHelpText(
    'beforeAll',
    [
      'Examples:',
      '  contactsync sandbox                 try everything without an account',
      '  contactsync add-account             connect an address book to the CRM',
      '  contactsync sync --dry-run          see what a sync would do',
      '  contactsync sync                    do it',
      '  contactsync status                  the dashboard',
      '',
    ].join('\n'),
  );
  setUpCommands(program, perform);
  everyDayCommands(program, perform);
  tryOutCommands(program, perform);
  return program;
}

function setUpCommands(program: Command, perform: Perform): void {
  const setUp = (name: string): Command => command(program, name).helpGroup('Set up:');
  setUp('add-account')
    .description('connect an address book to the CRM, step by step')
    .option('--email <address>', 'e-mail address of the account')
    .addOption(
      new Option('--provider <name>', 'whose account it is').choices(['google', 'microsoft']),
    )
    .addOption(new Option('--crm <name>', 'the CRM').choices(['pipedrive']))
    .addOption(
      new Option('--crm-auth <how>', 'how to sign in to the CRM').choices(['token', 'oauth']),
    )
    .option('--crm-token-stdin', 'read the CRM’s personal token from standard input')
    .option('--group <name-or-id>', 'the group of contacts to sync; all for every contact')
    .addOption(
      new Option('--direction <direction>', 'one-way: from the address book to the CRM').choices([
        'one-way',
        'two-way',
      ]),
    )
    .addOption(
      new Option('--visibility <level>', 'who may see the people it creates').choices([
        'owner',
        'owner-followers',
        'owner-group',
        'owner-group-and-sub',
        'company',
      ]),
    )
    .addOption(
      new Option('--on-conflict <rule>', 'whose value wins').choices([
        'newest',
        'provider',
        'crm',
        'ask',
      ]),
    )
    .addOption(
      new Option('--match <rule>', 'join people who are there already').choices(['none', 'email']),
    )
    .option('--no-browser', 'print the sign-in address instead of opening it')
    .option('--start', 'start the first sync without asking')
    .option('--no-start', 'save only')
    .action((flags: CommonFlags & AddAccountFlags) =>
      perform(flags, async (session) =>
        (await import('./commands/add-account.ts')).addAccount(session, flags),
      ),
    );
  setUp('accounts')
    .description('list the accounts and their settings')
    .action((flags: CommonFlags) =>
      perform(flags, async (session) => (await import('./commands/accounts.ts')).accounts(session)),
    );
  setUp('login')
    .argument('<account>', 'its name or id')
    .description('sign in again; settings and synced contacts stay')
    .option('--provider', 'to the address book')
    .option('--crm', 'to the CRM')
    .option('--crm-token-stdin', 'read the CRM’s personal token from standard input')
    .option('--no-browser', 'print the sign-in address instead of opening it')
    .action((account: string, flags: CommonFlags & LoginFlags) =>
      perform(flags, async (session) =>
        (await import('./commands/login.ts')).login(session, account, flags),
      ),
    );
  setUp('remove-account')
    .argument('<account>', 'its name or id')
    .description('forget an account; contacts stay as they are on both sides')
    .option('--delete-backups', 'delete its backups too')
    .option('--no-delete-backups', 'keep its backups')
    .action((account: string, flags: CommonFlags & RemoveFlags) =>
      perform(flags, async (session) =>
        (await import('./commands/remove-account.ts')).removeAccount(session, account, flags),
      ),
    );
}

function everyDayCommands(program: Command, perform: Perform): void {
  const everyDay = (name: string): Command => command(program, name).helpGroup('Every day:');
  everyDay('sync')
    .argument('[account...]', 'names or ids; all accounts when left out')
    .description('bring the CRM in step')
    .option('--refresh', 'read both sides completely, and repair')
    .option('--dry-run', 'print the plan and write nothing anywhere')
    .option('--max-delete <n|n%>', 'let through so many deletions, at most', parseMaxDelete)
    .action((accounts: string[], flags: CommonFlags & SyncFlags) =>
      perform(flags, async (session) =>
        (await import('./commands/sync.ts')).sync(session, accounts, flags),
      ),
    );
  everyDay('status')
    .description('the dashboard: what is synced, what was last done, what needs attention')
    .action((flags: CommonFlags) =>
      perform(flags, async (session) => (await import('./commands/status.ts')).status(session)),
    );
}

function tryOutCommands(program: Command, perform: Perform): void {
  command(program, 'sandbox')
    .helpGroup('Try it:')
    .description('serve a local Google, Microsoft and Pipedrive with example contacts')
    .option('--port <n>', 'the port; 0 or left out: any free one', parsePort)
    .option('--contacts <file>', 'an address book of your own, exported as vCard')
    .option('--count <n>', 'so many made-up contacts', parseWhole)
    .option('--seed <n>', 'the same seed makes the same contacts', parseWhole)
    .addOption(new Option('--plan <plan>', 'of the CRM').choices(['essential', 'professional']))
    .action((flags: CommonFlags & SandboxFlags) =>
      perform(flags, async (session) =>
        (await import('./commands/sandbox.ts')).sandbox(session, flags),
      ),
    );
}

function command(program: Command, name: string): Command {
  return program
    .command(name)
    .optionsGroup('Options:')
    .option('--json', 'one JSON document on standard output')
    .option('--yes', 'answer every question with yes, or the default')
    .option('--quiet', 'say only what went wrong')
    .option('--verbose', 'say more: every contact, every request, where an error came from')
    .option('--accessible', 'no motion, numbered choices, tables as lines')
    .option('--no-color', 'no colour; so does NO_COLOR');
}

function parseWhole(text: string): number {
  if (!/^\d{1,9}$/u.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

const LAST_PORT = 65_535;

function parsePort(text: string): number {
  const port = parseWhole(text);
  if (port > LAST_PORT) throw new InvalidArgumentError(`The last port is ${LAST_PORT}.`);
  return port;
}

function parseMaxDelete(text: string): MaxDelete {
  const match = /^(\d{1,9})(%?)$/u.exec(text);
  const number = Number(match?.[1]);
  if (match === null)
    throw new InvalidArgumentError('It must be a number such as 20, or a share such as 30%.');
  return match[2] === '%' ? { kind: 'percent', percent: number } : { kind: 'count', count: number };
}
