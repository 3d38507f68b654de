import type { FieldName } from '../contact/contact.ts';
import type { Allowance } from '../plan/guard.ts';
import type { Revision, Rules, Side } from '../plan/model.ts';
import type { ContactSide, Demand, Group } from './ports.ts';
import type { RunSummary } from './journal.ts';
import type { AccountStore } from './store-port.ts';

/** What the user adds: one provider connection, one CRM connection, and the rules between them. */
export interface Account {
  readonly name: string;
  readonly rules: Omit<Rules, 'holds'>;
  readonly sides: { readonly [S in Side]: ContactSide };
  readonly store: AccountStore;
}

export interface RunOptions {
  /** Read both sides completely, not only what changed; look again at what was set aside. */
  readonly refresh: boolean;
  /** Stop after the guard. The caller gives the account a throw-away store. */
  readonly dryRun: boolean;
  /** Replaces the guard's two conditions by one. */
  readonly maxDelete?: MaxDelete;
  /** Go on although another installation has been at work here; its marks count anew from now on. */
  readonly takeOver?: boolean;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Called once in an account's life, after the guard and before the first write. */
  readonly backup?: (records: BackupSource) => Promise<void>;
  /** This machine's clock. Only for durations and for what people read. */
  readonly now: () => Date;
  /** A fingerprint of a picture. */
  readonly hash: (bytes: Uint8Array) => Promise<string> | string;
  /**
   * Lets other accounts go on: called after each slice of the writes, when nothing is under way.
   * What they did meanwhile is looked at before anything that was planned earlier.
   */
  readonly giveTurn?: () => Promise<void>;
}

export type MaxDelete = Allowance;

export type Progress =
  | {
      readonly kind: 'reading';
      readonly side: Side;
      readonly done: number;
      readonly total?: number;
    }
  | { readonly kind: 'planning'; readonly done: number }
  | { readonly kind: 'backing-up' }
  | { readonly kind: 'writing'; readonly done: number; readonly total: number };

/** Both sides' records in scope. */
export interface BackupSource {
  each(side: Side): Iterable<Revision>;
}

export interface RunReport extends RunSummary {
  readonly run: string;
  readonly dryRun: boolean;
  readonly setAside: readonly SetAsideEntry[];
  /** With `dryRun` only. */
  readonly plan?: readonly PlanEntry[];
  /** With `dryRun` only. */
  readonly unheld?: readonly Unheld[];
  /** With `dryRun` only: what the run would ask of the vendors, of those who can tell. */
  readonly demand?: { readonly [S in Side]?: Demand };
  /** What stopped, failed or interrupted the run, for the command line's table of errors. */
  readonly error?: Error;
}

/** How many contacts have something in this field that `side` cannot hold; it stays on the other one. */
export interface Unheld {
  readonly side: Side;
  readonly field: FieldName;
  readonly contacts: number;
}

export interface SetAsideEntry {
  readonly contact: string;
  readonly id: string;
  readonly side: Side;
  readonly reason: string;
}

export interface PlanEntry {
  readonly action: 'create' | 'update' | 'delete' | 'link' | 'unlink';
  readonly side: Side;
  readonly contact: string;
  readonly id: string;
  readonly fields: readonly FieldName[];
}

/** The group that stands for every contact. */
export const ALL_CONTACTS: Group = { id: 'all', name: 'All contacts', kind: 'all', count: 0 };
