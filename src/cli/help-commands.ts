import { Argument, type Command } from 'commander';
import { SHELLS, type Shell } from './completion/scripts.ts';
import { command, type CommonFlags, type Perform } from './grammar.ts';
import { EXAMPLES, helpTopic, TOPICS } from './help-texts.ts';

/** Help with examples first, help on topics, and what shells ask for. */
export function helpCommands(program: Command, perform: Perform): void {
  command(program, 'completion')
    .helpGroup('Set up:')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .description('print what a shell needs to complete commands, flags and names')
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
    .argument('[command-or-topic...]', `a command, or ${Object.keys(TOPICS).join(', ')}`)
    .description('print help for a command or a topic')
    .helpGroup('Help:')
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
  target.addHelpText('before', ['Examples:', ...lines, ''].join('\n'));
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
      program.error(
        `error: there is no help on "${word}". There is on ${names.filter((name) => name !== 'complete').join(', ')}`,
        { exitCode: 1, code: 'contactsync.noHelp' },
      );
    }
    target = below;
  }
  target.outputHelp();
}
