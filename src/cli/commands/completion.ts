import { scriptFor, type Shell } from '../completion/scripts.ts';
import { EXIT, type ExitStatus } from '../exit-codes.ts';
import type { Session } from '../session.ts';

/** Prints what a shell needs to complete commands, flags, accounts, groups and runs. */
export function completion({ io, flags }: Session, shell: Shell): ExitStatus {
  const script = scriptFor(shell);
  io.result(flags.json ? JSON.stringify({ version: 1, shell, script }, undefined, 2) : script);
  return EXIT.done;
}
