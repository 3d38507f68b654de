import type { Contact, FieldName, Patch } from '../contact/contact.ts';
import type { PastWrite } from '../plan/contested.ts';
import type { Mark } from '../plan/mark.ts';
import type {
  Absence,
  Bases,
  Conflict,
  Mapping,
  Pair,
  ReleaseReason,
  Revision,
  Side,
  Sighting,
} from '../plan/model.ts';
import type { Finding, Group, Organization, OrganizationDraft } from './ports.ts';

/**
 * What the engine keeps for one account: mirror, mappings, journal. Every method is one
 * transaction; none does network I/O. Mirror, cursors, organizations and custom fields belong to
 * the connection, so that accounts which feed one CRM login share them.
 */
export interface AccountStore {
  // ── mirror ────────────────────────────────────────────────────────────────────────────────

  cursor(side: Side): string | undefined;
  /** The next listing reads everything again. Mirror, mappings and bases stay. */
  dropCursor(side: Side): void;

  /** Starts a whole listing; resolves to its generation. One that was left half-way counts for nothing. */
  startListing(side: Side): number;
  /** Stores one page of a listing (then with its generation) or of a change feed; the cursor moves with it. */
  observe(side: Side, page: ObservedPage): void;
  /** A whole listing arrived: what was neither in it nor seen otherwise since becomes a suspect, and the cursor moves. */
  finishListing(side: Side, generation: number, cursor: string | undefined): void;

  /** Ids that a feed or a whole listing no longer shows, or shows as they cannot be, after `after`. */
  suspects(
    side: Side,
    after: number,
    limit: number,
  ): readonly { readonly position: number; readonly id: string }[];
  /**
   * What reading the suspects found. A malformed record stays as it was and is no suspect any more;
   * one that we wrote since `settledBy` stays a suspect where the finding is older than our write.
   */
  confirm(side: Side, findings: readonly Confirmed[], settledBy: string): void;

  sighting(side: Side, id: string): Sighting | undefined;
  /** The live pair that this record is in. */
  pairOf(side: Side, id: string): Pair | undefined;
  /** How many records the mirror holds, present ones only. */
  mirrored(side: Side): number;

  /** The walk over ids: where it stands, and when the last whole one ended (ISO 8601). */
  walk(side: Side): {
    readonly position?: string;
    readonly generation?: number;
    readonly finishedAt?: string;
  };
  saveWalk(
    side: Side,
    walk: {
      readonly position?: string;
      readonly generation?: number;
      readonly finishedAt?: string;
    },
  ): void;

  // ── organizations, groups, custom fields ──────────────────────────────────────────────────

  organizationCursor(): string | undefined;
  /** Persons of a renamed organization become dirty. */
  observeOrganizations(items: readonly Organization[], cursor: string | undefined): void;
  /** By name, case and spaces aside: the user's own with the lowest id, else the lowest id. */
  organizationNamed(name: string): Organization | undefined;
  organizationById(id: string): Organization | undefined;
  /** It is gone from the CRM, which no list tells. */
  dropOrganization(id: string): void;

  /** The chosen group's name as last seen, for messages. */
  saveGroups(groups: readonly Group[]): void;

  /** Fields that the CRM lacked when the account was set up, with the code once there is one. */
  customFields(): readonly CustomField[];
  saveCustomField(field: CustomField): void;
  /**
   * The CRM has these fields otherwise than when contacts were synced: no mapping of any account of
   * this login has a base for them any more, and what is mapped is dirty.
   */
  changeFields(fields: readonly CustomField[]): void;

  // ── work ──────────────────────────────────────────────────────────────────────────────────

  /**
   * The dirty records after `after`, in a stable order, at most `limit`: their pairs, or themselves
   * where they have no mapping. A pair appears once, also when both of its records are dirty.
   * Pairs that a begun step is still about are left out.
   * @param side only by the marks of this side's records
   */
  dirty(after: number, limit: number, side?: Side): readonly Dirty[];
  /** The records of `item` are in step; the mark is dropped unless they changed since they were read. */
  clean(item: Dirty): void;
  /** Every record of the account is looked at again. */
  markAllDirty(): void;

  /** Present records of `side` without a mapping in this account that share a match key. */
  candidates(side: Side, keys: readonly string[]): readonly Revision[];
  /** Present records of `side` that share a match key, mapped ones too, without the record `except`. */
  holders(side: Side, keys: readonly string[], except: string): readonly Holder[];
  /**
   * Who was created for another account of this CRM login in the place of a person that is gone,
   * if this account has no mapping to them.
   */
  replacement(crmId: string): Revision | undefined;
  /** Present records of `side` without a mapping in this account, created at or after `since`. */
  newSince(side: Side, since: string): readonly Revision[];

  /** What the user decided about newcomers: who is the same person, and who is not. */
  verdicts(side: Side, id: string): readonly Verdict[];

  /** Conflicts of one pair, open and settled; open ones that are not among them any more are over. */
  recordConflicts(
    run: string,
    pair: Pick<Mapping, 'providerId' | 'crmId'> & {
      readonly name: string;
      readonly changedAt?: Pair['changedAt'];
    },
    conflicts: readonly Conflict[],
  ): void;
  /** Our writes to this pair since `since`, oldest first; of each field only those since it was last decided. */
  pastWrites(pair: Pick<Mapping, 'providerId' | 'crmId'>, since: string): readonly PastWrite[];

  liveMappings(): number;
  /** Deletions and releases that were carried out for this account since `since` (ISO 8601). */
  removalsSince(since: string): number;
  /** Marks of other installations on records here that were made since this account was added or taken over. */
  foreignMarks(side: Side): readonly Mark[];
  /** Marks of other installations count from now on only. */
  takeOver(): void;

  /** Moves bases without a write; every field has one then. */
  agree(mappingId: number, bases: Bases): void;

  // ── journal ───────────────────────────────────────────────────────────────────────────────

  openRun(options: { readonly full: boolean; readonly dryRun: boolean }): string;
  closeRun(run: string, summary: RunSummary): void;
  /** How the account's last run ended; `undefined` where none has ended yet. */
  lastStatus(): RunSummary['status'] | undefined;
  /** Whether its first sync is done: some run went through to its end. */
  everFinished(): boolean;
  /** Whether a run of this account ever wrote anything. */
  everWrote(): boolean;

  plan(run: string, steps: readonly PlannedStep[]): void;
  /** Steps of earlier runs that were planned and never begun are no steps any more. */
  dropPlanned(): void;
  /** Planned steps of this run and phase after the step `after`, in order, at most `limit`. */
  planned(run: string, phase: Phase, after: number, limit: number): readonly Step[];
  /** How many steps of each kind and side this run has planned. */
  plannedCounts(
    run: string,
  ): readonly { readonly kind: StepBody['kind']; readonly side: Side; readonly count: number }[];
  /** All planned steps, one by one, for a dry run's report. */
  eachPlanned(run: string): Iterable<Step>;

  /** On disk before the requests go out (synchronous=FULL). `at` is the vendor's time. */
  begin(steps: readonly Step[], at: string): void;
  /** Steps that were begun and not settled, of any run of this account. */
  begun(): readonly BegunStep[];
  /** What a run has done, last first. */
  settledOf(run: string): Iterable<SettledStep>;
  /** What the step left out of its write is remembered as refused, with both records. */
  settle(step: Step, effects: Effects): void;
  /** Not done. The records stay dirty; `moved` and refused content are remembered with them. */
  setAside(step: Step, why: SetAside, effects?: Effects): void;
  /** A begun step that turned out never to have happened: as if it had not been planned. */
  drop(step: Step): void;
  /** A record that could not even be planned: malformed or ambiguous. True when this is news. */
  setAsideRecord(side: Side, id: string, why: SetAside): boolean;

  /** Everything in scope on both sides, for the backup before the first write. */
  eachPresent(side: Side): Iterable<Revision>;
}

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
}

/** A revision with the keys by which newcomers are matched (`plan/match.ts`). */
export interface Keyed {
  readonly revision: Revision;
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
  | { readonly kind: 'released'; readonly pair: Pair; readonly reason: ReleaseReason }
  | { readonly kind: 'newcomer'; readonly side: Side; readonly sighting: Sighting }
);

/** Steps are carried out phase by phase. */
export const PHASES = ['fields', 'organizations', 'mappings', 'contacts', 'photos'] as const;
export type Phase = (typeof PHASES)[number];

export type StepBody =
  | { readonly kind: 'make-field'; readonly field: FieldName }
  | { readonly kind: 'make-organization'; readonly draft: OrganizationDraft }
  | {
      readonly kind: 'fill-organization';
      readonly organizationId: string;
      readonly draft: OrganizationDraft;
    }
  /** `differing`: fields in which the two records differ and stay different. */
  | { readonly kind: 'link'; readonly bases: Bases; readonly differing: readonly FieldName[] }
  | { readonly kind: 'revive'; readonly mappingId: number }
  /** The vendor or the user put another record in the place of this one: the mapping follows. */
  | ({ readonly kind: 'rekey' } & Rekeying)
  | { readonly kind: 'release'; readonly mappingId: number; readonly reason: ReleaseReason }
  /** Nothing is left to map, or what is left goes on in a new record. */
  | {
      readonly kind: 'forget';
      readonly mappingId: number;
      readonly reason: Extract<ReleaseReason, 'gone' | 'replaced'>;
    }
  | ({
      readonly kind: 'create';
      readonly contact: Contact;
      readonly from: Revision;
      /** What of `from` counts as carried over, where that is less than all of it. */
      readonly delivers?: Patch;
    } & Undoing &
      Pared)
  | ({
      readonly kind: 'update';
      readonly expected: Revision;
      readonly patch: Patch;
      readonly delivers: Patch;
      /** Fields of the patch in which this side's own change is carried over by another step. */
      readonly shared?: readonly FieldName[];
    } & Undoing &
      Pared)
  | ({
      readonly kind: 'delete';
      readonly mappingId?: number;
      readonly expected: Revision;
    } & Undoing)
  | { readonly kind: 'photo'; readonly ref: string; readonly knownHash?: string }
  | { readonly kind: 'remove-photo'; readonly ref: string };

/**
 * Set on a step that takes an earlier one back. Afterwards both bases equal both mirrors, so that
 * the next run does not do it again; the mapping is `released`, or `live` where an undo is undone.
 */
export interface Undoing {
  readonly undo?: 'released' | 'live';
}

/** Set on a write that leaves out what its side refused: what that was and why, for people. */
export interface Pared {
  readonly leftOut?: string;
}

/** `recordId` is the mapping's record at `side` from now on. */
export interface Rekeying {
  readonly mappingId: number;
  readonly side: Side;
  readonly recordId: string;
  readonly bases: Bases;
}

export interface PlannedStep {
  readonly phase: Phase;
  /** Where it takes effect; for steps on mappings, the side that gave the reason. */
  readonly side: Side;
  readonly providerId?: string;
  readonly crmId?: string;
  /** What people call the contact. Never logged. */
  readonly name: string;
  readonly body: StepBody;
}

export interface Step extends PlannedStep {
  readonly id: number;
  readonly run: string;
  /** Names the step for ever and everywhere: the private mark of what it creates. */
  readonly key: string;
}

export interface BegunStep extends Step {
  /** The vendor's time just before the request, ISO 8601. */
  readonly begunAt: string;
}

/** A step that was carried out. */
export interface SettledStep extends Step {
  /** ISO 8601, by this machine's clock. */
  readonly settledAt: string;
  /** The record as the vendor answered, where the step wrote one. */
  readonly answer?: Revision;
}

/** What is known once a step is done; applied in the transaction that settles it. */
export interface Effects {
  readonly mirror?: readonly ({ readonly side: Side } & (
    | ({ readonly kind: 'present' } & Keyed)
    | { readonly kind: 'absent'; readonly id: string; readonly how: Absence }
  ))[];
  readonly mapping?: MappingEffect;
  readonly organization?: Organization;
  readonly customField?: CustomField;
  /** The pair is in step now: drop its dirty marks. */
  readonly clean?: boolean;
  /** The step wrote the record of its side that stands in `mirror`: the vendor may show its old state for a while. */
  readonly written?: boolean;
}

export type MappingEffect =
  | {
      readonly kind: 'insert';
      readonly providerId: string;
      readonly crmId: string;
      readonly bases: Bases;
      readonly photo?: Mapping['photo'];
      /** It does not sync from the start. */
      readonly released?: ReleaseReason;
    }
  | {
      readonly kind: 'change';
      readonly mappingId: number;
      readonly bases?: Bases;
      readonly photo?: Mapping['photo'];
    }
  | { readonly kind: 'release'; readonly mappingId: number; readonly reason: ReleaseReason }
  | { readonly kind: 'revive'; readonly mappingId: number }
  | ({ readonly kind: 'rekey' } & Rekeying);

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

export interface RunSummary {
  readonly status:
    'ok' | 'partial' | 'failed' | 'sign-in-needed' | 'stopped' | 'waiting' | 'interrupted';
  readonly full: boolean;
  readonly crm: Counts;
  readonly provider: Counts;
  readonly linked: number;
  readonly unlinked: number;
  readonly conflicts: number;
  readonly requests: { readonly provider: number; readonly crm: number };
  readonly durationMs: number;
  readonly message?: string;
  readonly resumeAt?: string;
}

export interface Counts {
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
}
