import { ContactSyncError } from '../sync/errors.ts';

/** The command was not understood, or an answer was needed and there is nobody to ask. */
export class UsageError extends ContactSyncError {
  readonly code = 'usage';
  readonly next: string | undefined;

  constructor(message: string, next?: string) {
    super(message);
    this.next = next;
  }
}

/** What the user asked for cannot be done as things are. */
export class Refused extends ContactSyncError {
  readonly code = 'refused';
  readonly next: string | undefined;

  constructor(message: string, next?: string) {
    super(message);
    this.next = next;
  }
}

/** The user said no to a question. Nothing was changed. */
export class Cancelled extends ContactSyncError {
  readonly code = 'cancelled';
}
