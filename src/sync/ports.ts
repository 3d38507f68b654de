import type { Contact, FieldName, Patch } from '../contact/contact.ts';
import type { Absence, Revision, Side } from '../plan/model.ts';
import type { ContactSyncError } from './errors.ts';

/**
 * A place that holds contacts: an address book or the CRM. Four verbs and no policy.
 *
 * Every method rejects with a {@link ContactSyncError} and nothing else: `SignInNeeded`,
 * `Forbidden`, `Unreachable`, `BadAnswer`, `BudgetSpent`, or the signal's reason when aborted.
 */
export interface ContactSide {
  readonly side: Side;
  /** What people call it. */
  readonly name: string;
  /** Milliseconds after which a write shows in the vendor's own lists. */
  readonly visibilityDelay: number;
  /** How many writes the engine hands over at once; the adapter batches and orders them itself. */
  readonly writeGroup: number;
  /** Groups of writes may be handed over while others are under way, and each create is a request of its own. */
  readonly createsSingly?: boolean;

  /**
   * What this side would hold of `contact` if it were written here: fields and entries that it
   * cannot hold left out, made-up values filled in where it insists on one. Pure, and idempotent.
   */
  holds(contact: Contact): Contact;

  /**
   * Everything that changed since `cursor`; every contact there is when it is `undefined`.
   * Pages come in order; only the last one has a `cursor`. A listing that ends without an error
   * is complete. @throws {CursorExpired} at any page
   */
  changes(cursor: string | undefined, signal: AbortSignal): AsyncIterable<Page>;

  /**
   * Reads records by id, as many as asked, from the place that knows best.
   * The answer has a finding for every id that was asked for.
   */
  read(ids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Finding>>;

  /**
   * Carries out writes and yields one outcome for each, in any order, as they become known.
   * Updates and deletions are refused with `moved` when the record is no longer as the write expects.
   * A deletion of what is gone already is done. Throws when nothing more can be written at all;
   * writes without an outcome are then either not sent, or (outcome `lost` yielded before) in doubt.
   */
  write(writes: readonly Write[], signal: AbortSignal): AsyncIterable<Outcome>;

  /** The vendor's clock, as its last answer told it. */
  now(): Date;

  /** Requests sent so far. */
  requests(): number;

  /** What so much work asks of the vendor, as near as it can be told before. Pure. */
  readonly demandOf?: (work: Work) => Demand;
  /** The cheapest question there is, whose answer tells what is left of a budget of days. */
  readonly knock?: (signal: AbortSignal) => Promise<void>;

  readonly groups?: Groups;
  readonly photoSource?: PhotoSource;
  readonly photoTarget?: PhotoTarget;
  readonly organizations?: Organizations;
  readonly customFields?: CustomFields;
  /** Where a record's own time also moves for other reasons than a change of its content. */
  readonly changeTimes?: ChangeTimes;
  /** Where the change feed does not tell (all) deletions: a walk over all ids finds them. */
  readonly walk?: Walk;
}

/** Work that lies ahead of a side. */
export interface Work {
  /** Requests that reading takes. */
  readonly reads: number;
  /** How many writes there are of a kind. */
  readonly writes: (kind: WorkKind) => number;
}

export type WorkKind =
  | Write['kind']
  | 'make-field'
  | 'make-organization'
  | 'fill-organization'
  | 'photo'
  | 'remove-photo';

export interface Demand {
  readonly requests: number;
  /** Of a budget of days, where the vendor has one. */
  readonly tokens?: number;
}

export interface Page {
  readonly items: readonly Observation[];
  /** Where the next read starts. On the last page only. */
  readonly cursor?: string;
  /** How many there will be in all, where the vendor says. */
  readonly total?: number;
  /** A part of the feed has begun anew and cannot tell what was deleted meanwhile: the walk is due. */
  readonly deletionsMissed?: true;
}

export type Observation =
  | Told
  /** As it lies in the vendor's list. It is looked into only where the mirror has another `digest`. */
  | {
      readonly kind: 'listed';
      readonly id: string;
      /**
       * Of all that the vendor tells of it, but for a time that moves without reason, and of how it
       * is read: what is listed with the same digest is the same revision.
       */
      readonly digest: string;
      /** Pure; does not throw. */
      look(): Told;
    };

/** What a list or a feed says of one record. */
export type Told =
  | { readonly kind: 'revision'; readonly revision: Revision }
  /** The feed says that this id is gone. A suspicion, to be confirmed by reading it. */
  | { readonly kind: 'tombstone'; readonly id: string }
  /** A record that cannot be understood. It is set aside; the others go on. */
  | { readonly kind: 'malformed'; readonly id: string; readonly reason: string };

export type Finding =
  | { readonly kind: 'present'; readonly revision: Revision }
  | { readonly kind: 'absent'; readonly how: Absence }
  | { readonly kind: 'malformed'; readonly reason: string };

export type Write =
  | {
      readonly kind: 'create';
      /** Names the write within its group; also the private mark where the vendor keeps one. */
      readonly key: string;
      readonly contact: Contact;
      readonly organizationId?: string;
      /** The group that the new record is to be in; `undefined` for none in particular. */
      readonly group?: string;
    }
  | {
      readonly kind: 'update';
      readonly key: string;
      readonly id: string;
      /** The state the patch was made for. */
      readonly expected: Revision;
      readonly patch: Patch;
      /** `null` unlinks; absent leaves the link alone. */
      readonly organizationId?: string | null;
    }
  | {
      readonly kind: 'delete';
      readonly key: string;
      readonly id: string;
      readonly expected: Revision;
    };

/** A record as the vendor answered it. */
export interface Answered {
  readonly revision: Revision;
  /** As in {@link Observation}, where the answer told all that a list does. */
  readonly digest?: string;
}

export type Outcome =
  /** What the vendor answered, which may not be what was sent. */
  | ({ readonly kind: 'written'; readonly key: string } & Answered)
  | { readonly kind: 'deleted'; readonly key: string }
  /** Nothing was written: the record has changed, or is gone. */
  | { readonly kind: 'moved'; readonly key: string; readonly finding: Finding }
  /** Nothing was written: the vendor refused this content (`Rejected`, `Forbidden`), and may say which field. */
  | {
      readonly kind: 'refused';
      readonly key: string;
      readonly error: ContactSyncError;
      readonly field?: FieldName;
    }
  /** Nothing was written: a passing cause, after all retries (`Unreachable`). */
  | { readonly kind: 'failed'; readonly key: string; readonly error: ContactSyncError }
  /** It may have been written (`AnswerLost`). */
  | { readonly kind: 'lost'; readonly key: string; readonly error: ContactSyncError };

/** The provider's segments: labels, folders, categories. */
export interface Groups {
  list(signal: AbortSignal): Promise<readonly Group[]>;
  /** Whether the group is still there, where that costs less than the list. */
  has?(id: string, signal: AbortSignal): Promise<boolean>;
  /** The one that stands for every contact, where that is not simply all there are. */
  readonly everything?: Group;
  /** How many contacts there are in all, where the vendor says so in one answer. */
  total?(signal: AbortSignal): Promise<number | undefined>;
}

export interface Group {
  readonly id: string;
  readonly name: string;
  /** What the vendor calls such a segment: `label`, `folder`, `category`, … */
  readonly kind: string;
  readonly count: number;
}

export interface PhotoSource {
  /** The picture's bytes, or `undefined` when there is none (any more). `ref` is `Revision.photo`. */
  fetch(ref: string, signal: AbortSignal): Promise<Uint8Array | undefined>;
}

export interface PhotoTarget {
  /** @throws {Rejected} when the picture's size or shape cannot be taken */
  put(id: string, bytes: Uint8Array, signal: AbortSignal): Promise<void>;
  /** A picture that is gone already counts as removed. */
  remove(id: string, signal: AbortSignal): Promise<void>;
}

/** When the fields of a record last changed. Dear: asked only for a conflict, one record at a time. */
export interface ChangeTimes {
  /** ISO 8601 by the vendor's clock; a field that is missing is unknown. Never rejects with `Forbidden`. */
  of(id: string, signal: AbortSignal): Promise<{ readonly [F in FieldName]?: string }>;
}

/** Organizations as records of their own, at a side that has them. */
export interface Organizations {
  /** As {@link ContactSide.changes}. */
  changes(cursor: string | undefined, signal: AbortSignal): AsyncIterable<OrganizationPage>;
  create(draft: OrganizationDraft, signal: AbortSignal): Promise<Organization>;
  /** Whether it is still there and visible. */
  exists(id: string, signal: AbortSignal): Promise<boolean>;
  fillAddress(
    id: string,
    address: OrganizationDraft['address'],
    signal: AbortSignal,
  ): Promise<Organization>;
}

export interface OrganizationDraft {
  readonly name: string;
  readonly address?: Contact['addresses'][number];
}

export interface OrganizationPage {
  readonly items: readonly Organization[];
  readonly cursor?: string;
}

export interface Organization {
  readonly id: string;
  readonly name: string;
  readonly owned: boolean;
  readonly hasAddress: boolean;
  readonly createdAt?: string;
}

/** The code of a field that is still to be made: it is planned with as if it were there. */
export const TO_BE_MADE = 'to-be-made';

/** Fields of a contact that the CRM lacks by default and that can be made. */
export interface CustomFields {
  /**
   * Looks at the company's fields: what is there, what can be made, what cannot. One that is in use
   * stays so while it is there.
   */
  survey(signal: AbortSignal): Promise<readonly FieldSurvey[]>;
  /** Makes the field, or finds the one that was made before. Resolves to the vendor's code for it. */
  make(field: FieldName, signal: AbortSignal): Promise<string>;
  /** From now on this adapter reads and writes `field` by `code`; `undefined` leaves it out. */
  use(field: FieldName, code: string | undefined): void;
}

export type FieldSurvey =
  | { readonly field: FieldName; readonly kind: 'found'; readonly code: string }
  | { readonly field: FieldName; readonly kind: 'makeable' }
  | { readonly field: FieldName; readonly kind: 'impossible'; readonly reason: string };

export interface Walk {
  /** So many records at most are on one page, with all that the feed tells: then it stands for the feed. */
  readonly wholeUpTo?: number;
  /** A whole one a day is enough: the change feed tells deletions, save what it loses. */
  readonly daily?: true;
  /** One page of all records by ascending id. `position` comes from the page before. */
  page(position: string | undefined, signal: AbortSignal): Promise<WalkPage>;
}

export interface WalkPage {
  readonly items: readonly Observation[];
  /** Absent on the last page. */
  readonly position?: string;
}
