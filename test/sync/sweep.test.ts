import { describe, expect, it } from '@jest/globals';
import type { Contact } from '../../src/contact/contact.ts';
import { defaultContacts } from '../../src/sandbox/made-up/default.ts';
import type { SandboxContact } from '../../src/sandbox/seed-contact.ts';
import { AnswerLost } from '../../src/sync/errors.ts';
import { ann } from '../support/contacts.ts';
import { createKiller, Killed, type Killer } from '../support/killer.ts';
import { createWorld, type World } from '../support/world.ts';

/*
 * Killed at any point, any number of times, the end is as without a kill (X01, X02, X05).
 */

interface Sweep {
  readonly world: World;
  readonly killer: Killer;
}

function prepared(setUp: (world: World) => void | Promise<void>): () => Promise<Sweep> {
  return async () => {
    const killer = createKiller();
    killer.spareLooks();
    const world = createWorld({ wrapStore: killer.wrapStore, wrapSide: killer.wrapSide });
    world.crm.set({
      disturb: ({ call }) => (call === 'read' || call === 'changes' ? undefined : killer.point()),
    });
    await setUp(world);
    return { world, killer };
  };
}

function fill(world: World, contacts: readonly SandboxContact[]): void {
  for (const [at, { contact, photo }] of contacts.entries()) {
    world.provider.person.add(contact, photo === undefined ? {} : { photo: `photo-${at}` });
  }
}

/** Everything that a person could see in the CRM. */
function outcome({ world }: Sweep): string {
  return JSON.stringify({
    people: world.people(),
    organizations: world.crm.organizationNames(),
    pictures: world.crm.pictures().size,
  });
}

async function killedRun({ world, killer }: Sweep, point: number): Promise<boolean> {
  killer.arm(point);
  try {
    await world.sync();
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    killer.arm(undefined);
    return true;
  }
  const died = killer.passed() >= point;
  killer.arm(undefined);
  return died;
}

/** Kills at every point there is; resolves to how many there were. */
async function sweep(prepare: () => Promise<Sweep>, kills = 1): Promise<number> {
  const reference = await prepare();
  await reference.world.sync();
  const expected = outcome(reference);
  for (let point = 1; ; point += 1) {
    const swept = await prepare();
    const died = await killedRun(swept, point);
    for (let more = 1; more < kills; more += 1) await killedRun(swept, point);
    await swept.world.sync();
    expect({ point, outcome: outcome(swept) }).toEqual({ point, outcome: expected });
    if (!died) {
      await swept.world.expectQuiet();
      return point;
    }
  }
}

const fixtures = defaultContacts();

describe('a first sync of each fixture contact, killed between any two statements', () => {
  const AT_ONCE = 8;
  const portions = Array.from({ length: Math.ceil(fixtures.length / AT_ONCE) }, (_, at) =>
    fixtures.slice(at * AT_ONCE, (at + 1) * AT_ONCE),
  );

  it.each(portions.map((portion, at) => [at * AT_ONCE, portion] as const))(
    'from contact %i on',
    async (_, portion) => {
      const points = await sweep(prepared((world) => fill(world, portion)));
      expect(points).toBeGreaterThan(2 * portion.length);
    },
    60_000,
  );
});

describe('a busy second sync', () => {
  const people = Array.from({ length: 9 }, (_, at): Contact =>
    ann({
      name: { given: 'Ann', family: `No. ${at}` },
      emails: [{ value: `ann${at}@example.com` }],
    }),
  );

  async function busy(world: World): Promise<void> {
    const ids = people.map((contact) => world.provider.person.add(contact));
    await world.sync();
    const [edited = '', removed = '', moved = '', gone = ''] = ids;
    world.provider.person.edit(edited, { organization: 'Acme', jobTitle: 'Chief' });
    world.provider.person.edit(
      moved,
      { emails: [{ value: 'new@example.com' }] },
      { photo: 'photo' },
    );
    world.provider.person.remove(removed);
    world.provider.person.add(
      ann({ emails: [{ value: 'added@example.com' }], organization: 'Globex' }),
    );
    const person = world.crm.records().find(({ contact }) => contact.name?.family === 'No. 3');
    if (person !== undefined) world.crm.person.remove(person.id);
    world.provider.person.edit(gone, { notes: 'nobody gets this' });
  }

  it.each([1, 2, 3])('killed %i times at every point ends as if it had not been', async (kills) => {
    expect(await sweep(prepared(busy), kills)).toBeGreaterThan(20);
  });
});

describe('answers that are lost', () => {
  const portion = fixtures.slice(0, 60);

  it.each(['before', 'after'] as const)(
    'at any write, %s it took effect, double nobody',
    async (when) => {
      const reference = createWorld();
      fill(reference, portion);
      await reference.sync();
      const writes = reference.crm.writes();
      for (let nth = 1; nth <= writes; nth += 3) {
        const world = createWorld();
        fill(world, portion);
        loseAnswer(world, nth, when);
        await world.sync();
        world.crm.set({ disturb: () => undefined });
        await world.sync();
        expect({ nth, people: world.people().length }).toEqual({ nth, people: portion.length });
        expect(world.crm.organizationNames()).toHaveLength(
          reference.crm.organizationNames().length,
        );
        await world.expectQuiet();
      }
    },
    60_000,
  );
});

function loseAnswer(world: World, nth: number, when: 'before' | 'after'): void {
  let seen = 0;
  world.crm.set({
    disturb: (disturbance) => {
      if (disturbance.call === 'read' || disturbance.call === 'changes') return;
      if (disturbance.when !== when) return;
      seen += 1;
      if (seen === nth) throw new AnswerLost('no answer came');
    },
  });
}
