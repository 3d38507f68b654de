import { randomHex } from '../core.ts';
import type { SandboxSeed } from '../core.ts';
import { createChangeFeed } from '../change-feed.ts';
import type { ChangeFeed } from '../change-feed.ts';

export interface StoredGroup {
  readonly resourceName: string;
  readonly name: string;
  readonly system: boolean;
  readonly etag: string;
  readonly updatedAt: string;
  readonly clientData: readonly { readonly key: string; readonly value: string }[];
}

export const MY_CONTACTS = 'contactGroups/myContacts';
const STARRED = 'contactGroups/starred';
/** "The only system contact groups that can have members added" (documented). */
export const OPEN_SYSTEM_GROUPS: readonly string[] = [MY_CONTACTS, STARRED];

const SYSTEM_GROUPS = [
  'myContacts',
  'starred',
  'friends',
  'family',
  'coworkers',
  'blocked',
  'all',
  'chatBuddies',
] as const;

export interface GroupBook {
  readonly feed: ChangeFeed<StoredGroup>;
  all(): readonly StoredGroup[];
  find(resourceName: string): StoredGroup | undefined;
  byName(name: string): StoredGroup | undefined;
  add(name: string, clientData?: StoredGroup['clientData']): StoredGroup;
  change(
    group: StoredGroup,
    change: Partial<Pick<StoredGroup, 'name' | 'clientData'>>,
  ): StoredGroup;
  remove(group: StoredGroup): void;
}

export function createGroupBook(seed: SandboxSeed): GroupBook {
  const feed = createChangeFeed<StoredGroup>(seed.clock);
  const groups = new Map<string, StoredGroup>();

  function keep(group: Omit<StoredGroup, 'etag' | 'updatedAt'>): StoredGroup {
    const kept = {
      ...group,
      etag: Buffer.from(randomHex(seed.random, 16), 'hex').toString('base64'),
      updatedAt: seed.clock.now().toISOString(),
    };
    groups.set(kept.resourceName, kept);
    feed.publish(kept.resourceName, kept);
    return kept;
  }

  for (const name of SYSTEM_GROUPS) {
    keep({ resourceName: `contactGroups/${name}`, name, system: true, clientData: [] });
  }

  return {
    feed,
    all: () => [...groups.values()],
    find: (resourceName) => groups.get(resourceName),
    byName: (name) => [...groups.values()].find((group) => group.name === name),
    add(name, clientData = []) {
      const resourceName = `contactGroups/${randomHex(seed.random, 15)}`;
      return keep({ resourceName, name, system: false, clientData });
    },
    change: (group, change) => keep({ ...group, ...change }),
    remove(group) {
      groups.delete(group.resourceName);
      feed.publish(group.resourceName, undefined);
    },
  };
}
