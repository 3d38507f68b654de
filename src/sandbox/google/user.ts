import type { Patch } from '../../contact/contact.ts';
import { BadControl } from '../core.ts';
import type { SandboxContact, SandboxPhoto } from '../seed-contact.ts';
import type { StoredContact } from './address-book.ts';
import { MY_CONTACTS } from './group-book.ts';
import type { StoredGroup } from './group-book.ts';
import { readPerson } from './person-input.ts';
import { fieldsOf, patchedFields } from './seed.ts';
import type { GoogleWorld } from './world.ts';

/** What the owner of the address book does in Google's own web pages. Ids are resource names. */
export interface GoogleUser {
  /** Resolves to the new contact's resource name. */
  create(contact: SandboxContact): string;
  update(resourceName: string, patch: Patch): void;
  /** The same in Google's own fields, whole ones; an empty list clears. */
  edit(resourceName: string, person: object): void;
  remove(resourceName: string): void;
  /** The second contact's entries go to the first; the second is gone. */
  merge(survivor: string, loser: string): void;
  /** `group` is a resource name or a label's name. */
  label(resourceName: string, group: string, on: boolean): void;
  createGroup(name: string): string;
  deleteGroup(group: string): void;
  renameGroup(group: string, name: string): void;
  setPhoto(resourceName: string, photo: SandboxPhoto | undefined): void;
  /** Etag and time move, the content does not. */
  touch(resourceName: string): void;
  /** A Google profile is joined to the contact: a second name, perhaps a second picture. */
  linkProfile(resourceName: string, name: string, hasPhoto?: boolean): void;
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

  return {
    create({ contact, groups: labels = [], photo }) {
      const stored = contacts.add({
        fields: fieldsOf(contact),
        groups: [...new Set([MY_CONTACTS, ...labels.map(labelled)])],
        ...(photo === undefined ? {} : { photo }),
      });
      return stored.resourceName;
    },
    update(resourceName, patch) {
      const contact = contactOf(resourceName);
      contacts.change(contact, { fields: patchedFields(contact.fields, patch) });
    },
    edit(resourceName, person) {
      const contact = contactOf(resourceName);
      contacts.change(contact, { fields: { ...contact.fields, ...readPerson(person).fields } });
    },
    remove: (resourceName) => contacts.remove(contactOf(resourceName)),
    merge(survivor, loser) {
      const [kept, gone] = [contactOf(survivor), contactOf(loser)];
      contacts.change(kept, {
        fields: mergedFields(kept, gone),
        groups: [...new Set([...kept.groups, ...gone.groups])],
        ...(kept.photo === undefined && gone.photo !== undefined ? { photo: gone.photo } : {}),
      });
      contacts.remove(gone);
    },
    label(resourceName, nameOrId, on) {
      const contact = contactOf(resourceName);
      const { resourceName: group } = groupOf(nameOrId);
      const others = contact.groups.filter((each) => each !== group);
      contacts.change(contact, { groups: on ? [...others, group] : others });
    },
    createGroup: (name) => groups.add(name).resourceName,
    deleteGroup: (group) => groups.remove(groupOf(group)),
    renameGroup: (group, name) => void groups.change(groupOf(group), { name }),
    setPhoto: (resourceName, photo) =>
      void contacts.change(contactOf(resourceName), { photo: photo ?? null }),
    touch: (resourceName) => void contacts.change(contactOf(resourceName), {}),
    linkProfile(resourceName, name, hasPhoto = false) {
      const contact = contactOf(resourceName);
      contacts.change(contact, { profile: { id: `9${contact.id}`, name, hasPhoto } });
    },
    rekey: (resourceName) => contacts.rekey(contactOf(resourceName)).resourceName,
  };
}

/** The survivor's single fields win; lists are joined, without what is in both. */
function mergedFields(kept: StoredContact, gone: StoredContact): StoredContact['fields'] {
  const lists = ['emailAddresses', 'phoneNumbers', 'imClients', 'addresses', 'urls'] as const;
  const joined = lists.map((field) => {
    const all = [...(kept.fields[field] ?? []), ...(gone.fields[field] ?? [])];
    return [field, [...new Map(all.map((item) => [JSON.stringify(item), item])).values()]] as const;
  });
  return { ...gone.fields, ...kept.fields, ...Object.fromEntries(joined) };
}
