import { describe, expect, it } from '@jest/globals';
import { Guarded } from '../../src/sync/errors.ts';
import type { ContactSide, Groups, Page } from '../../src/sync/ports.ts';
import { ann } from '../support/contacts.ts';
import { counts, createWorld, type World } from '../support/world.ts';

/*
 * A provider with several change feeds: one of them may begin anew without telling what was deleted
 * meanwhile, and a feed may lose a deletion altogether.
 */

const DAY = 24 * 60 * 60 * 1000;

interface Forgetful {
  readonly world: World;
  readonly walks: () => number;
  /** The feed tells no deletions from now on; with `says` it at least says so, once. */
  forget(says: boolean): void;
}

function forgetful(groups?: Partial<Groups>): Forgetful {
  let walks = 0;
  let forgets = false;
  let says = false;
  const pageOf = (page: Page): Page => {
    const items = page.items.filter(({ kind }) => !forgets || kind !== 'tombstone');
    const missed = says && page.cursor !== undefined;
    says &&= !missed;
    return { ...page, items, ...(missed && { deletionsMissed: true }) };
  };
  const wrapSide = (side: ContactSide): ContactSide => {
    if (side.side === 'crm') return side;
    return {
      ...side,
      ...(groups !== undefined && {
        groups: { list: () => Promise.reject(new Error('asked for the list')), ...groups },
      }),
      async *changes(cursor, signal) {
        for await (const page of side.changes(cursor, signal)) yield pageOf(page);
      },
      walk: {
        daily: true,
        page: async () => {
          walks += 1;
          const revisions = world.provider.records();
          return { items: revisions.map((revision) => ({ kind: 'revision', revision })) };
        },
      },
    };
  };
  const world = createWorld({ wrapSide, ...(groups && { rules: { group: 'g1' } }) });
  return {
    world,
    walks: () => walks,
    forget: (telling) => {
      forgets = true;
      says = telling;
    },
  };
}

describe('a provider whose feed loses deletions', () => {
  it('is walked at once when the feed says so, and then no more that day', async () => {
    const { world, walks, forget } = forgetful();
    const [gone] = [world.provider.person.add(ann()), world.provider.person.add({})];
    await world.sync();
    await world.sync();
    expect(walks()).toBe(0);
    world.provider.person.remove(gone);
    forget(true);
    expect(counts(await world.sync())).toBe('crm -1');
    expect(walks()).toBe(1);
    await world.expectQuiet();
    expect(walks()).toBe(1);
  });

  it('is walked once a day when it does not', async () => {
    const { world, walks, forget } = forgetful();
    const gone = world.provider.person.add(ann());
    await world.sync();
    world.provider.person.remove(gone);
    forget(false);
    expect(counts(await world.sync())).toBe('nothing');
    world.advance(DAY);
    expect(counts(await world.sync())).toBe('crm -1');
    expect(walks()).toBe(1);
    await world.expectQuiet();
  });
});

describe('a group that can be looked for by itself', () => {
  it('is looked for without the list of all groups', async () => {
    const { world } = forgetful({ has: async (id) => id === 'g1' });
    world.provider.person.add(ann(), { groups: ['g1'] });
    expect(counts(await world.sync())).toBe('crm +1');
    await world.expectQuiet();
  });

  it('stops the run when it is gone', async () => {
    const { world } = forgetful({ has: async () => false });
    world.provider.person.add(ann(), { groups: ['g1'] });
    const { error } = await world.sync();
    expect(error).toBeInstanceOf(Guarded);
    expect(world.people()).toEqual([]);
  });
});
