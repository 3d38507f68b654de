import type { PastWrite } from '../plan/contested.ts';
import type { Mark } from '../plan/mark.ts';
import type {
  Bases,
  Conflict,
  Mapping,
  Pair,
  ReleaseReason,
  Revision,
  Side,
  Sighting,
} from '../plan/model.ts';
import type {
  BegunStep,
  Effects,
  Phase,
  PlannedStep,
  RunSummary,
  SettledStep,
  Step,
  StepBody,
} from './journal.ts';
import type { Group, Organization } from './ports.ts';
import type {
  Confirmed,
  CustomField,
  Dirty,
  Holder,
  ObservedPage,
  SetAside,
  Verdict,
} from './records.ts';

/**
 * What the engine keeps for one account: mirror, mappings, journal. Every method is one
 * transaction; none does network I/O. Mirror, cursors, organizations and custom fields belong to
 * the connection, so that accounts which feed one CRM login share them.
 */
export interface AccountStore extends Mirror, CompanyRecords, Work, Journal {
  /** All that `work` reads and writes is one transaction, which costs less than many. Not for promises. */
  together<T>(work: () => T): T;
}

/** What was last seen of both sides, and how far each was read. */
interface Mirror {
  cursor(side: Side): string | undefined;
  /** The next listing reads everything again. Mirror, mappings and bases stay. */
  dropCursor(side: Side): void;

  /** Starts a whole listing; resolves to its generation. One that was left half-way counts for nothing. */
  startListing(side: Side): number;
  /**
   * The ids of those that lists have shown with this very digest before, which are present. They
   * count as seen, and are no suspects.
   */
  recognise(
    side: Side,
    listed: readonly { readonly id: string; readonly digest: string }[],
  ): ReadonlySet<string>;
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
  /** Whether it stands in the mirror just so, in all that matters. Of a record with an organization, it cannot be told. */
  standsSo(side: Side, revision: Revision): boolean;
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
}

/** What else the CRM and the address book have: organizations, groups, custom fields. */
interface CompanyRecords {
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
}

/** What is to be done, derived from mirror and mappings, and what the user decided about it. */
interface Work {
  /**
   * The dirty records after `after`, in a stable order, at most `limit`: their pairs, or themselves
   * where they have no mapping. A pair appears once, also when both of its records are dirty.
   * Records that a begun step is still about, or that are suspects, are left out with their pairs.
   * @param only by the marks of this side's records, or items of this kind
   */
  dirty(
    after: number,
    limit: number,
    only?: { readonly side?: Side; readonly kind?: Dirty['kind'] },
  ): readonly Dirty[];
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
  /** The other way round: the pair of this account that was let go before its person was made again as this one. */
  letGoBefore(crmId: string): { readonly pair: Pair; readonly reason: ReleaseReason } | undefined;
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
}

/** The steps of every run; what was begun is on disk before its request goes out. */
interface Journal {
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
  /** Whether a contact's step of this run about this record is still planned, or begun and not settled. */
  hasOpenContact(run: string, providerId: string): boolean;
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
  /** What a run has done and nobody has taken back since, last first. */
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
