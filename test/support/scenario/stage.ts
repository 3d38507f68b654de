import { FIELDS, type Contact, type FieldName } from '../../../src/contact/contact.ts';
import { patchValue } from '../../../src/contact/fields.ts';
import type { Revision, Rules } from '../../../src/plan/model.ts';
import type { RunReport } from '../../../src/sync/account.ts';
import { AnswerLost, Unreachable } from '../../../src/sync/errors.ts';
import type { Write } from '../../../src/sync/ports.ts';
import { createKiller, type Killer } from '../killer.ts';
import type { Disturbance, MemorySide } from '../memory-side.ts';
import { GOOGLE_AND_PIPEDRIVE, LIKE_OUTLOOK } from '../vendor-like.ts';
import { createWorld, type World } from '../world.ts';

export interface Setting {
  readonly rules: Partial<Omit<Rules, 'holds'>>;
  /** The address book; Google by default. */
  readonly book?: Book;
  readonly visibilityDelay?: number;
}

export type Book = 'google' | 'outlook';

/** A side as a scenario sees it: its people by their labels, and its faults. */
export interface Actor {
  readonly name: string;
  readonly side: MemorySide;
  world: World;
  readonly ids: Map<string, string>;
  readonly faults: Faults;
}

/** Switched on by a scenario's sentences; each wears off as it says. */
export interface Faults {
  /** The request or the answer of the nth write from now, counted from 1, is lost. */
  lost?: { readonly what: 'request' | 'answer'; readonly nth: number } | undefined;
  down?: boolean;
  /** The page of a listing, counted from 1, that cannot be read. */
  brokenPage?: number | undefined;
  readonly refused: Map<string, string>;
  /** What a person does while the next write is on its way. */
  meanwhile?: (() => void) | undefined;
  /** Told of every write before it takes effect. */
  onWrite?: (write: Write) => void;
}

export interface Stage {
  readonly actors: ReadonlyMap<string, Actor>;
  readonly killer: Killer;
  readonly last: { report?: RunReport; writes: ReadonlyMap<string, number> };
  actor(name: string): Actor;
  /** Another address book that feeds the same CRM login; like Outlook where it is called so. */
  addAccount(name: string): void;
  groupId(name: string): string;
  /** Everything starts again with an empty database. */
  loseDatabase(): void;
}

/** Vendors' groups are known by ids; a scenario speaks of names. */
export function groupIdOf(name: string): string {
  return name === 'all' ? 'all' : `group-${name.toLowerCase().replaceAll(/\W+/gu, '-')}`;
}

export function createStage(setting: Setting): Stage {
  const killer = createKiller();
  const world = createWorld({
    rules: { direction: 'two-way', ...setting.rules },
    holds: GOOGLE_AND_PIPEDRIVE,
    wrapStore: killer.wrapStore,
    wrapSide: killer.wrapSide,
    ...(setting.visibilityDelay === undefined ? {} : { visibilityDelay: setting.visibilityDelay }),
  });
  const actors = new Map<string, Actor>();
  const { group = 'all' } = setting.rules;
  const add = (name: string, side: MemorySide, of: World): void => {
    const actor: Actor = { name, side, world: of, ids: new Map(), faults: { refused: new Map() } };
    actors.set(name, actor);
    side.set({
      ...(name.startsWith('outlook') ? LIKE_OUTLOOK : {}),
      disturb: disturbance(actor, killer),
      refuse: (write) => refusal(actor, write),
    });
    if (name !== 'crm' && group !== 'all') {
      side.person.addGroup({ id: group, name: group, kind: 'label', count: 0 });
    }
  };
  add(setting.book ?? 'google', world.provider, world);
  add('crm', world.crm, world);
  return {
    actors,
    killer,
    last: { writes: new Map() },
    actor: (name) => {
      const actor = actors.get(name);
      if (actor === undefined) throw new Error(`there is no side called ${name}`);
      return actor;
    },
    addAccount: (name) => {
      const other = world.second();
      add(name, other.provider, other);
    },
    groupId: groupIdOf,
    loseDatabase: () => {
      const fresh = world.anew();
      for (const actor of actors.values()) actor.world = fresh;
    },
  };
}

function disturbance(actor: Actor, killer: Killer): (what: Disturbance) => void {
  let pages = 0;
  return ({ when, call }) => {
    const { faults } = actor;
    if (faults.down === true) throw new Unreachable(`${actor.name} cannot be reached.`);
    if (call === 'changes') {
      pages += 1;
      if (faults.brokenPage !== undefined && pages >= faults.brokenPage) {
        throw new Unreachable(`${actor.name} cannot be reached.`);
      }
    }
    if (call === 'read' || call === 'changes') return;
    killer.point();
    if (faults.lost?.what !== (when === 'before' ? 'request' : 'answer')) return;
    const nth = faults.lost.nth - 1;
    faults.lost = nth === 0 ? undefined : { ...faults.lost, nth };
    if (nth === 0) throw new AnswerLost('No answer came.');
  };
}

function refusal(actor: Actor, write: Write): string | undefined {
  const { faults, ids } = actor;
  const { meanwhile } = faults;
  faults.onWrite?.(write);
  faults.meanwhile = undefined;
  meanwhile?.();
  for (const [label, reason] of faults.refused) {
    const about =
      write.kind === 'create' ? write.contact.name?.given === label : write.id === ids.get(label);
    if (about && write.kind !== 'delete') return reason;
  }
  return undefined;
}

/** The record that goes by this label: named so by the scenario, mapped to one that is, or called so. */
export function idOf(actor: Actor, label: string): string | undefined {
  const known = actor.ids.get(label);
  if (known !== undefined) return known;
  const called = actor.side.records().filter(({ contact }) => contact.name?.given === label);
  if (called.length > 1) throw new Error(`${actor.name} has ${called.length} called ${label}`);
  return called[0]?.id;
}

export function theId(actor: Actor, label: string): string {
  const id = idOf(actor, label);
  if (id === undefined) throw new Error(`${actor.name} has nobody called ${label}`);
  return id;
}

export function recordOf(actor: Actor, id: string): Revision | undefined {
  return actor.side.records().find((record) => record.id === id);
}

/** As a person sees the record: the organization by its name. */
export function contactSeen(actor: Actor, { contact, organizationId }: Revision): Contact {
  const name =
    organizationId === undefined
      ? undefined
      : actor.side.organizationNames()[Number(organizationId.slice(1)) - 1];
  return name === undefined ? contact : { ...contact, organization: name };
}

/** What a person types: as the side can hold it, the organization found by name or made. */
export function typed(
  actor: Actor,
  contact: Contact,
): { readonly contact: Contact; readonly link: Partial<Revision> } {
  const held = actor.side.holds(contact);
  if (actor.side.organizations === undefined) return { contact: held, link: {} };
  const { organization, ...rest } = held;
  if (organization === undefined) return { contact: rest, link: {} };
  const at = actor.side.organizationNames().indexOf(organization);
  const id = at === -1 ? actor.side.person.addOrganization({ name: organization }) : `o${at + 1}`;
  return { contact: rest, link: { organizationId: id } };
}

export function editRecord(actor: Actor, id: string, edit: (contact: Contact) => Contact): void {
  const record = recordOf(actor, id);
  if (record === undefined) throw new Error(`${actor.name} has no record ${id} any more`);
  const { contact, link } = typed(actor, edit(contactSeen(actor, record)));
  const patch = Object.assign({}, ...FIELDS.map((field) => patchValue(contact, field))) as Partial<
    Record<FieldName, null>
  >;
  // A link that the new content does not have is taken away.
  const unlinked: object =
    actor.side.organizations === undefined ? {} : { organizationId: undefined };
  actor.side.person.edit(id, patch, { ...unlinked, ...link });
}

/** Labels follow the mappings: whoever was created for Ada is Ada. */
export function followMappings(stage: Stage): void {
  const crm = stage.actor('crm');
  for (const actor of stage.actors.values()) {
    if (actor === crm) continue;
    shareLabels(actor, crm, (id) => actor.world.store.pairOf('provider', id)?.mapping.crmId);
    shareLabels(crm, actor, (id) => actor.world.store.pairOf('crm', id)?.mapping.providerId);
  }
}

/** A mapping may still name a record by an id that the vendor has changed since. */
function presentId({ side }: Actor, id: string | undefined): string | undefined {
  if (id === undefined) return undefined;
  return side.records().find(({ formerIds }) => formerIds?.includes(id))?.id ?? id;
}

function shareLabels(from: Actor, to: Actor, mapped: (id: string) => string | undefined): void {
  const known = new Set(to.ids.values());
  for (const [label, id] of from.ids) {
    const other = presentId(to, mapped(id));
    const stale = to.ids.has(label) && recordOf(to, theId(to, label)) !== undefined;
    if (other !== undefined && !stale && !known.has(other)) to.ids.set(label, other);
  }
}
