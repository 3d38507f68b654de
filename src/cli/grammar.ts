import { InvalidArgumentError, type Command } from 'commander';
import type { MaxDelete } from '../sync/account.ts';
import type { ExitStatus } from './exit-codes.ts';
import type { Session } from './session.ts';
import { COMMON, GROUP, WRONG } from './texts/grammar.ts';

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
    .optionsGroup(GROUP.options)
    .option('--json', COMMON.json)
    .option('--yes', COMMON.yes)
    .option('--quiet', COMMON.quiet)
    .option('--verbose', COMMON.verbose)
    .option('--accessible', COMMON.accessible)
    .option('--no-color', COMMON.noColor);
}

export function parseMaxDelete(text: string): MaxDelete {
  const match = /^(\d{1,9})(%?)$/u.exec(text);
  const number = Number(match?.[1]);
  if (match === null) throw new InvalidArgumentError(WRONG.maxDelete);
  return match[2] === '%' ? { kind: 'percent', percent: number } : { kind: 'count', count: number };
}
