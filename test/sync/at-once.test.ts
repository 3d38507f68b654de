import { describe, expect, it } from '@jest/globals';
import { CursorExpired, Unreachable } from '../../src/sync/errors.ts';
import type { ContactSide } from '../../src/sync/ports.ts';
import { ann } from '../support/contacts.ts';
import { createWorld, type World } from '../support/world.ts';

/** Where nothing is new, a run lasts as long as one answer of the vendor, not as long as three. */

type Question = 'organizations' | 'feed' | 'walk';

interface Questioned {
  readonly world: World;
  /** From now on no answer comes before all three questions are asked. */
  holdBack(): void;
  fail(question: Question, error: Error): void;
  readonly asked: () => readonly Question[];
}

function questioned(): Questioned {
  let asked: Question[] = [];
  let isHeld = false;
  const failures = new Map<Question, Error>();
  const everything = async (): Promise<void> => {
    while (new Set(asked).size < 3) await new Promise(setImmediate);
  };
  const question = async (name: Question): Promise<void> => {
    asked.push(name);
    if (isHeld) await everything();
    const failure = failures.get(name);
    failures.delete(name);
    if (failure !== undefined) throw failure;
  };
  async function* after<T>(name: Question, pages: AsyncIterable<T>): AsyncIterable<T> {
    await question(name);
    yield* pages;
  }
  const wrapSide = (side: ContactSide): ContactSide => {
    const { walk, organizations } = side;
    if (walk === undefined || organizations === undefined) return side;
    return {
      ...side,
      changes: (...where) => after('feed', side.changes(...where)),
      organizations: {
        ...organizations,
        changes: (...where) => after('organizations', organizations.changes(...where)),
      },
      walk: {
        page: async (...where) => {
          await question('walk');
          return walk.page(...where);
        },
      },
    };
  };
  return {
    world: createWorld({ wrapSide }),
    holdBack: () => {
      [asked, isHeld] = [[], true];
    },
    fail: (name, error) => void failures.set(name, error),
    asked: () => asked,
  };
}

async function synced(): Promise<Questioned> {
  const all = questioned();
  all.world.provider.person.add(ann());
  await all.world.sync();
  await all.world.sync();
  all.holdBack();
  return all;
}

describe('the questions to the CRM', () => {
  it('are asked all at once', async () => {
    const { world, asked } = await synced();
    await world.sync();
    expect(asked().toSorted()).toEqual(['feed', 'organizations', 'walk']);
    await world.expectQuiet();
  });

  it.each(['organizations', 'feed', 'walk'] as const)(
    'end the run where %s gets no answer, and nothing is lost by it',
    async (name) => {
      const { world, fail } = await synced();
      world.provider.person.add(
        ann({ name: { given: 'Bob' }, emails: [{ value: 'b@example.com' }] }),
      );
      fail(name, new Unreachable('no answer'));
      expect((await world.sync()).status).toBe('failed');
      await world.sync();
      expect(world.people()).toHaveLength(2);
      await world.expectQuiet();
    },
  );

  it('are asked again from the start where the feed has expired', async () => {
    const { world, fail } = await synced();
    fail('feed', new CursorExpired('expired'));
    await world.sync();
    expect(world.people()).toHaveLength(1);
    await world.expectQuiet();
  });

  it('show an edit of the meantime, whichever answer tells it', async () => {
    const { world } = await synced();
    const [person] = world.crm.records();
    world.crm.person.edit(person?.id ?? '', { jobTitle: 'Chief' });
    await world.sync();
    expect(world.store.sighting('crm', person?.id ?? '')).toMatchObject({
      revision: { contact: { jobTitle: 'Chief' } },
    });
    await world.expectQuiet();
  });
});
