import type { Command, Option } from 'commander';

export interface Suggestion {
  readonly value: string;
  readonly about?: string;
}

/** What only the database knows: names of accounts, groups, runs. */
export type Known = (what: 'accounts' | 'groups' | 'runs') => readonly Suggestion[];

/** How far the words before the one under the cursor lead into the grammar. */
interface Place {
  readonly command: Command;
  /** Arguments of the command that are there already. */
  readonly given: number;
  /** The option that the next word is the value of. */
  readonly pending: Option | undefined;
}

/** What the last of the words may become. */
export function complete(
  program: Command,
  words: readonly string[],
  known: Known,
): readonly Suggestion[] {
  const current = words.at(-1) ?? '';
  const place = words.slice(0, -1).reduce(step, { command: program, given: 0, pending: undefined });
  return candidates(place, current, known).filter(({ value }) => value.startsWith(current));
}

function step({ command, given, pending }: Place, word: string): Place {
  if (pending !== undefined) return { command, given, pending: undefined };
  if (word.startsWith('-')) {
    const option = command.options.find(({ short, long }) => word === short || word === long);
    const wants = option !== undefined && (option.required || option.optional);
    return { command, given, pending: wants ? option : undefined };
  }
  const below = command.commands.find((one) => one.name() === word);
  return below === undefined
    ? { command, given: given + 1, pending }
    : { command: below, given: 0, pending };
}

function candidates(
  { command, given, pending }: Place,
  current: string,
  known: Known,
): readonly Suggestion[] {
  if (pending !== undefined) return ofOption(pending, known);
  const [, long] = /^(--[\w-]+)=/u.exec(current) ?? [];
  if (long !== undefined) {
    const option = command.options.find((one) => one.long === long);
    const values = option === undefined ? [] : ofOption(option, known);
    return values.map(({ value, ...rest }) => ({ ...rest, value: `${long}=${value}` }));
  }
  if (current.startsWith('-')) return flags(command);
  if (command.commands.length > 0) return subcommands(command);
  const argument = command.registeredArguments[given] ?? command.registeredArguments.at(-1);
  if (argument === undefined || (given > 0 && !argument.variadic)) return [];
  return argument.argChoices?.map((value) => ({ value })) ?? named(argument.name(), known);
}

function ofOption({ argChoices, long }: Option, known: Known): readonly Suggestion[] {
  return argChoices?.map((value) => ({ value })) ?? named(long?.slice(2) ?? '', known);
}

function named(name: string, known: Known): readonly Suggestion[] {
  if (name === 'account') return known('accounts');
  if (name === 'group') return known('groups');
  return name === 'run' ? known('runs') : [];
}

function flags(command: Command): readonly Suggestion[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long, description }) =>
      long == null ? [] : [{ value: long, about: description }],
    );
}

function subcommands(command: Command): readonly Suggestion[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((one) => ({ value: one.name(), about: one.description() }));
}
