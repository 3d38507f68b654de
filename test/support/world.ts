import { createHash } from 'node:crypto';
import { expect } from '@jest/globals';
import type { Contact } from '../../src/contact/contact.ts';
import type { Rules, Side } from '../../src/plan/model.ts';
import { openStore, type Store } from '../../src/store/open.ts';
import type { Account, RunOptions, RunReport } from '../../src/sync/account.ts';
import type { ContactSide } from '../../src/sync/ports.ts';
import type { AccountStore } from '../../src/sync/store-port.ts';
import { run, undo } from '../../src/sync/run.ts';
import { heldByCrm } from './contacts.ts';
import { createMemorySide, type MemorySide } from './memory-side.ts';

export interface WorldOptions {
  readonly rules?: Partial<Omit<Rules, 'holds'>>;
  readonly visibilityDelay?: number;
  /** What each side can hold; everything at the provider, {@link heldByCrm} at the CRM. */
  readonly holds?: Partial<Rules['holds']>;
  readonly wrapStore?: (store: AccountStore) => AccountStore;
  readonly wrapSide?: (side: ContactSide) => ContactSide;
}

/** Two sides in memory, a real database in memory, and the engine between them. */
export interface World {
  readonly provider: MemorySide;
  readonly crm: MemorySide;
  readonly store: AccountStore;
  readonly database: Store;
  /** One run. With `quietly: false` a status other than ok does not fail the test. */
  sync(options?: Partial<RunOptions>): Promise<RunReport>;
  /** Takes a run back. */
  undo(run: string, options?: Partial<RunOptions> & { contact?: string }): Promise<RunReport>;
  /** The same two sides under a new database, as another installation or after a loss. */
  anew(): World;
  /** The same two sides and account over another state of the database. */
  withDatabase(database: Store): World;
  /** Another account of the same CRM login, with an address book of its own. */
  second(): World;
  advance(ms: number): void;
  /** What the CRM holds, organizations by name, sorted by name. */
  people(): readonly Contact[];
  /** A second sync after anything at all writes nothing. */
  expectQuiet(): Promise<void>;
}

const DEFAULT_RULES: Omit<Rules, 'holds'> = {
  direction: 'one-way',
  onConflict: 'newest',
  match: 'email',
  group: 'all',
};

interface AddedAccount {
  readonly name: string;
  readonly id: number;
  readonly provider: MemorySide;
  readonly rules: Omit<Rules, 'holds'>;
}

interface Shared {
  readonly clock: { at: number };
  readonly crm: MemorySide;
}

export function createWorld(options: WorldOptions = {}): World {
  const clock = { at: Date.parse('2026-11-22T08:00:00Z') };
  const crm = createMemorySide({
    side: 'crm',
    crm: true,
    holds: options.holds?.crm ?? heldByCrm,
    ...sideOptions(),
  });
  return installation(options, { clock, crm }, addressBook());

  function sideOptions() {
    const { visibilityDelay } = options;
    return {
      now: () => new Date(clock.at),
      ...(visibilityDelay === undefined ? {} : { visibilityDelay }),
    };
  }
  function addressBook(): () => MemorySide {
    const holds = options.holds?.provider;
    const held = holds === undefined ? {} : { holds };
    return () => createMemorySide({ side: 'provider', ...sideOptions(), ...held });
  }
}

/** A database of its own over a CRM and address books that others may use too. */
function installation(options: WorldOptions, shared: Shared, addressBook: () => MemorySide): World {
  const { clock, crm } = shared;
  const now = (): Date => new Date(clock.at);
  const database = openStore({ home: ':memory:', toolVersion: '0.0.0-test', now });
  const connection = database.connections.insert({
    kind: 'pipedrive',
    identity: '1:1',
    details: {},
  });
  return added('ann@example.com', addressBook());

  function added(name: string, provider: MemorySide): World {
    const rules = { ...DEFAULT_RULES, ...options.rules };
    const mailbox = database.connections.insert({ kind: 'google', identity: name, details: {} });
    const { id } = database.accounts.insert({
      name,
      email: name,
      providerConnection: mailbox.id,
      crmConnection: connection.id,
      group: rules.group,
      groupName: rules.group,
      direction: rules.direction,
      visibility: 'company',
      onConflict: rules.onConflict,
      match: rules.match,
      paused: false,
    });
    return world({ name, id, provider, rules }, database);
  }

  function world(one: AddedAccount, database: Store): World {
    const { name, provider, rules } = one;
    const store = database.account(one.id);
    const wrap = options.wrapSide ?? ((side: ContactSide) => side);
    const account: Account = {
      name,
      rules,
      sides: { provider: wrap(provider), crm: wrap(crm) },
      store: options.wrapStore?.(store) ?? store,
    };
    const asked = (runOptions: Partial<RunOptions>): RunOptions => {
      clock.at += 60_000;
      return {
        refresh: false,
        dryRun: false,
        signal: new AbortController().signal,
        now,
        hash: (bytes) => createHash('sha256').update(bytes).digest('hex'),
        ...runOptions,
      };
    };
    const sync = (runOptions: Partial<RunOptions> = {}): Promise<RunReport> =>
      run(account, asked(runOptions));
    return {
      provider,
      crm,
      store,
      database,
      sync,
      undo: (undone, { contact, ...runOptions } = {}) =>
        undo(
          account,
          { run: undone, ...(contact === undefined ? {} : { contact }) },
          asked(runOptions),
        ),
      anew: () => installation(options, shared, () => provider),
      withDatabase: (other) => world(one, other),
      second: () => added('second@example.com', addressBook()),
      advance: (ms) => {
        clock.at += ms;
      },
      people: () => people(crm),
      expectQuiet: async () => {
        const before = writes(provider, crm);
        const report = await sync();
        expect({ writes: writes(provider, crm) - before, message: report.message }).toEqual({
          writes: 0,
          message: undefined,
        });
      },
    };
  }
}

function writes(...sides: readonly MemorySide[]): number {
  return sides.reduce((sum, side) => sum + side.writes(), 0);
}

function people(crm: MemorySide): readonly Contact[] {
  const names = crm.organizationNames();
  return crm
    .records()
    .map(({ contact, organizationId }) => {
      const name =
        organizationId === undefined ? undefined : names[Number(organizationId.slice(1)) - 1];
      return name === undefined ? contact : { ...contact, organization: name };
    })
    .toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
}

/** The counts of a report that are not zero, as a test reads them: `crm +3 ~1`. */
export function counts(report: RunReport): string {
  const side = (name: Side): string[] => {
    const { created, updated, deleted } = report[name];
    const parts = [
      [created, '+'],
      [updated, '~'],
      [deleted, '-'],
    ] as const;
    const text = parts.filter(([count]) => count > 0).map(([count, sign]) => `${sign}${count}`);
    return text.length === 0 ? [] : [`${name} ${text.join(' ')}`];
  };
  const more = [
    [report.linked, 'linked'],
    [report.unlinked, 'unlinked'],
    [report.conflicts, 'conflicts'],
    [report.setAside.length, 'set aside'],
  ] as const;
  const rest = more.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return [...side('provider'), ...side('crm'), ...rest].join(', ') || 'nothing';
}
