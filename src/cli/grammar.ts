import { InvalidArgumentError, type Command } from 'commander';
import type { MaxDelete } from '../sync/account.ts';
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

/** A command with the flags that every command takes. */
export function command(program: Command, name: string): Command {
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

export function parseMaxDelete(text: string): MaxDelete {
  const match = /^(\d{1,9})(%?)$/u.exec(text);
  const number = Number(match?.[1]);
  if (match === null)
    throw new InvalidArgumentError('It must be a number such as 20, or a share such as 30%.');
  return match[2] === '%' ? { kind: 'percent', percent: number } : { kind: 'count', count: number };
}
