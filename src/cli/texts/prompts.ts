/* Questions as such, where choices have numbers. */

/** The question, and below it what may be answered, each on a line. */
export const numbered = (message: string, choices: readonly string[]): string =>
  [message, ...choices.map((choice, at) => `${at + 1}) ${choice}`)].join('\n');
export const numberQuestion = (count: number): string => `Number, from 1 to ${count}:`;
export const noNumber = (count: number): string => `Type a number from 1 to ${count}.`;
