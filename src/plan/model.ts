import type { Contact, FieldName, Patch } from '../contact/contact.ts';

/** One of the two places. Never a/b, left/right or source/target. */
export type Side = 'provider' | 'crm';

export const SIDES = ['provider', 'crm'] as const satisfies readonly Side[];

export function other(side: Side): Side {
  return side === 'provider' ? 'crm' : 'provider';
}

/** A contact as a side holds it. What only some sides have reaches the planner here, as data. */
export interface Revision {
  readonly id: string;
  /** What the vendor (or, where it has none, the adapter) calls this state of the record. */
  readonly etag: string;
  readonly contact: Contact;
  /** ISO 8601 UTC, by the vendor's clock. */
  readonly createdAt?: string;
  /** ISO 8601 UTC, by the vendor's clock; may move without a change of content. */
  readonly updatedAt?: string;
  /** Ids of the groups that the record is in; empty at a side without groups. */
  readonly groups: readonly string[];
  /** Whether the record belongs to the signed-in user; always true in an own address book. */
  readonly owned: boolean;
  /**
   * The organization's id, at a side where organizations are records of their own.
   * `contact.organization` is then left out by the adapter and filled in by the engine.
   */
  readonly organizationId?: string;
  /** The record's own picture, never a vendor's default one. At the CRM its mere presence counts. */
  readonly photo?: string;
  /** Our private mark, where the vendor keeps one that users do not see: the step that created the record. */
  readonly mark?: string;
  /** Ids by which the vendor knew this record before. */
  readonly formerIds?: readonly string[];
}

/** Why a record is not (or no longer) there for us. */
export type Absence =
  /** The vendor says so: deleted, or unknown where unknown means deleted. */
  | 'deleted'
  /** Still there, but not for this user: hidden, or given to a colleague. */
  | 'hidden'
  /** Not found, where deleted and hidden look alike. */
  | 'vanished';

/** A record as the mirror knows it. */
export type Sighting =
  | { readonly kind: 'present'; readonly revision: Revision }
  | { readonly kind: 'absent'; readonly id: string; readonly how: Absence };

/** What both sides held when they last agreed, field by field. */
export interface Bases {
  readonly provider: Contact;
  readonly crm: Contact;
}

export interface Mapping {
  readonly id: number;
  readonly providerId: string;
  readonly crmId: string;
  readonly bases: Bases;
  /** Fields that the CRM got, or lost, a place for since: in them the two have still to meet. */
  readonly baseless?: readonly FieldName[];
  /** The provider's picture when it was last looked at: its address, and the hash of its bytes if read. */
  readonly photo?: { readonly ref: string; readonly hash?: string };
}

/** All that is known about one person in one account. */
export interface Pair {
  readonly mapping: Mapping;
  readonly provider: Sighting;
  readonly crm: Sighting;
  /** Whether a live mapping of another account points to the same CRM record. */
  readonly crmShared: boolean;
  /** The CRM record names an organization whose name we cannot read: unknown is not a change. */
  readonly organizationUnknown?: boolean;
  /** The CRM record lost its organization because that is gone: nobody cleared the field. */
  readonly organizationGone?: boolean;
  /** Whether the CRM still has the fields that its record holds nothing in any more was looked at. */
  readonly fieldsSurveyed?: boolean;
  /** What is on record about fields that both sides changed differently; one for each field at most. */
  readonly known?: readonly KnownConflict[];
  /** When both sides last changed. Looked up for a conflict only. */
  readonly changedAt?: { readonly [S in Side]: ChangeTime };
  /** Fields that something keeps putting back (`contested.ts`). */
  readonly contested?: readonly FieldName[];
}

/** Milliseconds by the vendor's clock. */
export interface ChangeTime {
  /** Of the fields in conflict, as far as the vendor tells. */
  readonly fields: { readonly [F in FieldName]?: number };
  /** Of the record: no field has changed later. It may have moved for another reason since. */
  readonly record?: number;
}

/** A field's value on both sides; `null` where a side holds none. */
export type Values = { readonly [S in Side]: Contact[FieldName] | null };

/** Whose value goes to the other side; `keep` leaves both as they are. */
export type Choice = Side | 'keep';

export interface KnownConflict {
  readonly field: FieldName;
  /** What both sides held when it was found. Once either moves it is another conflict. */
  readonly values: Values;
  /** What the user decided; absent while it is open, or where a rule decided. */
  readonly choice?: Choice;
}

export type Direction = 'one-way' | 'two-way';
export type ConflictRule = 'newest' | 'provider' | 'crm' | 'ask';
export type MatchRule = 'email' | 'none';

/** What an account's user chose, and what the two sides can hold. */
export interface Rules {
  readonly direction: Direction;
  readonly onConflict: ConflictRule;
  readonly match: MatchRule;
  /** The id of the synced group; `all` for every contact. */
  readonly group: string;
  /** What each side would hold of a contact if it were written there. Pure. */
  readonly holds: { readonly [S in Side]: (contact: Contact) => Contact };
}

/** Why a mapping no longer syncs. */
export type ReleaseReason =
  /** The provider's record left the chosen group. */
  | 'left-group'
  /** The CRM's record was given to a colleague. */
  | 'other-owner'
  | 'hidden'
  | 'vanished'
  /** Under one-way somebody deleted the person, who stays deleted. */
  | 'deleted-in-crm'
  /** Gone at the provider, but another account still feeds the person. */
  | 'crm-shared'
  /** One record was merged into another that has a mapping of its own. */
  | 'merged'
  /** A run deleted the record that was left, or both were deleted. */
  | 'gone'
  /** Deleted on one side, edited on the other: the edit has gone on in a new record. */
  | 'replaced'
  /** The user took the run back that made it. */
  | 'undone'
  /** It vanished, and the user wants what is left to stay as it is. */
  | 'kept';

/** Both sides want the same field differently. */
export interface Conflict {
  readonly field: FieldName;
  readonly values: Values;
  /** Absent while it is open: the field keeps its bases, the rest of the contact syncs. */
  readonly winner?: Choice;
  readonly by: Arbiter;
  /** It is on record already, with these very values. */
  readonly known: boolean;
}

/** What settles a conflict, or fails to. */
export type Arbiter =
  | ConflictRule
  /** The user's decision on this very conflict. */
  | 'user'
  /** Nobody: something keeps putting the field back. */
  | 'contested'
  /** A first meeting, which overwrites nothing. */
  | 'join';

/** What to do about one person: plain data, and the same for the same pair. */
export type Action =
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'merge';
      /** Bases of the fields that need no write: they move at once. */
      readonly agreed: BasesPatch;
      readonly writes: readonly FieldWrite[];
      readonly conflicts: readonly Conflict[];
    }
  | { readonly kind: 'create'; readonly side: Side; readonly contact: Contact }
  | { readonly kind: 'delete'; readonly side: Side; readonly id: string }
  | { readonly kind: 'release'; readonly reason: ReleaseReason }
  /** Gone on both sides: the mapping has nothing left to map. */
  | { readonly kind: 'forget' };

/** New base values, of some fields, on either side. */
export type BasesPatch = { readonly [S in Side]: Patch };

/** One write to one side, and what the other side will have delivered by it. */
export interface FieldWrite {
  readonly side: Side;
  readonly patch: Patch;
  /** The other side's values that this write carries over: its bases once the write has settled. */
  readonly delivers: Patch;
}
