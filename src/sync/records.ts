import type { FieldName } from '../contact/contact.ts';
import type { Bases, Pair, ReleaseReason, Revision, Side, Sighting } from '../plan/model.ts';
import type { Finding } from './ports.ts';

/* What the store takes in and tells about records: pages, findings, decisions, and what is dirty. */

export interface ObservedPage {
  /**
   * ISO 8601 by the vendor's clock: what we wrote before shows as it is. What we wrote since may
   * still be shown as it was; then it is no news, and a suspect.
   */
  readonly settledBy: string;
  readonly generation?: number;
  readonly cursor?: string;
  readonly revisions: readonly Keyed[];
  readonly tombstones: readonly string[];
  readonly malformed: readonly { readonly id: string; readonly reason: string }[];
  /**
   * Not all that is gone is told: whose match key stands on a record that lacked it before, may have
   * been merged into that one, and becomes a suspect.
   */
  readonly deletionsUntold?: boolean;
}

/** A revision with the keys by which newcomers are matched (`plan/match.ts`). */
export interface Keyed {
  readonly revision: Revision;
  /** By which the record is known again in a list (`ports.ts`). */
  readonly digest?: string;
  readonly keys: readonly string[];
}

export interface Holder {
  readonly revision: Revision;
  /** Of its mapping in this account, live or released, if it has one. */
  readonly bases?: Bases;
}

/** The user's decision on whether two records are one person. */
export interface Verdict {
  readonly providerId: string;
  readonly crmId: string;
  readonly same: boolean;
}

export interface Confirmed {
  readonly id: string;
  readonly finding: Finding;
  /** When the finding is present. */
  readonly keys?: readonly string[];
}

export interface CustomField {
  readonly field: FieldName;
  /** `wanted`: to be made in the next run; `left-out`: the user, a right or the room for it is missing. */
  readonly state: 'found' | 'wanted' | 'made' | 'left-out';
  readonly code?: string;
}

/** A dirty record, as the planner needs it. `position` is where `dirty(after)` goes on. */
export type Dirty = {
  readonly position: number;
  /** Set when this very content was set aside before, and it is not time to try again. */
  readonly parked?: SetAside;
} & (
  | { readonly kind: 'pair'; readonly pair: Pair }
  | {
      readonly kind: 'released';
      readonly pair: Pair;
      readonly reason: ReleaseReason;
      /** The sides whose record has had no other mapping since, live or released. */
      readonly lastOf: readonly Side[];
    }
  | { readonly kind: 'newcomer'; readonly side: Side; readonly sighting: Sighting }
);

export interface SetAside {
  /**
   * `passing` is tried again in the next run, with back-off; `refused` when a record moves, on a
   * refresh, or after an upgrade; `in-doubt` until the vendor's delay has passed; `ambiguous` and
   * `malformed` whenever they are looked at again.
   */
  readonly kind: 'passing' | 'refused' | 'in-doubt' | 'ambiguous' | 'malformed';
  /** For people; without personal data beyond the contact it is about. */
  readonly reason: string;
}
