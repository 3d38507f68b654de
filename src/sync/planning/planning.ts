import type { Pass } from '../pass.ts';
import type { Dirty } from '../store-port.ts';

/** One run's planning: what was decided so far that later decisions have to know. */
export interface Planning {
  readonly pass: Pass;
  /** Organizations that a step of this plan makes or fills, by key. */
  readonly organizations: Set<string>;
  /** Provider's records that take over the mapping of one that is gone. */
  readonly successors: Set<string>;
  /** The CRM's records for which a create at the provider is still in doubt. */
  readonly inDoubt: ReadonlySet<string>;
}

export type DirtyOf<K extends Dirty['kind']> = Extract<Dirty, { readonly kind: K }>;
