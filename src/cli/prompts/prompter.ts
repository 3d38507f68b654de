import type { Io } from '../io.ts';
import { Cancelled } from '../usage-error.ts';
import { NOTHING_CHANGED } from '../texts/common.ts';
import * as texts from '../texts/prompts.ts';

export interface Choice<T> {
  readonly value: T;
  readonly name: string;
  readonly description?: string;
}

/** Asks a person. Every question rejects with {@link Cancelled} on Ctrl-C, and with the signal's reason. */
export interface Prompter {
  select<T>(message: string, choices: readonly Choice<T>[], initial?: T): Promise<T>;
  input(message: string, options?: InputOptions): Promise<string>;
  /** What is typed is not shown. */
  secret(message: string): Promise<string>;
  confirm(message: string, initial: boolean): Promise<boolean>;
}

export interface InputOptions {
  readonly initial?: string;
  /** A sentence when the answer will not do. */
  readonly check?: (answer: string) => string | true;
  readonly signal?: AbortSignal;
}

/** As many choices stand on the screen at once; the others are scrolled to. */
const PAGE = 15;

/**
 * Asks on the terminal; in the accessible mode with numbered choices, which are said once.
 * `stopping` ends every question.
 */
export async function createPrompter(io: Io, stopping: AbortSignal): Promise<Prompter> {
  const { default: inquirer } = await import('inquirer');
  // Signs before a question say nothing that it does not say itself.
  const look = io.accessible ? { theme: { prefix: '' } } : {};
  const ask = async <T>(question: Record<string, unknown>, over?: AbortSignal): Promise<T> => {
    const signal = over === undefined ? stopping : AbortSignal.any([stopping, over]);
    // A question that may be answered elsewhere meanwhile leaves no trace of itself.
    const clearPromptOnDone = over !== undefined;
    const prompt = inquirer.createPromptModule({
      output: process.stderr,
      signal,
      clearPromptOnDone,
    });
    // The questions are made here, of the shapes that inquirer documents; its types want literals.
    const asked = prompt([{ ...look, ...question, name: 'answer' }] as never) as Promise<{
      answer: T;
    }>;
    const { answer } = await asked.catch((error: unknown) => {
      stopping.throwIfAborted();
      throw isExit(error) ? new Cancelled(NOTHING_CHANGED) : error;
    });
    return answer;
  };
  const input: Prompter['input'] = (message, options = {}) =>
    ask(
      {
        type: 'input',
        message,
        ...(options.initial === undefined ? {} : { default: options.initial }),
        ...(options.check === undefined ? {} : { validate: options.check }),
      },
      options.signal,
    );
  const select: Prompter['select'] = (message, choices, initial) =>
    ask({
      type: 'select',
      message,
      choices,
      pageSize: PAGE,
      ...(initial === undefined ? {} : { default: initial }),
    });
  return {
    select: io.accessible ? selectByNumber(io, input) : select,
    input,
    secret: (message) => ask({ type: 'password', mask: '*', message }),
    confirm: (message, initial) => ask({ type: 'confirm', message, default: initial }),
  };
}

/** Nothing is drawn again: whoever listens to a screen hears each choice once. */
function selectByNumber(io: Io, input: Prompter['input']): Prompter['select'] {
  return async <T>(message: string, choices: readonly Choice<T>[], initial?: T): Promise<T> => {
    const count = choices.length;
    const chosen = (text: string): Choice<T> | undefined =>
      /^\s*\d+\s*$/u.test(text) ? choices[Number(text) - 1] : undefined;
    io.warn(
      texts.numbered(
        message,
        choices.map(({ name }) => name),
      ),
    );
    const at = choices.findIndex(({ value }) => value === initial) + 1;
    const answer = await input(texts.numberQuestion(count), {
      ...(initial === undefined || at === 0 ? {} : { initial: String(at) }),
      check: (text) => (chosen(text) === undefined ? texts.noNumber(count) : true),
    });
    const choice = chosen(answer);
    if (choice === undefined) throw new Error(`${answer} is none of ${count} choices.`);
    return choice.value;
  };
}

/** Ctrl-C in a question. */
function isExit(error: unknown): boolean {
  return error instanceof Error && error.name === 'ExitPromptError';
}
