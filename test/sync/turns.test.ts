import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Contact } from '../../src/contact/contact.ts';
import { aContact } from '../support/contacts.ts';
import { counts, createWorld, type World } from '../support/world.ts';

/* Two accounts of one CRM login, the second of which has a turn while the first writes. */

let world: World;
let second: World;
beforeEach(() => {
  world = createWorld();
  second = world.second();
});

function person(nth: number, parts: Partial<Contact> = {}): Contact {
  return aContact({
    name: { given: 'Person', family: `No${nth}` },
    emails: [{ value: `p${nth}@example.com`, label: 'work' }],
    ...parts,
  });
}

function phone(value: string): Contact['phones'][number] {
  return { value, label: 'work' };
}

/** More than one slice of people, the last of them as given. */
function crowd(last: Partial<Contact> = {}): string[] {
  const numbers = Array.from({ length: 250 }, (_, nth) => nth);
  return numbers.map((nth) => world.provider.person.add(person(nth, nth === 249 ? last : {})));
}

/** Called in the first turn that others get. */
function atFirstTurn(work: () => Promise<unknown>): () => Promise<void> {
  let turns = 0;
  return async () => {
    turns += 1;
    if (turns === 1) await work();
  };
}

async function expectBothQuiet(): Promise<void> {
  await world.expectQuiet();
  await second.expectQuiet();
}

describe('a long run', () => {
  it('gives others a turn after 200 steps at most', async () => {
    crowd();
    const seen: number[] = [0];
    const giveTurn = async (): Promise<void> => void seen.push(world.crm.writes());
    expect(counts(await world.sync({ giveTurn }))).toBe('crm +250');
    const slices = seen.slice(1).map((writes, turn) => writes - (seen[turn] ?? 0));
    expect(slices).toEqual([200, 50]);
    await world.expectQuiet();
  });

  it('joins with whom another account has made meanwhile', async () => {
    crowd({ jobTitle: 'Captain' });
    second.provider.person.add(person(249));
    const giveTurn = atFirstTurn(() => second.sync());
    expect(counts(await world.sync({ giveTurn }))).toBe('crm +249 ~1, 1 linked');
    expect(world.crm.records()).toHaveLength(250);
    await expectBothQuiet();
  });

  it('does not make an organization that another account has made meanwhile', async () => {
    for (let nth = 0; nth < 250; nth += 1)
      world.provider.person.add(person(nth, { organization: `Firm ${nth}` }));
    second.provider.person.add(person(300, { organization: 'firm 249' }));
    await world.sync({ giveTurn: atFirstTurn(() => second.sync()) });
    expect(world.crm.organizationNames()).toHaveLength(250);
    expect(world.crm.records()).toHaveLength(251);
    await expectBothQuiet();
  });

  it('decides anew about whom another account has changed meanwhile', async () => {
    const ids = crowd();
    const shared = second.provider.person.add(person(249));
    await world.sync();
    await second.sync();
    const [one, two] = [phone('+49 30 5550101'), phone('+49 30 5550102')];
    for (const id of ids) world.provider.person.edit(id, { phones: [one] });
    second.provider.person.edit(shared, { phones: [two] });
    const report = await world.sync({ giveTurn: atFirstTurn(() => second.sync()) });
    expect(counts(report)).toBe('crm ~250');
    const phones = world.crm.records().map(({ contact }) => contact.phones.length);
    expect(phones.filter((count) => count === 2)).toHaveLength(1);
    await expectBothQuiet();
  });

  it('deletes nobody whom another account has joined meanwhile', async () => {
    const ids = crowd();
    await world.sync();
    for (const id of ids.slice(0, -1)) world.provider.person.edit(id, { jobTitle: 'Captain' });
    world.provider.person.remove(ids.at(-1) ?? '');
    second.provider.person.add(person(249));
    const report = await world.sync({ giveTurn: atFirstTurn(() => second.sync()) });
    expect(counts(report)).toBe('crm ~249, 1 unlinked');
    expect(world.crm.records()).toHaveLength(250);
    await expectBothQuiet();
  });
});
