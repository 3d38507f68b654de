import { randomHex } from '../core.ts';
import type { SandboxSeed } from '../core.ts';
import type { SandboxPhoto } from '../seed-contact.ts';
import { createChangeFeed } from '../change-feed.ts';
import type { ChangeFeed } from '../change-feed.ts';
import type { ContactFields } from './person-fields.ts';

/** A contact as Google keeps it. Never changed in place: a change makes a new one. */
export interface StoredContact {
  /** Of the contact source, hex; `people/c` and the same number in decimal is the resource name. */
  readonly id: string;
  readonly resourceName: string;
  /** Of the contact source: moves with every change. */
  readonly etag: string;
  readonly updatedAt: string;
  readonly fields: ContactFields;
  /** Resource names. */
  readonly groups: readonly string[];
  readonly photo?: StoredPhoto;
  readonly profile?: LinkedProfile;
  readonly formerNames: readonly string[];
}

interface StoredPhoto extends SandboxPhoto {
  /** Part of the picture's address. */
  readonly version: string;
}

/** A Google profile joined to the contact through a verified address: a second source of fields. */
interface LinkedProfile {
  readonly id: string;
  readonly name: string;
  readonly hasPhoto: boolean;
}

type ContactDraft = Pick<StoredContact, 'fields' | 'groups'> & {
  readonly photo?: SandboxPhoto;
};

type ContactChange = Partial<Pick<StoredContact, 'fields' | 'groups'>> & {
  /** `null` unlinks it. */
  readonly profile?: LinkedProfile | null;
  /** `null` takes the picture away. */
  readonly photo?: SandboxPhoto | null;
};

/** Deleted contacts stay in the trash for 30 days (product help). */
const TRASH_MS = 30 * 24 * 60 * 60 * 1000;

export interface AddressBook {
  readonly feed: ChangeFeed<StoredContact>;
  all(): readonly StoredContact[];
  size(): number;
  /** Follows former names. */
  find(resourceName: string): StoredContact | undefined;
  add(draft: ContactDraft): StoredContact;
  /** An empty change moves etag and time all the same. */
  change(contact: StoredContact, change: ContactChange): StoredContact;
  /** Into the trash. */
  remove(contact: StoredContact): void;
  /** Out of the trash, under the same name; `undefined` when it is not there, or no longer. */
  restore(resourceName: string): StoredContact | undefined;
  /** The second is gone for good, and its name is one of the first's former ones. */
  absorb(kept: StoredContact, gone: StoredContact): StoredContact;
  /** Gone for good. */
  purge(contact: StoredContact): void;
  /** Gives the contact a new id, as happens when a profile is linked or unlinked. */
  rekey(contact: StoredContact): StoredContact;
  /** The state before the last change, for reads that lag behind. */
  before(contact: StoredContact): StoredContact;
  photo(id: string, version: string): StoredPhoto | undefined;
}

export function createAddressBook(seed: SandboxSeed): AddressBook {
  const feed = createChangeFeed<StoredContact>(seed.clock);
  const contacts = new Map<string, StoredContact>();
  const mint = createMint(seed);
  const newNames = new Map<string, string>();
  const previous = new Map<string, StoredContact>();
  const ids = new Map<string, string>();
  const trash = new Map<string, { readonly contact: StoredContact; readonly at: number }>();

  function keep(contact: StoredContact): StoredContact {
    contacts.set(contact.resourceName, contact);
    ids.set(contact.id, contact.resourceName);
    feed.publish(contact.resourceName, contact);
    return contact;
  }

  function purge({ resourceName }: StoredContact): void {
    contacts.delete(resourceName);
    previous.delete(resourceName);
    feed.publish(resourceName, undefined);
  }

  function find(resourceName: string): StoredContact | undefined {
    const newName = newNames.get(resourceName);
    return newName === undefined ? contacts.get(resourceName) : find(newName);
  }

  return {
    feed,
    all: () => [...contacts.values()],
    size: () => contacts.size,
    find,
    add({ fields, groups, photo }) {
      return keep({
        ...mint.name(),
        ...mint.marks(),
        fields,
        groups,
        ...(photo === undefined ? {} : { photo: mint.photo(photo) }),
        formerNames: [],
      });
    },
    change(contact, change) {
      previous.set(contact.resourceName, contact);
      return keep({ ...changed(contact, change, mint.photo), ...mint.marks() });
    },
    remove(contact) {
      purge(contact);
      trash.set(contact.resourceName, { contact, at: seed.clock.now().getTime() });
    },
    restore(resourceName) {
      const thrown = trash.get(resourceName);
      trash.delete(resourceName);
      if (thrown === undefined || seed.clock.now().getTime() > thrown.at + TRASH_MS)
        return undefined;
      return keep({ ...thrown.contact, ...mint.marks() });
    },
    purge,
    absorb(kept, gone) {
      purge(gone);
      newNames.set(gone.resourceName, kept.resourceName);
      const formerNames = [...kept.formerNames, ...gone.formerNames, gone.resourceName];
      return keep({ ...kept, ...mint.marks(), formerNames });
    },
    // Whether Google also reports the old name as deleted is not documented; the harder case is that it does.
    rekey(contact) {
      const fresh = mint.name();
      contacts.delete(contact.resourceName);
      newNames.set(contact.resourceName, fresh.resourceName);
      feed.publish(contact.resourceName, undefined);
      const formerNames = [...contact.formerNames, contact.resourceName];
      return keep({ ...contact, ...fresh, ...mint.marks(), formerNames });
    },
    before: (contact) => previous.get(contact.resourceName) ?? contact,
    photo(id, version) {
      const photo = contacts.get(ids.get(id) ?? '')?.photo;
      return photo?.version === version ? photo : undefined;
    },
  };
}

function changed(
  contact: StoredContact,
  { photo, profile, ...rest }: ContactChange,
  withAddress: (photo: SandboxPhoto) => StoredPhoto,
): StoredContact {
  const { photo: oldPhoto, profile: oldProfile, ...kept } = contact;
  const newPhoto = photo === undefined ? oldPhoto : photo && withAddress(photo);
  const newProfile = profile === undefined ? oldProfile : profile;
  return {
    ...kept,
    ...rest,
    ...(newPhoto ? { photo: newPhoto } : {}),
    ...(newProfile ? { profile: newProfile } : {}),
  };
}

/** Makes what Google makes: ids, etags, times, the addresses of pictures. */
function createMint({ clock, random }: SandboxSeed) {
  return {
    /** 57 bits at random: as with Google, no two are the same. */
    name(): Pick<StoredContact, 'id' | 'resourceName'> {
      const id = `1${randomHex(random, 14)}`;
      return { id, resourceName: `people/c${BigInt(`0x${id}`)}` };
    },
    marks(): Pick<StoredContact, 'etag' | 'updatedAt'> {
      return {
        etag: `#${Buffer.from(randomHex(random, 16), 'hex').toString('base64')}`,
        updatedAt: clock.now().toISOString(),
      };
    },
    photo: (photo: SandboxPhoto): StoredPhoto => ({ ...photo, version: randomHex(random, 12) }),
  };
}
