import type { SandboxClock, SandboxRequest } from '../core.ts';
import type { AddressBook, StoredContact } from './address-book.ts';
import type { Etags } from './etags.ts';
import type { GroupBook, StoredGroup } from './group-book.ts';
import type { Listings } from './listings.ts';
import type { GoogleOAuth } from './oauth.ts';
import type { Quota } from './quota.ts';

/** Everything that the calls of the People API work on. */
export interface GoogleWorld {
  readonly clock: SandboxClock;
  readonly contacts: AddressBook;
  readonly groups: GroupBook;
  readonly contactListings: Listings<StoredContact>;
  readonly groupListings: Listings<StoredGroup>;
  readonly quota: Quota;
  readonly oauth: GoogleOAuth;
  readonly maxContacts: number;
  readonly etags: Etags;
  /** Whether this read is to lag behind the last write. */
  takeStaleRead(): boolean;
}

export interface Call {
  readonly request: SandboxRequest;
  /** What the path names: `c1` of `people/c1:updateContact`. */
  readonly id: string;
}
