import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import {
  conflictOption,
  directionOption,
  groupOption,
  matchOption,
  visibilityOption,
} from './choices.ts';
import { dailyCommands } from './daily-commands.ts';
import { parseDuration } from './duration.ts';
import { command, parseMaxDelete, type CommonFlags, type Perform } from './grammar.ts';
import type { KeyPlace } from '../store/key-store.ts';
import type { AddAccountFlags } from './set-up/draft.ts';
import { helpCommands } from './help-commands.ts';
import type { LoginFlags } from './commands/login.ts';
import type { RemoveFlags } from './commands/remove-account.ts';
import { historyCommands } from './history-commands.ts';
import type { SandboxFlags } from './commands/sandbox.ts';
import type { StatusFlags } from './commands/status.ts';
import type { SyncFlags } from './commands/sync.ts';

/** The command line's grammar. What a command does is loaded when it is called. */
export function createProgram(version: string, perform: Perform): Command {
  const program = new Command('contactsync')
    .description(
      'Keeps the contacts of Google and Microsoft in step with Pipedrive, from your own machine.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true });
  setUpCommands(program, perform);
  keyCommands(program, perform);
  everyDayCommands(program, perform);
  dailyCommands(program, perform);
  historyCommands(program, perform);
  tryOutCommands(program, perform);
  helpCommands(program, perform);
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
    .addOption(groupOption())
    .addOption(directionOption())
    .addOption(visibilityOption())
    .addOption(conflictOption())
    .addOption(matchOption())
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

function keyCommands(program: Command, perform: Perform): void {
  const key = program
    .command('key')
    .helpGroup('Set up:')
    .description('the key that encrypts the stored sign-ins: where it lies, move it, change it');
  key.helpCommand(false);
  command(key, 'show')
    .description('say where the key lies, and whether it fits')
    .action((flags: CommonFlags) =>
      perform(flags, async (session) => (await import('./commands/key.ts')).showKey(session)),
    );
  command(key, 'move')
    .addArgument(new Argument('<place>').choices(['key-chain', 'file', 'environment']))
    .description('move the key to this computer’s key chain, a file, or CONTACTSYNC_KEY')
    .action((place: KeyPlace, flags: CommonFlags) =>
      perform(flags, async (session) =>
        (await import('./commands/key.ts')).moveKey(session, place),
      ),
    );
  command(key, 'rotate')
    .description('make a new key, and encrypt the sign-ins anew')
    .action((flags: CommonFlags) =>
      perform(flags, async (session) => (await import('./commands/key.ts')).rotateKey(session)),
    );
  command(key, 'reset')
    .description('give up sign-ins whose key is lost; accounts stay, each needs a new login')
    .action((flags: CommonFlags) =>
      perform(flags, async (session) => (await import('./commands/key.ts')).resetKey(session)),
    );
}

function everyDayCommands(program: Command, perform: Perform): void {
  const everyDay = (name: string): Command => command(program, name).helpGroup('Every day:');
  everyDay('sync')
    .argument('[account...]', 'names or ids; all accounts when left out')
    .description('bring both sides in step, or the CRM where an account is one-way')
    .option('--refresh', 'read both sides completely, and repair')
    .option('--dry-run', 'print the plan and write nothing anywhere')
    .option('--max-delete <n|n%>', 'let through so many deletions, at most', parseMaxDelete)
    .option('--watch', 'stay, and sync again and again until interrupted')
    .option('--interval <duration>', 'with --watch: so often, such as 5m', parseDuration)
    .option('--takeover', 'go on although another contactsync has been at work here')
    .action((accounts: string[], flags: CommonFlags & SyncFlags) =>
      perform(flags, async (session) =>
        flags.watch === true
          ? (await import('./watch/command.ts')).watchAccounts(session, accounts, flags)
          : (await import('./commands/sync.ts')).sync(session, accounts, flags),
      ),
    );
  everyDay('status')
    .description('the dashboard: what is synced, what was last done, what needs attention')
    .option('--watch', 'draw it again and again until interrupted')
    .action((flags: CommonFlags & StatusFlags) =>
      perform(flags, async (session) =>
        (await import('./commands/status.ts')).status(session, flags),
      ),
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
