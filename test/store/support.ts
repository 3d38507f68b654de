import { openStore, type Store } from '../../src/store/open.ts';
import type { Effects, PlannedStep, Step } from '../../src/sync/journal.ts';
import type { AccountStore } from '../../src/sync/store-port.ts';
import type { Dirty, Keyed, ObservedPage } from '../../src/sync/records.ts';
import type { Contact } from '../../src/contact/contact.ts';
import type { Revision, Side } from '../../src/plan/model.ts';
import { aContact, ann, aRevision } from '../support/contacts.ts';

export interface Shelf {
  readonly database: Store;
  readonly store: AccountStore;
  readonly accountId: number;
  readonly advance: (ms: number) => void;
}

export const START = '2026-11-22T08:00:00.000Z';

/** A store in memory with one account. */
export function aShelf(): Shelf {
  const clock = { at: Date.parse(START) };
  const now = (): Date => new Date(clock.at);
  const database = openStore({ home: ':memory:', toolVersion: 't', now });
  const accountId = addAccount(database, 'ann@example.com');
  return {
    database,
    accountId,
    store: database.account(accountId),
    advance: (ms) => {
      clock.at += ms;
    },
  };
}

/** One more mailbox, by default into the same CRM login. */
export function addAccount(database: Store, name: string, crm = '1:1'): number {
  const mailbox = database.connections.insert({ kind: 'google', identity: name, details: {} });
  const login =
    database.connections.find('pipedrive', crm) ??
    database.connections.insert({ kind: 'pipedrive', identity: crm, details: {} });
  return database.accounts.insert({
    name,
    email: name,
    providerConnection: mailbox.id,
    crmConnection: login.id,
    group: 'all',
    groupName: 'all',
    direction: 'one-way',
    visibility: 'company',
    onConflict: 'newest',
    match: 'email',
    paused: false,
  }).id;
}

export function seen(
  id: string,
  contact: Contact = ann(),
  more: Partial<Revision> = {},
  keys: readonly string[] = [],
): Keyed {
  return { revision: aRevision(id, contact, more), keys };
}

export function aPage(parts: Partial<ObservedPage> = {}): ObservedPage {
  return { settledBy: START, revisions: [], tombstones: [], malformed: [], ...parts };
}

export function suspects(store: AccountStore, side: Side, limit: number): readonly string[] {
  return store.suspects(side, 0, limit).map(({ id }) => id);
}

export function observe(store: AccountStore, side: Side, ...revisions: readonly Keyed[]): void {
  store.observe(side, aPage({ revisions }));
}

/** Whatever is still open is on the disk, as a moment later. */
export function committed(database: Store): void {
  database.transaction(() => undefined);
}

/** Plans one step in a run of its own. */
export function planned(store: AccountStore, parts: Partial<PlannedStep> = {}): Step {
  const run = store.openRun({ full: false, dryRun: false });
  const step: PlannedStep = {
    phase: 'mappings',
    side: 'crm',
    name: 'Ann Lee',
    body: { kind: 'link', bases: BASES, differing: [] },
    ...parts,
  };
  store.plan(run, [step]);
  const [first] = store.planned(run, step.phase, 0, 1);
  if (first === undefined) throw new Error('The step was not planned.');
  return first;
}

export const BASES = { provider: aContact(), crm: aContact() };

/** Carries out one step about nothing in particular, for its effects. */
export function settle(
  store: AccountStore,
  effects: Effects,
  parts: Partial<PlannedStep> = {},
): void {
  store.settle(planned(store, parts), effects);
}

/** Makes a live mapping; resolves to its id. Leaves no marks. */
export function link(store: AccountStore, providerId: string, crmId: string): number {
  const mapping = { kind: 'insert', providerId, crmId, bases: BASES } as const;
  settle(store, { mapping, clean: true });
  return mappingId(store, providerId);
}

export function mappingId(store: AccountStore, providerId: string): number {
  const pair = store.pairOf('provider', providerId);
  if (pair === undefined) throw new Error(`${providerId} is in no pair.`);
  return pair.mapping.id;
}

/** A pair of two present records without marks. */
export function linked(store: AccountStore, providerId: string, crmId: string): number {
  observe(store, 'provider', seen(providerId));
  observe(store, 'crm', seen(crmId));
  return link(store, providerId, crmId);
}

export function cleanAll(store: AccountStore): void {
  for (const item of store.dirty(0, 100)) store.clean(item);
}

/** The dirty records as a test reads them. */
export function dirty(store: AccountStore, after = 0, limit = 100): readonly string[] {
  return store.dirty(after, limit).map(inWords);
}

function inWords(item: Dirty): string {
  if (item.kind === 'newcomer') {
    const { side, sighting } = item;
    const id = sighting.kind === 'present' ? sighting.revision.id : sighting.id;
    return `${side} ${id}${sighting.kind === 'present' ? '' : ` ${sighting.how}`}`;
  }
  const { providerId, crmId } = item.pair.mapping;
  return `${item.kind} ${providerId}=${crmId}`;
}
