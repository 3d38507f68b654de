import { describe, expect, it } from '@jest/globals';
import type { ContactSide, Observation, Page } from '../../src/sync/ports.ts';
import { ann } from '../support/contacts.ts';
import { createWorld, type World } from '../support/world.ts';

/** What is listed as it was before is not looked into again. */

interface Watched {
  readonly world: World;
  /** Ids of what was looked into since this was last asked. */
  readonly looked: () => readonly string[];
}

function watched(): Watched {
  const ids: string[] = [];
  const watch = (item: Observation): Observation => {
    if (item.kind !== 'listed') return item;
    const look: typeof item.look = () => {
      ids.push(item.id);
      return item.look();
    };
    return { ...item, look };
  };
  const pageOf = <P extends Pick<Page, 'items'>>(page: P): P => ({
    ...page,
    items: page.items.map(watch),
  });
  const wrapSide = (side: ContactSide): ContactSide => {
    const { walk } = side;
    return {
      ...side,
      async *changes(cursor, signal) {
        for await (const page of side.changes(cursor, signal)) yield pageOf(page);
      },
      ...(walk && {
        walk: { ...walk, page: async (...where) => pageOf(await walk.page(...where)) },
      }),
    };
  };
  return { world: createWorld({ wrapSide }), looked: () => ids.splice(0).toSorted() };
}

async function synced(): Promise<Watched & { readonly ids: readonly string[] }> {
  const { world, looked } = watched();
  const ids = ['Ada', 'Bob', 'Cleo', 'Dan'].map((given) =>
    world.provider.person.add(
      ann({ name: { given }, emails: [{ value: `${given}@example.com` }] }),
    ),
  );
  await world.sync();
  await world.sync();
  expect(looked()).toEqual(expect.arrayContaining([...ids]));
  return { world, looked, ids };
}

describe('a listing of what is there already', () => {
  it('looks into nothing where nothing has changed, and finds everybody there', async () => {
    const { world, looked } = await synced();
    world.provider.expireCursors();
    world.crm.expireCursors();
    await world.sync();
    expect(looked()).toEqual([]);
    expect(world.store.suspects('crm', 0, 10)).toEqual([]);
    expect(world.people()).toHaveLength(4);
    await world.expectQuiet();
  });

  it('looks into what has changed, and into nothing else', async () => {
    const { world, looked, ids } = await synced();
    const [, second = ''] = ids;
    world.provider.person.edit(second, { jobTitle: 'Chief' });
    world.provider.expireCursors();
    await world.sync();
    expect(looked()).toEqual([second]);
    expect(world.people().filter(({ jobTitle }) => jobTitle === 'Chief')).toHaveLength(1);
    await world.expectQuiet();
  });

  it('misses whoever is not in it', async () => {
    const { world, ids } = await synced();
    const [, , third = ''] = ids;
    world.provider.person.remove(third);
    world.provider.expireCursors();
    await world.sync();
    expect(world.people()).toHaveLength(3);
    await world.expectQuiet();
  });

  it('knows nobody again who came back from the bin', async () => {
    const { world, ids } = await synced();
    const [first = ''] = ids;
    world.provider.person.remove(first);
    await world.sync();
    expect(world.people()).toHaveLength(3);
    world.provider.person.restore(first);
    world.provider.expireCursors();
    await world.sync();
    expect(world.people()).toHaveLength(4);
    await world.expectQuiet();
  });

  it('looks into everything on a refresh', async () => {
    const { world, looked, ids } = await synced();
    await world.sync({ refresh: true });
    expect(looked()).toEqual(expect.arrayContaining([...ids]));
    await world.expectQuiet();
  });
});
