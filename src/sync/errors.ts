import type { Side } from '../plan/model.ts';

/**
 * Everything that can end or disturb a run. Adapters turn whatever their vendor says into one of
 * these and nothing else; the command line turns each into a message, a next step and an exit status.
 */
export abstract class ContactSyncError extends Error {
  /** Stable, kebab-case; part of the `--json` contract. */
  abstract readonly code: string;

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A sign-in was revoked, has expired, or lacks a scope. Only the user can mend it. */
export class SignInNeeded extends ContactSyncError {
  readonly code = 'sign-in-needed';
  readonly side: Side;

  constructor(side: Side, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.side = side;
  }
}

/** The service asks for a full read: the cursor is too old, or was made by another question. */
export class CursorExpired extends ContactSyncError {
  readonly code = 'cursor-expired';
}

/** This record was refused as it is; sending it again would be refused again. */
export class Rejected extends ContactSyncError {
  readonly code = 'rejected';
}

/** The record is no longer as it was when the write was planned. Nothing was written. */
export class Moved extends ContactSyncError {
  readonly code = 'moved';
}

/** No answer came: the write may or may not have taken effect. */
export class AnswerLost extends ContactSyncError {
  readonly code = 'answer-lost';
}

/** The service cannot be reached or is out of order, after all retries. Nothing was written. */
export class Unreachable extends ContactSyncError {
  readonly code = 'unreachable';
}

/** The service answered something that is no answer: HTML, half a JSON, a list that ends early. */
export class BadAnswer extends ContactSyncError {
  readonly code = 'bad-answer';
}

/** The user lacks a right at the vendor that this needs. */
export class Forbidden extends ContactSyncError {
  readonly code = 'forbidden';
}

/** A budget that lasts longer than a run is used up. */
export class BudgetSpent extends ContactSyncError {
  readonly code = 'budget-spent';
  /** ISO 8601, estimated. */
  readonly resumeAt: string | undefined;

  constructor(message: string, options?: { cause?: unknown; resumeAt?: string }) {
    super(message, options);
    this.resumeAt = options?.resumeAt;
  }
}

/** The plan would delete or release more than a plan should, or its scope is gone. Nothing was written. */
export class Guarded extends ContactSyncError {
  readonly code = 'guarded';
}

/** Another installation of contactsync is at work on the same pair. Nothing was written. */
export class OtherInstallation extends ContactSyncError {
  readonly code = 'other-installation';
}

/** The user interrupted the run. What was under way is finished or taken up by the next run. */
export class Interrupted extends ContactSyncError {
  readonly code = 'interrupted';
  readonly signal: 'SIGINT' | 'SIGTERM';

  constructor(signal: 'SIGINT' | 'SIGTERM' = 'SIGINT') {
    super('Interrupted.');
    this.signal = signal;
  }
}
