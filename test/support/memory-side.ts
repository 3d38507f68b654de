import {
  EMPTY_CONTACT,
  type Contact,
  type FieldName,
  type Patch,
} from '../../src/contact/contact.ts';
import { applyPatch, sameField } from '../../src/contact/fields.ts';
import { samePlace, sameValue } from '../../src/contact/normalize.ts';
import { FIELDS } from '../../src/contact/contact.ts';
import type { Absence, Revision, Side } from '../../src/plan/model.ts';
import { AnswerLost, CursorExpired, Rejected } from '../../src/sync/errors.ts';
import type {
  ContactSide,
  Finding,
  Group,
  Observation,
  Organization,
  OrganizationDraft,
  Outcome,
  Page,
  Told,
  Write,
} from '../../src/sync/ports.ts';

interface Stored {
  readonly revision: Revision;
  /** Position in the change log. */
  readonly sequence: number;
  readonly absent?: Absence;
  /** When the vendor's lists show this state, in milliseconds; reading by id shows it at once. */
  readonly visibleAt: number;
}

interface StoredOrganization {
  readonly organization: Organization;
  readonly sequence: number;
}

/** A call that a test wants to disturb: `write` before or after it took effect, or a read. */
export interface Disturbance {
  readonly when: 'before' | 'after';
  readonly call: 'create' | 'update' | 'delete' | 'organization' | 'photo' | 'read' | 'changes';
}

export interface Refusal {
  readonly reason: string;
  readonly field?: FieldName;
}

export interface MemorySideOptions {
  readonly side: Side;
  readonly holds?: (contact: Contact) => Contact;
  /** A CRM: organizations are records, deletions do not show in the feed, records have owners. */
  readonly crm?: boolean;
  /** Outlook does not tell under which ids it knew a record before. */
  readonly tellsFormerIds?: boolean;
  readonly pageSize?: number;
  readonly visibilityDelay?: number;
  /** How many milliseconds later the vendor's lists show what was written through the API. */
  readonly lag?: number;
  /** May throw: then the call fails there. */
  readonly disturb?: (disturbance: Disturbance) => void;
  /** Refuses a write: the reason, perhaps with the field, or nothing. */
  readonly refuse?: (write: Write) => string | Refusal | undefined;
  readonly now?: () => Date;
}

/** An address book or CRM in memory, with a person in front of it and faults to switch on. */
export interface MemorySide extends ContactSide {
  readonly person: Person;
  /** Records as a person sees them. */
  records(): readonly Revision[];
  organizationNames(): readonly string[];
  pictures(): ReadonlyMap<string, Uint8Array>;
  writes(): number;
  expireCursors(): void;
  set(options: Partial<MemorySideOptions>): void;
}

/** What people do in the vendor's own application. */
export interface Person {
  add(contact: Partial<Contact>, more?: Partial<Revision>): string;
  edit(id: string, patch: Patch, more?: Partial<Revision>): void;
  remove(id: string): void;
  removeOrganization(id: string): void;
  leaveOrganization(id: string): void;
  /** The feed, lists and reads show this older state of a record, whatever was written since. */
  showsLate(revision: Revision | undefined): void;
  touch(id: string): void;
  removePicture(id: string): void;
  /** Back from the vendor's bin, or visible again, under the same id. */
  restore(id: string): void;
  /** Not deleted, and not for this user to see; `vanished` where that looks like a deletion. */
  hide(id: string, how: 'hidden' | 'vanished'): void;
  /** The winner takes over what the loser has besides, and is known by the loser's id too. */
  merge(loser: string, winner: string): void;
  /** The vendor gives the record another id, under which it tells the former one. */
  rekey(id: string): string;
  addGroup(group: Group): void;
  removeGroup(id: string): void;
  addOrganization(draft: OrganizationDraft, owned?: boolean): string;
  renameOrganization(id: string, name: string): void;
}

export function createMemorySide(initial: MemorySideOptions): MemorySide {
  let options = initial;
  let sequence = 0;
  let lastId = 0;
  let oldestCursor = 0;
  let writes = 0;
  let requests = 0;
  let late: Revision | undefined;
  const stored = new Map<string, Stored>();
  const organizations = new Map<string, StoredOrganization>();
  const pictures = new Map<string, Uint8Array>();
  const groups: Group[] = [];
  const now = (): Date => options.now?.() ?? new Date();
  const disturb = (when: Disturbance['when'], call: Disturbance['call']): void => {
    options.disturb?.({ when, call });
  };

  const put = (revision: Revision, absent?: Absence, lag = 0): Revision => {
    sequence += 1;
    const etag = `${sequence}`;
    const saved = { ...revision, etag, updatedAt: now().toISOString() };
    const visibleAt = now().getTime() + lag;
    const gone = absent === undefined ? {} : { absent };
    stored.set(revision.id, { revision: saved, sequence, visibleAt, ...gone });
    return saved;
  };
  const putWritten = (revision: Revision, absent?: Absence): Revision =>
    put(revision, absent, options.lag);
  /** Where records are that have had other ids: a mapping, or a scenario, may still know one of those. */
  const movedTo = new Map<string, string>();
  const storedAs = (id: string): Stored => {
    const one = stored.get(id);
    if (one === undefined) throw new Error(`${options.side} has no record ${id}.`);
    return one;
  };
  const tellsFormerIds = (): boolean => options.tellsFormerIds ?? options.crm !== true;
  const isShown = ({ visibleAt }: Stored): boolean => visibleAt <= now().getTime();
  const nextId = (): string => {
    lastId += 1;
    return `${options.side === 'provider' ? 'p' : 'c'}${lastId}`;
  };
  const fresh = (contact: Contact, more: Partial<Revision> = {}): Revision => ({
    id: nextId(),
    etag: '',
    contact,
    createdAt: now().toISOString(),
    groups: [],
    owned: true,
    ...more,
  });
  const shown = (revision: Revision): Revision => (late?.id === revision.id ? late : revision);
  const observation = ({ revision, absent }: Stored): Observation => {
    if (absent !== undefined) return { kind: 'tombstone', id: revision.id };
    const told = shown(revision);
    const look = (): Told => ({ kind: 'revision', revision: told });
    return { kind: 'listed', id: revision.id, digest: JSON.stringify(told), look };
  };

  async function* paged<T>(items: readonly T[]): AsyncIterable<readonly T[]> {
    const size = options.pageSize ?? 3;
    for (let at = 0; at === 0 || at < items.length; at += size) {
      requests += 1;
      disturb('before', 'changes');
      yield items.slice(at, at + size);
    }
  }

  async function* changes(cursor: string | undefined, signal: AbortSignal): AsyncIterable<Page> {
    signal.throwIfAborted();
    if (cursor !== undefined && !(Number(cursor) >= oldestCursor))
      throw new CursorExpired('expired');
    const since = cursor === undefined ? -1 : Number(cursor);
    const all = [...stored.values()];
    // What the lists do not show yet must still be ahead of the cursor.
    const held = all.filter((one) => !isShown(one)).map((one) => one.sequence - 1);
    const upTo = String(Math.min(sequence, ...held));
    const silent = cursor === undefined || options.crm === true;
    const due = all
      .filter((one) => one.sequence > since && isShown(one))
      .filter((one) => one.absent === undefined || !silent)
      .toSorted((a, b) => a.sequence - b.sequence);
    let seen = 0;
    for await (const items of paged(due)) {
      seen += items.length;
      const last = seen >= due.length;
      yield { items: items.map(observation), total: due.length, ...(last ? { cursor: upTo } : {}) };
    }
  }

  const find = (id: string): Finding => {
    const one = stored.get(id);
    if (one === undefined) return { kind: 'absent', how: 'deleted' };
    if (one.absent !== undefined) return { kind: 'absent', how: one.absent };
    return { kind: 'present', revision: shown(one.revision) };
  };

  const moved = (write: Exclude<Write, { kind: 'create' }>): boolean => {
    const one = find(write.id);
    if (one.kind !== 'present') return write.kind === 'update';
    const touched = write.kind === 'delete' ? FIELDS : FIELDS.filter((at) => at in write.patch);
    const relinks = write.kind === 'delete' || write.organizationId !== undefined;
    const { expected } = write;
    if (relinks && one.revision.organizationId !== expected.organizationId) return true;
    return touched
      .filter((field) => field !== 'organization' || options.crm !== true)
      .some((field) => !sameField(field, one.revision.contact, expected.contact));
  };

  const refused = ({ key }: Write, refusal: string | Refusal): Outcome => {
    const { reason, ...named } = typeof refusal === 'string' ? { reason: refusal } : refusal;
    return { kind: 'refused', key, error: new Rejected(reason), ...named };
  };

  const carryOut = (write: Write): Outcome => {
    const refusal = options.refuse?.(write);
    if (refusal !== undefined) return refused(write, refusal);
    if (write.kind !== 'create' && moved(write)) {
      return { kind: 'moved', key: write.key, finding: find(write.id) };
    }
    disturb('before', write.kind);
    writes += 1;
    const outcome = effect(write);
    disturb('after', write.kind);
    return outcome;
  };

  const effect = (write: Write): Outcome => {
    if (write.kind === 'delete') {
      const one = stored.get(write.id);
      if (one !== undefined) putWritten(one.revision, 'deleted');
      return { kind: 'deleted', key: write.key };
    }
    const revision = putWritten(written(write));
    return { kind: 'written', key: write.key, revision, digest: JSON.stringify(revision) };
  };

  const written = (write: Exclude<Write, { kind: 'delete' }>): Revision => {
    const link = linked(write.organizationId);
    if (write.kind === 'create') {
      const marked = options.crm === true ? {} : { mark: write.key };
      const inGroups = write.group === undefined ? [] : [write.group];
      return fresh(stripped(write.contact), { ...link, ...marked, groups: inGroups });
    }
    const { organizationId, ...revision } = storedAs(write.id).revision;
    const kept = organizationId === undefined || write.organizationId === null;
    return {
      ...revision,
      ...(kept ? {} : { organizationId }),
      ...link,
      contact: stripped(applyPatch(revision.contact, write.patch)),
    };
  };

  const linked = (organizationId: string | null | undefined): Partial<Revision> =>
    organizationId === undefined || organizationId === null ? {} : { organizationId };

  /** Where organizations are records of their own, the contact holds the link only. */
  const stripped = (contact: Contact): Contact => {
    const held = { ...EMPTY_CONTACT, ...(options.holds?.(contact) ?? contact) };
    if (options.crm !== true) return held;
    const { organization: _, ...rest } = held;
    return rest;
  };

  const keepOrganization = (organization: Organization): Organization => {
    sequence += 1;
    organizations.set(organization.id, { organization, sequence });
    return organization;
  };
  const makeOrganization = (draft: OrganizationDraft, owned = true): Organization => {
    const id = `o${organizations.size + 1}`;
    const { name, address } = draft;
    return keepOrganization({
      id,
      name,
      owned,
      hasAddress: address !== undefined,
      createdAt: now().toISOString(),
    });
  };

  const person: Person = {
    add: (contact, more) => put(fresh({ ...EMPTY_CONTACT, ...contact }, more)).id,
    edit: (id, patch, more) => {
      const { revision } = storedAs(id);
      put({ ...revision, ...more, contact: applyPatch(revision.contact, patch) });
    },
    remove: (id) => {
      put(storedAs(id).revision, 'deleted');
    },
    leaveOrganization: (id) => {
      const { organizationId: _left, ...rest } = storedAs(id).revision;
      put(rest);
    },
    removeOrganization: (id) => {
      organizations.delete(id);
      for (const { revision } of stored.values()) {
        if (revision.organizationId === id) person.leaveOrganization(revision.id);
      }
    },
    showsLate: (revision) => {
      late = revision;
    },
    touch: (id) => {
      const { revision, absent } = storedAs(id);
      put(revision, absent);
    },
    removePicture: (id) => {
      const { photo: _photo, ...rest } = storedAs(id).revision;
      put(rest);
    },
    restore: (id) => {
      put(storedAs(movedTo.get(id) ?? id).revision);
    },
    hide: (id, how) => {
      put(storedAs(id).revision, how);
    },
    merge: (loser, winner) => {
      const [lost, kept] = [storedAs(loser).revision, storedAs(winner).revision];
      const contact = united(kept.contact, lost.contact);
      put(lost, 'deleted');
      const formerIds = [...(kept.formerIds ?? []), ...(lost.formerIds ?? []), loser];
      // Where they are records of their own, the contact does not hold its organization.
      const organizationId = kept.organizationId ?? lost.organizationId;
      put({
        ...kept,
        contact,
        ...(organizationId === undefined ? {} : { organizationId }),
        ...(tellsFormerIds() ? { formerIds } : {}),
      });
    },
    rekey: (id) => {
      const { revision } = storedAs(id);
      stored.delete(id);
      const formerIds = [...(revision.formerIds ?? []), id];
      if (!tellsFormerIds()) put(revision, 'deleted');
      const now = put({ ...revision, id: nextId(), ...(tellsFormerIds() ? { formerIds } : {}) }).id;
      if (tellsFormerIds()) for (const former of formerIds) movedTo.set(former, now);
      return now;
    },
    addGroup: (group) => {
      groups.push(group);
    },
    removeGroup: (id) => {
      groups.splice(
        groups.findIndex((group) => group.id === id),
        1,
      );
    },
    addOrganization: (draft, owned) => makeOrganization(draft, owned).id,
    renameOrganization: (id, name) => {
      const { organization } = organizations.get(id) as StoredOrganization;
      keepOrganization({ ...organization, name });
    },
  };

  const base: MemorySide = {
    side: options.side,
    name: options.side === 'provider' ? 'Address Book' : 'CRM',
    get visibilityDelay() {
      return options.visibilityDelay ?? 0;
    },
    writeGroup: 4,
    holds: (contact) => options.holds?.(contact) ?? contact,
    changes,
    read: async (ids) => {
      requests += 1;
      disturb('before', 'read');
      return new Map(ids.map((id) => [id, find(id)]));
    },
    async *write(asked) {
      for (const write of asked) {
        requests += 1;
        let outcome: Outcome;
        try {
          outcome = carryOut(write);
        } catch (error) {
          if (!(error instanceof AnswerLost)) throw error;
          outcome = { kind: 'lost', key: write.key, error };
        }
        yield outcome;
      }
    },
    now,
    requests: () => requests,
    person,
    records: () => [...stored.values()].filter(isPresent).map(({ revision }) => revision),
    organizationNames: () =>
      [...organizations.values()].map(({ organization }) => organization.name),
    pictures: () => pictures,
    writes: () => writes,
    expireCursors: () => {
      oldestCursor = sequence + 1;
    },
    set: (changed) => {
      options = { ...options, ...changed };
    },
    groups: { list: async () => groups },
    photoSource: { fetch: async (ref) => new TextEncoder().encode(ref) },
  };
  return options.crm === true ? { ...base, ...crmParts() } : base;

  function crmParts(): Pick<MemorySide, 'organizations' | 'photoTarget' | 'walk'> {
    return {
      organizations: {
        async *changes(cursor) {
          const since = Number(cursor ?? -1);
          const due = [...organizations.values()].filter((one) => one.sequence > since);
          requests += 1;
          yield { items: due.map(({ organization }) => organization), cursor: String(sequence) };
        },
        exists: async (id) => {
          requests += 1;
          return organizations.has(id);
        },
        create: async (draft) => {
          requests += 1;
          disturb('before', 'organization');
          writes += 1;
          const made = makeOrganization(draft);
          disturb('after', 'organization');
          return made;
        },
        fillAddress: async (id) => {
          requests += 1;
          writes += 1;
          const { organization } = organizations.get(id) as StoredOrganization;
          return keepOrganization({ ...organization, hasAddress: true });
        },
      },
      photoTarget: {
        remove: async (id) => {
          requests += 1;
          disturb('before', 'photo');
          writes += 1;
          pictures.delete(id);
          const { photo: _photo, ...rest } = (stored.get(id) as Stored).revision;
          put(rest);
          disturb('after', 'photo');
        },
        put: async (id, bytes) => {
          requests += 1;
          disturb('before', 'photo');
          writes += 1;
          pictures.set(id, bytes);
          put({ ...storedAs(id).revision, photo: 'picture' });
          disturb('after', 'photo');
        },
      },
      walk: {
        page: async (position) => {
          requests += 1;
          const size = options.pageSize ?? 3;
          const all = [...stored.values()].filter((one) => isPresent(one) && isShown(one));
          const at = Number(position ?? 0);
          const items = all.slice(at, at + size).map(observation);
          return at + size < all.length ? { items, position: String(at + size) } : { items };
        },
      },
    };
  }
}

function isPresent({ absent }: Stored): boolean {
  return absent === undefined;
}

/** As vendors merge two records: the winner's values, and what only the loser has. */
function united(winner: Contact, loser: Contact): Contact {
  const lists = (['emails', 'phones', 'ims'] as const).map((field) => {
    const more = loser[field].filter(
      (one) => !winner[field].some((two) => sameValue[field](one.value, two.value)),
    );
    return { [field]: [...winner[field], ...more] };
  });
  const more = loser.addresses.filter(
    (one) => !winner.addresses.some((two) => samePlace(one, two)),
  );
  const addresses = [...winner.addresses, ...more];
  return Object.assign({}, loser, winner, ...lists, { addresses }) as Contact;
}
