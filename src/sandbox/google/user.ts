import { EMPTY_CONTACT } from '../../contact/contact.ts';
import type { Patch } from '../../contact/contact.ts';
import { BadControl } from '../core.ts';
import { withChangedEntry, withoutEntry } from '../list-edits.ts';
import type { SandboxContact, SandboxPhoto } from '../seed-contact.ts';
import type { StoredContact } from './address-book.ts';
import { MY_CONTACTS } from './group-book.ts';
import type { StoredGroup } from './group-book.ts';
import { mergeContacts } from './merge.ts';
import type { MergeTells } from './merge.ts';
import type { Item, StoredField } from './person-fields.ts';
import { readPerson } from './person-input.ts';
import { withExtras } from './seed-extras.ts';
import { fieldsOf, patchedFields } from './seed.ts';
import type { GoogleWorld } from './world.ts';

/** What the owner of the address book does in Google's own web pages. Ids are resource names. */
export interface GoogleUser {
  /** Resolves to the new contact's resource name. */
  create(contact: SandboxContact): string;
  update(resourceName: string, patch: Patch): void;
  /** The same in Google's own fields, whole ones; an empty list clears. */
  edit(resourceName: string, person: object): void;
  /** The field in Google's own word, as the entry: `addEntry(id, 'relations', { person: 'Bo' })`. */
  addEntry(resourceName: string, field: StoredField, entry: object): void;
  /** The entry is found by its value, its key, or its name. */
  changeEntry(resourceName: string, field: StoredField, value: string, patch: object): void;
  removeEntry(resourceName: string, field: StoredField, value: string): void;
  /** Into the trash. */
  remove(resourceName: string): void;
  /** Out of the trash, where everything stays for 30 days; also what was deleted by the API. */
  restore(resourceName: string): void;
  /** The second contact's entries go to the first; the second is gone. Resolves to the survivor's name. */
  merge(survivor: string, loser: string, tells?: MergeTells): string;
  /** `group` is a resource name or a label's name. */
  label(resourceName: string, group: string, on: boolean): void;
  createGroup(name: string): string;
  /** Its members stay, without it; or go with it. */
  deleteGroup(group: string, withContacts?: boolean): void;
  renameGroup(group: string, name: string): void;
  setPhoto(resourceName: string, photo: SandboxPhoto | undefined): void;
  /** Etag and time move, the content does not. */
  touch(resourceName: string): void;
  /** A Google profile is joined to the contact: a second name, perhaps a second picture. */
  linkProfile(resourceName: string, name: string, hasPhoto?: boolean): void;
  unlinkProfile(resourceName: string): void;
  /** The contact gets another resource name, as when a profile is linked. Resolves to it. */
  rekey(resourceName: string): string;
}

export function createGoogleUser({ contacts, groups }: GoogleWorld): GoogleUser {
  function contactOf(resourceName: string): StoredContact {
    const contact = contacts.find(resourceName);
    if (contact === undefined) throw new BadControl(`There is no contact ${resourceName}.`);
    return contact;
  }

  function groupOf(nameOrId: string): StoredGroup {
    const group = groups.find(nameOrId) ?? groups.byName(nameOrId);
    if (group === undefined) throw new BadControl(`There is no label ${nameOrId}.`);
    return group;
  }

  function labelled(name: string): string {
    return (groups.byName(name) ?? groups.add(name)).resourceName;
  }

  function edit(resourceName: string, person: object): void {
    const contact = contactOf(resourceName);
    contacts.change(contact, { fields: { ...contact.fields, ...readPerson(person).fields } });
  }

  function editList(
    resourceName: string,
    field: StoredField,
    change: (old: readonly Item[]) => readonly object[],
  ): void {
    edit(resourceName, { [field]: change(contactOf(resourceName).fields[field] ?? []) });
  }

  return {
    create({ contact, groups: labels = [], photo, extras }) {
      const stored = contacts.add({
        fields: withExtras(fieldsOf({ ...EMPTY_CONTACT, ...contact }), extras),
        groups: [...new Set([MY_CONTACTS, ...labels.map(labelled)])],
        ...(photo === undefined ? {} : { photo }),
      });
      return stored.resourceName;
    },
    update(resourceName, patch) {
      const contact = contactOf(resourceName);
      contacts.change(contact, { fields: patchedFields(contact.fields, patch) });
    },
    edit,
    addEntry: (resourceName, field, entry) =>
      editList(resourceName, field, (old) => [...old, entry]),
    changeEntry: (resourceName, field, value, patch) =>
      editList(resourceName, field, (old) => withChangedEntry(old, value, patch)),
    removeEntry: (resourceName, field, value) =>
      editList(resourceName, field, (old) => withoutEntry(old, value)),
    remove: (resourceName) => contacts.remove(contactOf(resourceName)),
    restore(resourceName) {
      if (contacts.restore(resourceName) !== undefined) return;
      throw new BadControl(`${resourceName} is not in the trash.`);
    },
    merge: (survivor, loser, tells) =>
      mergeContacts(contacts, [contactOf(survivor), contactOf(loser)], tells),
    label(resourceName, nameOrId, on) {
      const contact = contactOf(resourceName);
      const { resourceName: group } = groupOf(nameOrId);
      const others = contact.groups.filter((each) => each !== group);
      contacts.change(contact, { groups: on ? [...others, group] : others });
    },
    createGroup: (name) => groups.add(name).resourceName,
    deleteGroup(nameOrId, withContacts = false) {
      const group = groupOf(nameOrId);
      const isMember = (one: StoredContact) => one.groups.includes(group.resourceName);
      if (withContacts) contacts.all().filter(isMember).forEach(contacts.remove);
      groups.remove(group);
    },
    renameGroup: (group, name) => void groups.change(groupOf(group), { name }),
    setPhoto: (resourceName, photo) =>
      void contacts.change(contactOf(resourceName), { photo: photo ?? null }),
    touch: (resourceName) => void contacts.change(contactOf(resourceName), {}),
    linkProfile(resourceName, name, hasPhoto = false) {
      const contact = contactOf(resourceName);
      contacts.change(contact, { profile: { id: `9${contact.id}`, name, hasPhoto } });
    },
    unlinkProfile: (resourceName) =>
      void contacts.change(contactOf(resourceName), { profile: null }),
    rekey: (resourceName) => contacts.rekey(contactOf(resourceName)).resourceName,
  };
}
