/** What is wrong, in one sentence, and what to do about it. */
export interface Problem {
  readonly message: string;
  /** One step, or several with three blanks between them. */
  readonly next?: string | undefined;
}

/** Of an error there is always a way on. */
export type Advised = Problem & { readonly next: string };

/** What is wrong, and below it what to do. */
export function inWords({ message, next }: Problem): string {
  return next === undefined ? message : below(message, next, '  ');
}

/** Each of the next steps on a line of its own, so that none is broken where another ends. */
export function below(message: string, next: string, indent: string): string {
  return [message, ...next.split('   ').map((step) => indent + step)].join('\n');
}
