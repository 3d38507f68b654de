import type { Database } from 'better-sqlite3';
import type { Side } from '../plan/model.ts';
import type { Forgotten } from './forgotten.ts';
import type { Turns } from './turns.ts';

/** What the parts of one account's store share. */
export interface Scope {
  readonly db: Database;
  readonly turns: Turns;
  readonly accountId: number;
  readonly connections: { readonly [S in Side]: number };
  readonly toolVersion: string;
  /** This machine's clock. */
  readonly now: () => Date;
  readonly newId: () => string;
  /** The random name of this installation. */
  readonly installation: string;
  readonly forgotten: Pick<Forgotten, 'covers'>;
}

/** The column that holds a side's record in a mapping or a step. */
export function idColumn(side: Side): 'provider_id' | 'crm_id' {
  return side === 'provider' ? 'provider_id' : 'crm_id';
}
