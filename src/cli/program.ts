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
import { ABOUT, ARGUMENT, COMMON, FLAG, GROUP, PROGRAM, WRONG } from './texts/grammar.ts';

/** So narrow a column of descriptions is still broken between words. */
const LEAST_HELP_WIDTH = 15;

/** The command line's grammar. What a command does is loaded when it is called. */
export function createProgram(version: string, perform: Perform): Command {
  const program = new Command('contactsync')
    .description(PROGRAM)
    .version(version, '-V, --version', COMMON.version)
    .helpOption('-h, --help', COMMON.help)
    .helpCommand(false)
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true, minWidthToWrap: LEAST_HELP_WIDTH });
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
  const setUp = (name: string): Command => command(program, name).helpGroup(GROUP.setUp);
  setUp('add-account')
    .description(ABOUT['add-account'])
    .option('--email <address>', FLAG.email)
    .addOption(new Option('--provider <name>', FLAG.provider).choices(['google', 'microsoft']))
    .addOption(new Option('--crm <name>', FLAG.crm).choices(['pipedrive']))
    .addOption(new Option('--crm-auth <how>', FLAG.crmAuth).choices(['token', 'oauth']))
    .option('--crm-token-stdin', FLAG.crmTokenStdin)
    .addOption(groupOption())
    .addOption(directionOption())
    .addOption(visibilityOption())
    .addOption(conflictOption())
    .addOption(matchOption())
    .option('--no-browser', FLAG.noBrowser)
    .option('--start', FLAG.start)
    .option('--no-start', FLAG.noStart)
    .action((flags: CommonFlags & AddAccountFlags) =>
      perform(flags, async (session) =>
        (await import('./commands/add-account.ts')).addAccount(session, flags),
      ),
    );
  setUp('accounts')
    .description(ABOUT.accounts)
    .action((flags: CommonFlags) =>
      perform(flags, async (session) => (await import('./commands/accounts.ts')).accounts(session)),
    );
  setUp('login')
    .argument('<account>', ARGUMENT.account)
    .description(ABOUT.login)
    .option('--provider', FLAG.loginProvider)
    .option('--crm', FLAG.loginCrm)
    .option('--crm-token-stdin', FLAG.crmTokenStdin)
    .option('--no-browser', FLAG.noBrowser)
    .action((account: string, flags: CommonFlags & LoginFlags) =>
      perform(flags, async (session) =>
        (await import('./commands/login.ts')).login(session, account, flags),
      ),
    );
  setUp('remove-account')
    .argument('<account>', ARGUMENT.account)
    .description(ABOUT['remove-account'])
    .option('--delete-backups', FLAG.deleteBackups)
    .option('--no-delete-backups', FLAG.keepBackups)
    .action((account: string, flags: CommonFlags & RemoveFlags) =>
      perform(flags, async (session) =>
        (await import('./commands/remove-account.ts')).removeAccount(session, account, flags),
      ),
    );
}

function keyCommands(program: Command, perform: Perform): void {
  const key = program.command('key').helpGroup(GROUP.setUp).description(ABOUT.key);
  key.helpCommand(false);
  command(key, 'show')
    .description(ABOUT['key show'])
    .action((flags: CommonFlags) =>
      perform(flags, async (session) => (await import('./commands/key.ts')).showKey(session)),
    );
  command(key, 'move')
    .addArgument(new Argument('<place>').choices(['key-chain', 'file', 'environment']))
    .description(ABOUT['key move'])
    .action((place: KeyPlace, flags: CommonFlags) =>
      perform(flags, async (session) =>
        (await import('./commands/key.ts')).moveKey(session, place),
      ),
    );
  command(key, 'rotate')
    .description(ABOUT['key rotate'])
    .action((flags: CommonFlags) =>
      perform(flags, async (session) => (await import('./commands/key.ts')).rotateKey(session)),
    );
  command(key, 'reset')
    .description(ABOUT['key reset'])
    .action((flags: CommonFlags) =>
      perform(flags, async (session) => (await import('./commands/key.ts')).resetKey(session)),
    );
}

function everyDayCommands(program: Command, perform: Perform): void {
  const everyDay = (name: string): Command => command(program, name).helpGroup(GROUP.everyDay);
  everyDay('sync')
    .argument('[account...]', ARGUMENT.accountsOrAll)
    .description(ABOUT.sync)
    .option('--refresh', FLAG.refresh)
    .option('--dry-run', FLAG.dryRun)
    .option('--max-delete <n|n%>', FLAG.maxDelete, parseMaxDelete)
    .option('--watch', FLAG.watchSync)
    .option('--interval <duration>', FLAG.interval, parseDuration)
    .option('--takeover', FLAG.takeover)
    .action((accounts: string[], flags: CommonFlags & SyncFlags) =>
      perform(flags, async (session) =>
        flags.watch === true
          ? (await import('./watch/command.ts')).watchAccounts(session, accounts, flags)
          : (await import('./commands/sync.ts')).sync(session, accounts, flags),
      ),
    );
  everyDay('status')
    .description(ABOUT.status)
    .option('--watch', FLAG.watchStatus)
    .action((flags: CommonFlags & StatusFlags) =>
      perform(flags, async (session) =>
        (await import('./commands/status.ts')).status(session, flags),
      ),
    );
}

function tryOutCommands(program: Command, perform: Perform): void {
  command(program, 'sandbox')
    .helpGroup(GROUP.tryIt)
    .description(ABOUT.sandbox)
    .option('--port <n>', FLAG.port, parsePort)
    .option('--contacts <file>', FLAG.contacts)
    .option('--count <n>', FLAG.count, parseWhole)
    .option('--seed <n>', FLAG.seed, parseWhole)
    .addOption(new Option('--plan <plan>', FLAG.plan).choices(['essential', 'professional']))
    .action((flags: CommonFlags & SandboxFlags) =>
      perform(flags, async (session) =>
        (await import('./commands/sandbox.ts')).sandbox(session, flags),
      ),
    );
}

function parseWhole(text: string): number {
  if (!/^\d{1,9}$/u.test(text)) throw new InvalidArgumentError(WRONG.whole);
  return Number(text);
}

const LAST_PORT = 65_535;

function parsePort(text: string): number {
  const port = parseWhole(text);
  if (port > LAST_PORT) throw new InvalidArgumentError(WRONG.port(LAST_PORT));
  return port;
}
