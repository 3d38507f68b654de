import type { Io } from '../io.ts';
import { Cancelled } from '../usage-error.ts';
import { NOTHING_CHANGED } from '../texts/common.ts';

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

/**
 * Asks on the terminal; with numbered choices and no motion in the accessible mode.
 * `stopping` ends every question.
 */
export async function createPrompter(io: Io, stopping: AbortSignal): Promise<Prompter> {
  const { default: inquirer } = await import('inquirer');
  const listType = io.accessible ? 'rawlist' : 'select';
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
    const asked = prompt([{ ...question, name: 'answer' }] as never) as Promise<{ answer: T }>;
    const { answer } = await asked.catch((error: unknown) => {
      stopping.throwIfAborted();
      throw isExit(error) ? new Cancelled(NOTHING_CHANGED) : error;
    });
    return answer;
  };
  return {
    select: (message, choices, initial) =>
      ask({
        type: listType,
        message,
        choices,
        ...(initial === undefined ? {} : { default: initial }),
      }),
    input: (message, options = {}) =>
      ask(
        {
          type: 'input',
          message,
          ...(options.initial === undefined ? {} : { default: options.initial }),
          ...(options.check === undefined ? {} : { validate: options.check }),
        },
        options.signal,
      ),
    secret: (message) => ask({ type: 'password', mask: '*', message }),
    confirm: (message, initial) => ask({ type: 'confirm', message, default: initial }),
  };
}

/** Ctrl-C in a question. */
function isExit(error: unknown): boolean {
  return error instanceof Error && error.name === 'ExitPromptError';
}
