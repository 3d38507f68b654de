import { Argument, type Command } from 'commander';
import { SHELLS, type Shell } from './completion/scripts.ts';
import { command, type CommonFlags, type Perform } from './grammar.ts';
import { EXAMPLES, EXAMPLES_TITLE, helpTopic, TOPICS } from './texts/help.ts';
import { noHelpOn } from './texts/errors.ts';
import { ABOUT, ARGUMENT, GROUP } from './texts/grammar.ts';

/** Help with examples first, help on topics, and what shells ask for. */
export function helpCommands(program: Command, perform: Perform): void {
  command(program, 'completion')
    .helpGroup(GROUP.setUp)
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .description(ABOUT.completion)
    .action((shell: Shell, flags: CommonFlags) =>
      perform(flags, async (session) =>
        (await import('./commands/completion.ts')).completion(session, shell),
      ),
    );
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .action(async (words: string[]) => {
      const { answer } = await import('./completion/answer.ts');
      process.stdout.write(answer(program, words, process.env));
    });
  program
    .command('help')
    .argument('[command-or-topic...]', ARGUMENT.commandOrTopic(Object.keys(TOPICS)))
    .description(ABOUT.help)
    .helpGroup(GROUP.help)
    // Flags that every command takes change nothing here.
    .allowUnknownOption()
    .action((words: string[]) =>
      helpOn(
        program,
        words.filter((word) => !word.startsWith('-')),
      ),
    );
  withExamples(program, 'contactsync');
  for (const one of program.commands) {
    withExamples(one, one.name());
    for (const below of one.commands) withExamples(below, `${one.name()} ${below.name()}`);
  }
}

function withExamples(target: Command, name: string): void {
  const examples = EXAMPLES[name];
  if (examples === undefined) return;
  const width = Math.max(...examples.map(([line]) => line.length)) + 3;
  const lines = examples.map(([line, what]) => `  ${line.padEnd(width)}${what}`.trimEnd());
  target.addHelpText('before', [EXAMPLES_TITLE, ...lines, ''].join('\n'));
}

function helpOn(program: Command, words: readonly string[]): void {
  const topic = words.length === 1 ? helpTopic(words[0] ?? '') : undefined;
  if (topic !== undefined) {
    process.stdout.write(topic);
    return;
  }
  let target = program;
  for (const word of words) {
    const below = target.commands.find((one) => one.name() === word);
    if (below === undefined) {
      const names = [...target.commands.map((one) => one.name()), ...Object.keys(TOPICS)];
      const known = names.filter((name) => name !== 'complete');
      program.error(noHelpOn(word, known), {
        exitCode: 1,
        code: 'contactsync.noHelp',
      });
    }
    target = below;
  }
  target.outputHelp();
}
