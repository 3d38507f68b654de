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
import { ABOUT, ARGUMENT, FLAG, GROUP } from './texts/grammar.ts';

/** The grammar of the commands that keep contactsync running, changed and well. */
export function dailyCommands(program: Command, perform: Perform): void {
  editing(program, perform);
  exporting(program, perform);
  scheduling(program, perform);
  command(program, 'doctor')
    .helpGroup(GROUP.repair)
    .description(ABOUT.doctor)
    .action((flags: CommonFlags) =>
      perform(flags, async (session) => (await import('./commands/doctor.ts')).doctor(session)),
    );
}

function editing(program: Command, perform: Perform): void {
  command(program, 'edit-account')
    .helpGroup(GROUP.setUp)
    .argument('<account>', ARGUMENT.account)
    .description(ABOUT['edit-account'])
    .addOption(groupOption())
    .addOption(directionOption())
    .addOption(visibilityOption())
    .addOption(conflictOption())
    .addOption(matchOption())
    .option('--name <name>', FLAG.name)
    .option('--pause', FLAG.pause)
    .option('--resume', FLAG.resume)
    .option('--no-browser', FLAG.noBrowser)
    .action((account: string, flags: CommonFlags & EditFlags) =>
      perform(flags, async (session) =>
        (await import('./commands/edit-account.ts')).editAccount(session, account, flags),
      ),
    );
}

function exporting(program: Command, perform: Perform): void {
  command(program, 'export')
    .helpGroup(GROUP.everyDay)
    .argument('[account]', ARGUMENT.accountOrAll)
    .description(ABOUT.export)
    .addOption(new Option('--format <format>', FLAG.format).choices(['vcard', 'json'] as const))
    .option('--output <file>', FLAG.output)
    .action((account: string | undefined, flags: CommonFlags & ExportFlags) =>
      perform(flags, async (session) =>
        (await import('./commands/export.ts')).exportContacts(session, account, flags),
      ),
    );
}

function scheduling(program: Command, perform: Perform): void {
  const schedule = program
    .command('schedule')
    .helpGroup(GROUP.everyDay)
    .description(ABOUT.schedule)
    .helpCommand(false);
  const load = () => import('./commands/schedule.ts');
  command(schedule, 'install')
    .description(ABOUT['schedule install'])
    .option('--every <duration>', FLAG.every, parseDuration)
    .option('--print', FLAG.print)
    .action((flags: CommonFlags & ScheduleFlags) =>
      perform(flags, async (session) => (await load()).installSchedule(session, flags)),
    );
  command(schedule, 'status')
    .description(ABOUT['schedule status'])
    .action((flags: CommonFlags) =>
      perform(flags, async (session) => (await load()).showSchedule(session)),
    );
  command(schedule, 'remove')
    .description(ABOUT['schedule remove'])
    .action((flags: CommonFlags) =>
      perform(flags, async (session) => (await load()).removeSchedule(session)),
    );
}
