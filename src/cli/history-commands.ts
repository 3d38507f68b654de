import type { Command } from 'commander';
import type { ConflictsFlags } from './commands/conflicts.ts';
import type { ExplainFlags } from './commands/explain.ts';
import type { ForgetFlags } from './commands/forget.ts';
import type { HistoryFlags } from './commands/history.ts';
import type { UndoFlags } from './commands/undo.ts';
import { command, parseMaxDelete, type CommonFlags, type Perform } from './grammar.ts';

/** The grammar of the commands that look back, decide and repair. */
export function historyCommands(program: Command, perform: Perform): void {
  lookingBack(program, perform);
  repairing(program, perform);
}

function lookingBack(program: Command, perform: Perform): void {
  const everyDay = (name: string): Command => command(program, name).helpGroup('Every day:');
  everyDay('history')
    .argument('[account]', 'its name or id; all accounts when left out')
    .description('the runs, newest first; with --run what one of them changed, field by field')
    .option('--run <id>', 'the start of its id is enough')
    .action((account: string | undefined, flags: CommonFlags & HistoryFlags) =>
      perform(flags, async (session) =>
        (await import('./commands/history.ts')).history(session, account, flags),
      ),
    );
  everyDay('conflicts')
    .argument('[account]', 'its name or id; all accounts when left out')
    .description('what both sides changed differently, and what else is yours to decide')
    .option('--settle <id>', 'decide this one')
    .option('--take <answer>', 'provider, crm or keep; the list names what else it may be')
    .action((account: string | undefined, flags: CommonFlags & ConflictsFlags) =>
      perform(flags, async (session) =>
        (await import('./commands/conflicts.ts')).conflicts(session, account, flags),
      ),
    );
  everyDay('explain')
    .argument('<contact>', 'its name, an e-mail address, or its id on either side')
    .description('why a contact looks the way it does, and what the next run will do')
    .option('--account <account>', 'in this account')
    .action((contact: string, flags: CommonFlags & ExplainFlags) =>
      perform(flags, async (session) =>
        (await import('./commands/explain.ts')).explainContact(session, contact, flags),
      ),
    );
}

function repairing(program: Command, perform: Perform): void {
  const repair = (name: string): Command => command(program, name).helpGroup('Repair:');
  repair('undo')
    .argument('<run>', 'the start of its id is enough; history lists them')
    .description('put back what a run changed, on both sides; shows it first')
    .option('--contact <contact>', 'only this one: its name, e-mail address or id')
    .option('--dry-run', 'show what it would do and write nothing')
    .option('--max-delete <n|n%>', 'let through so many deletions, at most', parseMaxDelete)
    .action((run: string, flags: CommonFlags & UndoFlags) =>
      perform(flags, async (session) =>
        (await import('./commands/undo.ts')).undo(session, run, flags),
      ),
    );
  repair('verify')
    .argument('[account...]', 'names or ids; all accounts when left out')
    .description('read both sides completely and say whether they are in step; writes nothing')
    .action((accounts: string[], flags: CommonFlags) =>
      perform(flags, async (session) =>
        (await import('./commands/verify.ts')).verify(session, accounts),
      ),
    );
  repair('forget')
    .argument('<contact>', 'its name, an e-mail address, or its id on either side')
    .description('erase what is kept of a contact, for good; both sides keep it as it is')
    .option('--account <account>', 'in this account')
    .action((contact: string, flags: CommonFlags & ForgetFlags) =>
      perform(flags, async (session) =>
        (await import('./commands/forget.ts')).forget(session, contact, flags),
      ),
    );
}
