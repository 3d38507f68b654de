import { ContactSyncError, Interrupted, SignInNeeded } from '../sync/errors.ts';
import type { Advised } from './texts/problem.ts';
import { TOKEN_REFUSED } from './texts/sign-in.ts';

/** The command was not understood, or an answer was needed and there is nobody to ask. */
export class UsageError extends ContactSyncError {
  readonly code = 'usage';
  readonly next: string;

  constructor({ message, next }: Advised) {
    super(message);
    this.next = next;
  }
}

/** The CRM does not know the personal token that it was given. */
export class TokenRefused extends SignInNeeded {
  readonly next = TOKEN_REFUSED.next;

  constructor(cause: SignInNeeded) {
    super('crm', TOKEN_REFUSED.message, { cause });
  }
}

/** What the user asked for cannot be done as things are. */
export class Refused extends ContactSyncError {
  readonly code = 'refused';
  readonly next: string;

  constructor({ message, next }: Advised) {
    super(message);
    this.next = next;
  }
}

/** The user said no to a question, or left at it. Nothing was changed. */
export class Cancelled extends ContactSyncError {
  readonly code = 'cancelled';
  readonly signal: Interrupted['signal'];

  constructor(message: string, signal: Interrupted['signal'] = 'SIGINT') {
    super(message);
    this.signal = signal;
  }
}

/** Runs what has changed nothing yet: whoever leaves it is told so, whichever way they leave. */
export function beforeAnyChange<T>(message: string, work: () => Promise<T>): Promise<T> {
  return tellingLeavers(() => message, work);
}

/** Whoever leaves at a question is told what was done until then, whichever way they leave. */
export async function tellingLeavers<T>(message: () => string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Cancelled || error instanceof Interrupted)
      throw new Cancelled(message(), error.signal);
    throw error;
  }
}
