/** What is wrong, in one sentence, and what to do about it. */
export interface Problem {
  readonly message: string;
  readonly next?: string | undefined;
}

/** What is wrong, and below it what to do. */
export function inWords({ message, next }: Problem): string {
  return next === undefined ? message : `${message}\n  ${next}`;
}
