import type { Pair, Side } from '../../plan/model.ts';
import type { Pass } from '../pass.ts';
import type { PlannedStep } from '../journal.ts';
import type { Dirty } from '../records.ts';
import type { OrganizationDraft } from '../ports.ts';

/** One run's planning: what was decided so far that later decisions have to know. */
export interface Planning {
  readonly pass: Pass;
  /** Organizations that this plan is to make, or to give an address, by key. */
  readonly organizations: Map<string, WantedOrganization>;
  /** Records that take over the mapping of one that is gone, by id. */
  readonly successors: { readonly [S in Side]: Set<string> };
  /** The CRM's records for which a create at the provider is still in doubt. */
  readonly inDoubt: ReadonlySet<string>;
  /** CRM records that a newcomer of the provider's is joined with. */
  readonly joined: Set<string>;
  /** People of the CRM who begin anew, once the provider's newcomers have done the matching. */
  readonly anew: DirtyOf<'newcomer'>[];
  /** Cases that a vendor has to be asked about before they can be decided. */
  readonly waiting: Case[];
}

export interface WantedOrganization {
  readonly draft: OrganizationDraft;
  /** That of the organization, where there is one. */
  readonly id?: string;
}

/** One person to decide about. */
export interface Case {
  readonly pair: Pair;
  /** Steps on the mapping that come before whatever is decided. */
  readonly lead: readonly PlannedStep[];
  /** Cleaned when nothing is left to do; absent for a pair that is only coming to be. */
  readonly item?: Dirty;
}

export type DirtyOf<K extends Dirty['kind']> = Extract<Dirty, { readonly kind: K }>;
