import type { Command } from 'commander';
import type { ConflictsFlags } from './commands/conflicts.ts';
import type { ExplainFlags } from './commands/explain.ts';
import type { ForgetFlags } from './commands/forget.ts';
import type { HistoryFlags } from './commands/history.ts';
import type { UndoFlags } from './commands/undo.ts';
import { command, parseMaxDelete, type CommonFlags, type Perform } from './grammar.ts';
import { ABOUT, ARGUMENT, FLAG, GROUP } from './texts/grammar.ts';

/** The grammar of the commands that look back, decide and repair. */
export function historyCommands(program: Command, perform: Perform): void {
  lookingBack(program, perform);
  repairing(program, perform);
}

function lookingBack(program: Command, perform: Perform): void {
  const everyDay = (name: string): Command => command(program, name).helpGroup(GROUP.everyDay);
  everyDay('history')
    .argument('[account]', ARGUMENT.accountOrAll)
    .description(ABOUT.history)
    .option('--run <id>', FLAG.run)
    .action((account: string | undefined, flags: CommonFlags & HistoryFlags) =>
      perform(flags, async (session) =>
        (await import('./commands/history.ts')).history(session, account, flags),
      ),
    );
  everyDay('conflicts')
    .argument('[account]', ARGUMENT.accountOrAll)
    .description(ABOUT.conflicts)
    .option('--settle <id>', FLAG.settle)
    .option('--take <answer>', FLAG.take)
    .action((account: string | undefined, flags: CommonFlags & ConflictsFlags) =>
      perform(flags, async (session) =>
        (await import('./commands/conflicts.ts')).conflicts(session, account, flags),
      ),
    );
  everyDay('explain')
    .argument('<contact>', ARGUMENT.contact)
    .description(ABOUT.explain)
    .option('--account <account>', FLAG.account)
    .action((contact: string, flags: CommonFlags & ExplainFlags) =>
      perform(flags, async (session) =>
        (await import('./commands/explain.ts')).explainContact(session, contact, flags),
      ),
    );
}

function repairing(program: Command, perform: Perform): void {
  const repair = (name: string): Command => command(program, name).helpGroup(GROUP.repair);
  repair('undo')
    .argument('<run>', ARGUMENT.run)
    .description(ABOUT.undo)
    .option('--contact <contact>', FLAG.contactOfRun)
    .option('--dry-run', FLAG.dryRunOfUndo)
    .option('--max-delete <n|n%>', FLAG.maxDelete, parseMaxDelete)
    .action((run: string, flags: CommonFlags & UndoFlags) =>
      perform(flags, async (session) =>
        (await import('./commands/undo.ts')).undo(session, run, flags),
      ),
    );
  repair('verify')
    .argument('[account...]', ARGUMENT.accountsOrAll)
    .description(ABOUT.verify)
    .action((accounts: string[], flags: CommonFlags) =>
      perform(flags, async (session) =>
        (await import('./commands/verify.ts')).verify(session, accounts),
      ),
    );
  repair('forget')
    .argument('<contact>', ARGUMENT.contact)
    .description(ABOUT.forget)
    .option('--account <account>', FLAG.account)
    .action((contact: string, flags: CommonFlags & ForgetFlags) =>
      perform(flags, async (session) =>
        (await import('./commands/forget.ts')).forget(session, contact, flags),
      ),
    );
}
