import type { people_v1 } from 'googleapis/build/src/apis/people/v1.js';
import type { VendorSandbox } from '../core.ts';
import type { EtagReading } from './etags.ts';
import type { GoogleOAuth } from './oauth.ts';
import type { QuotaLimits } from './quota.ts';
import type { GoogleUser } from './user.ts';

/** The user's hands, and a hand on how this Google behaves. All of it is on the control address, too. */
export interface GoogleHands
  extends
    GoogleUser,
    Pick<
      GoogleOAuth,
      'signInAs' | 'consent' | 'tickScopes' | 'revokeGrants' | 'expireAccessTokens'
    > {
  /** Everybody, with every field, whatever lists still hide. */
  people(): readonly people_v1.Schema$Person[];
  /** Lists hide fresh writes for so long from now on. */
  hide(visibilityDelayMs: number): void;
  expireSyncTokens(): void;
  /** So many reads of single people lag behind the last write. */
  staleReads(count: number): void;
  etags(reading: EtagReading): void;
  /** Enforces limits, with these in place of the usual ones. */
  setQuota(limits: Partial<QuotaLimits>): void;
}

/** Google's address book of one user, its OAuth server, and that user's hands. */
export interface GoogleSandbox extends VendorSandbox, GoogleHands {
  readonly vendor: 'google';
}
