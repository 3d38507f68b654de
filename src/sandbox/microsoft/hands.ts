import type { Patch } from '../../contact/contact.ts';
import { BadControl } from '../core.ts';
import type { SandboxContact, SandboxPhoto } from '../seed-contact.ts';
import { behaviourOf } from './behaviour.ts';
import type { Behaviour } from './behaviour.ts';
import type { StoredCategory } from './category-book.ts';
import type { StoredContact } from './contact-book.ts';
import { readContact, withValues } from './contact-input.ts';
import { WHOLE, contactView } from './contact-view.ts';
import type { ContactView } from './contact-view.ts';
import { removeFolder } from './folder-calls.ts';
import type { StoredFolder } from './folder-book.ts';
import { patchedProperties, propertiesOf } from './seed.ts';
import type { MicrosoftWorld } from './world.ts';

/**
 * What the owner of the mailbox does in Outlook. A contact is named by either of its ids, a folder
 * by its id or its name; the default one is `contacts`.
 */
export interface MicrosoftHands {
  /** Everybody in a folder, with every property, by immutable ids; in all folders when none is named. */
  people(folder?: string): readonly ContactView[];
  /** Resolves to the new contact's immutable id. */
  create(contact: SandboxContact, folder?: string): string;
  update(id: string, patch: Patch): void;
  /** The same in Graph's own properties; an empty value clears. */
  edit(id: string, properties: object): void;
  remove(id: string): void;
  move(id: string, folder: string): void;
  /** As Outlook copies: with the extended properties. Resolves to the copy's immutable id. */
  copy(id: string, folder?: string): string;
  /** The change key moves, the content does not. */
  touch(id: string): void;
  categorize(id: string, category: string, on: boolean): void;
  setPhoto(id: string, photo: SandboxPhoto | undefined): void;
  photo(id: string): SandboxPhoto | undefined;
  /** The extended properties, by id. */
  marks(id: string): Readonly<Record<string, string>>;
  folders(): readonly StoredFolder[];
  /** Below the default folder, another one, or beside the default one (`root`). Resolves to its id. */
  createFolder(name: string, parent?: string): string;
  renameFolder(folder: string, name: string): void;
  deleteFolder(folder: string): void;
  categories(): readonly StoredCategory[];
  createCategory(name: string, color?: string): void;
  deleteCategory(name: string): void;
  /** Feeds and searches lag behind writes by so much from now on. */
  hide(visibilityDelayMs: number): void;
  /** Exchange forgets every delta and paging token. */
  expireDeltaTokens(): void;
  setOption<N extends keyof Behaviour>(name: N, value: Behaviour[N]): void;
}

export function createHands(world: MicrosoftWorld): MicrosoftHands {
  const { contacts, folders, categories } = world;

  function contactOf(id: string): StoredContact {
    const contact = contacts.find(id);
    if (contact === undefined) throw new BadControl(`There is no contact ${id}.`);
    return contact;
  }

  function folderOf(nameOrId: string): StoredFolder {
    const named = folders.all().find(({ displayName }) => displayName === nameOrId);
    const folder = folders.find(nameOrId) ?? named;
    if (folder === undefined) throw new BadControl(`There is no folder ${nameOrId}.`);
    return folder;
  }

  function createCategory(name: string, color = 'preset0'): void {
    if (categories.byName(name) === undefined) categories.add(name, color);
  }

  return {
    people(folder) {
      const chosen = folder === undefined ? contacts.all() : contacts.inFolder(folderOf(folder).id);
      return chosen.map((contact) => contactView(world, contact, WHOLE));
    },
    create({ contact, groups = [], photo }, folder = 'contacts') {
      for (const [at, name] of groups.entries()) createCategory(name, `preset${at}`);
      const stored = contacts.add({
        folderId: folderOf(folder).id,
        properties: {
          ...propertiesOf(contact),
          ...(groups.length > 0 ? { categories: groups } : {}),
        },
        ...(photo === undefined ? {} : { photo }),
      });
      return stored.immutableId;
    },
    update(id, patch) {
      const contact = contactOf(id);
      contacts.change(contact, { properties: patchedProperties(contact.properties, patch) });
    },
    edit(id, properties) {
      const contact = contactOf(id);
      contacts.change(contact, {
        properties: withValues(contact.properties, readContact(properties)),
      });
    },
    remove: (id) => contacts.remove(contactOf(id)),
    move: (id, folder) => void contacts.move(contactOf(id), folderOf(folder).id),
    copy(id, folder) {
      const { folderId, properties, extended, photo } = contactOf(id);
      const copied = contacts.add({
        folderId: folder === undefined ? folderId : folderOf(folder).id,
        properties,
        extended,
        ...(photo === undefined ? {} : { photo }),
      });
      return copied.immutableId;
    },
    touch: (id) => void contacts.change(contactOf(id), {}),
    categorize(id, name, on) {
      const contact = contactOf(id);
      const others = (contact.properties.categories ?? []).filter((each) => each !== name);
      const { categories: _, ...rest } = contact.properties;
      const names = on ? [...others, name] : others;
      contacts.change(contact, {
        properties: { ...rest, ...(names.length > 0 ? { categories: names } : {}) },
      });
    },
    setPhoto: (id, photo) =>
      void contacts.setPhoto(contactOf(id), photo, world.behaviour.photoTouches),
    photo: (id) => contactOf(id).photo,
    marks: (id) => contactOf(id).extended,
    folders: () => folders.all(),
    createFolder(name, parent = 'contacts') {
      return folders.add(name, parent === 'root' ? folders.root : folderOf(parent).id).id;
    },
    renameFolder: (folder, name) => void folders.rename(folderOf(folder), name),
    deleteFolder: (folder) => removeFolder(world, folderOf(folder)),
    categories: () => categories.all(),
    createCategory,
    deleteCategory(name) {
      const category = categories.byName(name);
      if (category === undefined) throw new BadControl(`There is no category ${name}.`);
      categories.remove(category);
    },
    hide: (ms) => contacts.hide(ms),
    expireDeltaTokens: () => world.deltas.expire(),
    setOption(name, value) {
      Object.assign(world.behaviour, behaviourOf({ ...world.behaviour, [name]: value }));
    },
  };
}
