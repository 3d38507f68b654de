import type { Contact, FieldName, Patch } from '../contact/contact.ts';
import type { Absence, Bases, Mapping, ReleaseReason, Revision, Side } from '../plan/model.ts';
import type { Organization, OrganizationDraft } from './ports.ts';
import type { CustomField, Keyed } from './records.ts';

/*
 * What stands in the journal: the steps of a run, what is known once one is done, and the summary
 * that closes the run. Recovery, history and undo read it.
 */

/** What the steps of a run are about, in the order in which they are begun. */
export const PHASES = ['fields', 'mappings', 'organizations', 'contacts', 'photos'] as const;
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
  /** The id of the step that it takes back. */
  readonly undoes?: number;
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
