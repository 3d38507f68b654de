import { Argument, type Command } from 'commander';
import { SHELLS, type Shell } from './completion/scripts.ts';
import { command, type CommonFlags, type Perform } from './grammar.ts';
import { columns } from './render/columns.ts';
import { wrap } from './render/wrap.ts';
import { EXAMPLES, EXAMPLES_TITLE, TOPICS, type Topic } from './texts/help.ts';
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
  const text = (): string => `${EXAMPLES_TITLE}\n${columns(examples, helpWidth())}\n`;
  target.addHelpText('before', text);
}

/** As commander has it for the rest of help. */
const DEFAULT_WIDTH = 80;

function helpWidth(): number {
  return process.stdout.columns ?? DEFAULT_WIDTH;
}

export function topicText({ title, terms, note }: Topic, width: number): string {
  return `${title}\n\n${columns(terms, width)}\n\n${wrap(note, width)}\n`;
}

function helpOn(program: Command, words: readonly string[]): void {
  const [name = ''] = words;
  const topic = words.length === 1 && Object.hasOwn(TOPICS, name) ? TOPICS[name] : undefined;
  if (topic !== undefined) {
    process.stdout.write(topicText(topic, helpWidth()));
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
