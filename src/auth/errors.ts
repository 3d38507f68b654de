import { ContactSyncError } from '../sync/errors.ts';

/** The user, or somebody for them, said no on the vendor's page. */
export class ConsentRefused extends ContactSyncError {
  readonly code = 'consent-refused';
}

/** Nobody came back from the vendor's page in time. */
export class SignInTimedOut extends ContactSyncError {
  readonly code = 'sign-in-timed-out';
}

/** The vendor's sign-in answered something else than a token. */
export class SignInFailed extends ContactSyncError {
  readonly code = 'sign-in-failed';
}

/** The vendor takes the stored sign-in no more: revoked, expired, or replaced. */
export class GrantEnded extends ContactSyncError {
  readonly code = 'grant-ended';
}

/** The port that the vendor's page leads back to is another program's. */
export class PortTaken extends ContactSyncError {
  readonly code = 'port-taken';
}

/** What was pasted is not the address that this sign-in ended at. Asking again may help. */
export class NotTheAddress extends ContactSyncError {
  readonly code = 'not-the-address';
}
