import type { SandboxClock } from '../core.ts';
import { createChangeFeed } from '../change-feed.ts';
import type { ChangeFeed } from '../change-feed.ts';
import type { SandboxPhoto } from '../seed-contact.ts';
import type { Mint } from './ids.ts';
import { PROPERTIES } from './properties.ts';
import type { Properties } from './properties.ts';

/** A contact as the mailbox keeps it. Never changed in place: a change makes a new one. */
export interface StoredContact {
  /** Changes when the contact moves. */
  readonly id: string;
  readonly immutableId: string;
  readonly folderId: string;
  readonly changeKey: string;
  readonly createdAt: Date;
  readonly modifiedAt: Date;
  readonly properties: Properties;
  /** Single-value extended properties, by id. */
  readonly extended: Readonly<Record<string, string>>;
  readonly photo?: SandboxPhoto;
  /** The properties that the last change moved; all of a new contact's. */
  readonly changed: readonly string[];
}

export type ContactDraft = Pick<StoredContact, 'folderId' | 'properties'> &
  Partial<Pick<StoredContact, 'extended' | 'photo'>>;

type ContactChange = Partial<Pick<StoredContact, 'properties' | 'extended' | 'photo'>>;

/** What a folder's change feed knows of an item: how it is, or that it left the folder. */
export type Row =
  | { readonly kind: 'present'; readonly contact: StoredContact }
  | { readonly kind: 'gone'; readonly contact: StoredContact; readonly moved: boolean };

export interface ContactBook {
  all(): readonly StoredContact[];
  inFolder(folderId: string): readonly StoredContact[];
  /** By either id. */
  find(id: string): StoredContact | undefined;
  /** In Deleted Items, by its immutable id only: the other one died with the move there. */
  deleted(immutableId: string): StoredContact | undefined;
  add(draft: ContactDraft): StoredContact;
  /** An empty change moves the change key all the same. */
  change(contact: StoredContact, change: ContactChange): StoredContact;
  /** Takes the picture, or takes it away; `touch` moves the change key. */
  setPhoto(contact: StoredContact, photo: SandboxPhoto | undefined, touch: boolean): StoredContact;
  move(contact: StoredContact, folderId: string): StoredContact;
  remove(contact: StoredContact, how?: { readonly forGood: boolean }): void;
  feed(folderId: string): ChangeFeed<Row>;
  /** From now on feeds lag behind writes by so much. */
  hide(delayMs: number): void;
  delayMs(): number;
}

export function createContactBook(clock: SandboxClock, mint: Mint): ContactBook {
  const contacts = new Map<string, StoredContact>();
  const ids = new Map<string, string>();
  const bin = new Map<string, StoredContact>();
  const feeds = new Map<string, ChangeFeed<Row>>();
  let delayMs = 0;

  function feed(folderId: string): ChangeFeed<Row> {
    const existing = feeds.get(folderId);
    if (existing !== undefined) return existing;
    const fresh = createChangeFeed<Row>(clock);
    fresh.hide(delayMs);
    feeds.set(folderId, fresh);
    return fresh;
  }

  function keep(contact: StoredContact): StoredContact {
    contacts.set(contact.id, contact);
    ids.set(contact.immutableId, contact.id);
    feed(contact.folderId).publish(contact.id, { kind: 'present', contact });
    return contact;
  }

  function leave(contact: StoredContact, moved: boolean): void {
    contacts.delete(contact.id);
    ids.delete(contact.immutableId);
    feed(contact.folderId).publish(contact.id, { kind: 'gone', contact, moved });
  }

  const marks = () => ({ changeKey: mint.changeKey(), modifiedAt: clock.now() });

  return {
    all: () => [...contacts.values()],
    inFolder: (folderId) => [...contacts.values()].filter((each) => each.folderId === folderId),
    find: (id) => contacts.get(ids.get(id) ?? id),
    deleted: (immutableId) => bin.get(immutableId),
    add: (draft) =>
      keep({
        id: mint.itemId(),
        immutableId: mint.immutableId(),
        ...marks(),
        createdAt: clock.now(),
        extended: {},
        changed: PROPERTIES,
        ...draft,
      }),
    change(contact, change) {
      const changed = changedNames(contact.properties, change.properties ?? contact.properties);
      return keep({ ...contact, ...change, ...marks(), changed });
    },
    setPhoto(contact, photo, touch) {
      const { photo: _, ...rest } = contact;
      const pictured = { ...rest, ...(photo === undefined ? {} : { photo }) };
      if (touch) return keep({ ...pictured, ...marks(), changed: [] });
      contacts.set(contact.id, pictured);
      return pictured;
    },
    move(contact, folderId) {
      leave(contact, true);
      return keep({ ...contact, id: mint.itemId(), folderId, ...marks(), changed: PROPERTIES });
    },
    remove(contact, { forGood } = { forGood: false }) {
      leave(contact, false);
      if (!forGood) bin.set(contact.immutableId, contact);
    },
    feed,
    hide(ms) {
      delayMs = ms;
      for (const each of feeds.values()) each.hide(ms);
    },
    delayMs: () => delayMs,
  };
}

function changedNames(old: Properties, fresh: Properties): readonly string[] {
  return PROPERTIES.filter((name) => JSON.stringify(old[name]) !== JSON.stringify(fresh[name]));
}
