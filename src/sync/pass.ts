import type { Contact } from '../contact/contact.ts';
import type { Rules, Side } from '../plan/model.ts';
import type { Account, RunOptions, SetAsideEntry } from './account.ts';
import { Interrupted } from './errors.ts';
import { createFieldWatch, type FieldWatch } from './fields.ts';
import type { ContactSide } from './ports.ts';
import type { Counts } from './journal.ts';
import type { AccountStore } from './store-port.ts';

/** What one run carries from module to module. */
export interface Pass {
  readonly run: string;
  readonly store: AccountStore;
  readonly sides: { readonly [S in Side]: ContactSide };
  readonly rules: Rules;
  readonly options: RunOptions;
  readonly tally: Tally;
  readonly fields: FieldWatch;
  /** Requests that this run has sent so far. */
  readonly requests: (side: Side) => number;
}

export function startPass(account: Account, options: RunOptions): Pass {
  const { store, sides } = account;
  const before = { provider: sides.provider.requests(), crm: sides.crm.requests() };
  return {
    requests: (side) => sides[side].requests() - before[side],
    run: store.openRun({ full: options.refresh, dryRun: options.dryRun }),
    store,
    sides,
    rules: {
      ...account.rules,
      holds: {
        provider: remembered((contact) => sides.provider.holds(contact)),
        crm: remembered((contact) => sides.crm.holds(contact)),
      },
    },
    options,
    tally: createTally(),
    fields: createFieldWatch(sides.crm, store, options.signal),
  };
}

/** Asked several times about the same contact on its way through the plan. */
function remembered(holds: (contact: Contact) => Contact): (contact: Contact) => Contact {
  const known = new WeakMap<Contact, Contact>();
  return (contact) => {
    const held = known.get(contact) ?? holds(contact);
    known.set(contact, held);
    return held;
  };
}

/** @throws the reason, when the user has interrupted the run. Asked between steps, never within one. */
export function checkInterrupted({ options }: Pass): void {
  if (!options.signal.aborted) return;
  const reason: unknown = options.signal.reason;
  throw reason instanceof Error ? reason : new Interrupted();
}

/** Between stretches of mere computing: without a pause Ctrl-C and answers would wait for its end. */
export function letSignalsIn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** What a run has done so far, in contacts. */
export interface Tally {
  wrote(side: Side, what: keyof Counts): void;
  linked(): void;
  unlinked(): void;
  conflicts(count: number): void;
  setAside(entry: SetAsideEntry): void;
  readFully(): void;
  totals(): Totals;
}

export interface Totals {
  readonly full: boolean;
  readonly crm: Counts;
  readonly provider: Counts;
  readonly linked: number;
  readonly unlinked: number;
  readonly conflicts: number;
  readonly setAside: readonly SetAsideEntry[];
}

function createTally(): Tally {
  const counts = {
    crm: { created: 0, updated: 0, deleted: 0 },
    provider: { created: 0, updated: 0, deleted: 0 },
  };
  const setAside: SetAsideEntry[] = [];
  let [linked, unlinked, conflicts, full] = [0, 0, 0, false];
  return {
    wrote: (side, what) => {
      counts[side][what] += 1;
    },
    linked: () => {
      linked += 1;
    },
    unlinked: () => {
      unlinked += 1;
    },
    conflicts: (count) => {
      conflicts += count;
    },
    setAside: (entry) => {
      const known = setAside.some(({ side, id }) => side === entry.side && id === entry.id);
      if (!known || entry.id === '') setAside.push(entry);
    },
    readFully: () => {
      full = true;
    },
    totals: () => ({ full, ...counts, linked, unlinked, conflicts, setAside }),
  };
}
