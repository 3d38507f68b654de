import { Option, type Command } from 'commander';
import {
  conflictOption,
  directionOption,
  groupOption,
  matchOption,
  visibilityOption,
} from './choices.ts';
import type { ExportFlags } from './commands/export.ts';
import type { EditFlags } from './edit/changes.ts';
import type { ScheduleFlags } from './commands/schedule.ts';
import { parseDuration } from './duration.ts';
import { command, type CommonFlags, type Perform } from './grammar.ts';

/** The grammar of the commands that keep contactsync running, changed and well. */
export function dailyCommands(program: Command, perform: Perform): void {
  editing(program, perform);
  exporting(program, perform);
  scheduling(program, perform);
  command(program, 'doctor')
    .helpGroup('Repair:')
    .description('check everything that a sync needs, and say how to mend what is wrong')
    .action((flags: CommonFlags) =>
      perform(flags, async (session) => (await import('./commands/doctor.ts')).doctor(session)),
    );
}

function editing(program: Command, perform: Perform): void {
  command(program, 'edit-account')
    .helpGroup('Set up:')
    .argument('<account>', 'its name or id')
    .description('change its settings; shows in numbers what that does before it does it')
    .addOption(groupOption())
    .addOption(directionOption())
    .addOption(visibilityOption())
    .addOption(conflictOption())
    .addOption(matchOption())
    .option('--name <name>', 'call it so')
    .option('--pause', 'pass it over from now on')
    .option('--resume', 'sync it again')
    .option('--no-browser', 'print the sign-in address instead of opening it')
    .action((account: string, flags: CommonFlags & EditFlags) =>
      perform(flags, async (session) =>
        (await import('./commands/edit-account.ts')).editAccount(session, account, flags),
      ),
    );
}

function exporting(program: Command, perform: Perform): void {
  command(program, 'export')
    .helpGroup('Every day:')
    .argument('[account]', 'its name or id; all accounts when left out')
    .description('write the synced contacts as vCard 4.0 or JSON')
    .addOption(
      new Option('--format <format>', 'vcard when left out').choices(['vcard', 'json'] as const),
    )
    .option('--output <file>', 'into this file, for you alone; asks before it replaces one')
    .action((account: string | undefined, flags: CommonFlags & ExportFlags) =>
      perform(flags, async (session) =>
        (await import('./commands/export.ts')).exportContacts(session, account, flags),
      ),
    );
}

function scheduling(program: Command, perform: Perform): void {
  const schedule = program
    .command('schedule')
    .helpGroup('Every day:')
    .description('have sync run by itself: install, status, remove')
    .helpCommand(false);
  const load = () => import('./commands/schedule.ts');
  command(schedule, 'install')
    .description('show what it takes on this platform, ask, and install it')
    .option('--every <duration>', 'so often; every 15 minutes when left out', parseDuration)
    .option('--print', 'show it, and touch nothing')
    .action((flags: CommonFlags & ScheduleFlags) =>
      perform(flags, async (session) => (await load()).installSchedule(session, flags)),
    );
  command(schedule, 'status')
    .description('whether it is installed, when it runs next, and whether it still can')
    .action((flags: CommonFlags) =>
      perform(flags, async (session) => (await load()).showSchedule(session)),
    );
  command(schedule, 'remove')
    .description('take it out; nothing of it is left')
    .action((flags: CommonFlags) =>
      perform(flags, async (session) => (await load()).removeSchedule(session)),
    );
}
