import type { Pair, Side } from '../../plan/model.ts';
import type { Pass } from '../pass.ts';
import type { PlannedStep } from '../journal.ts';
import type { Dirty } from '../records.ts';

/** One run's planning: what was decided so far that later decisions have to know. */
export interface Planning {
  readonly pass: Pass;
  /** Organizations that a step of this plan makes or fills, by key. */
  readonly organizations: Set<string>;
  /** Records that take over the mapping of one that is gone, by id. */
  readonly successors: { readonly [S in Side]: Set<string> };
  /** The CRM's records for which a create at the provider is still in doubt. */
  readonly inDoubt: ReadonlySet<string>;
  /** CRM records that a newcomer of the provider's is joined with. */
  readonly joined: Set<string>;
  /** Cases that a vendor has to be asked about before they can be decided. */
  readonly waiting: Case[];
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
