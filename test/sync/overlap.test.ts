import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Contact } from '../../src/contact/contact.ts';
import { BudgetSpent, Rejected } from '../../src/sync/errors.ts';
import { aContact } from '../support/contacts.ts';
import { slowAnswers, type SlowAnswers } from '../support/slow-side.ts';
import { counts, createWorld, type World } from '../support/world.ts';

/* Organizations, people and pictures are written at the same time: nobody waits without need. */

let world: World;
let crm: SlowAnswers;
beforeEach(() => {
  crm = slowAnswers();
  world = createWorld({ wrapSide: (side) => (side.side === 'crm' ? crm.wrap(side) : side) });
});

function person(name: string, parts: Partial<Contact> = {}, photo?: string): string {
  const emails = [{ value: `${name.toLowerCase()}@example.com`, label: 'work' }];
  const contact = aContact({ name: { given: name, family: 'Lee' }, emails, ...parts });
  return world.provider.person.add(contact, photo === undefined ? {} : { photo });
}

describe('while an organization is being made', () => {
  it('a contact without one is written', async () => {
    person('Ann', { organization: 'Acme' });
    person('Bob');
    crm.hold('Acme');
    const run = world.sync();
    await crm.stillness();
    expect(crm.asked()).toEqual(['organization Acme', 'contact Bob Lee']);
    expect(crm.underWay()).toEqual(['organization Acme']);
    crm.letGo('Acme');
    expect(counts(await run)).toBe('crm +2');
    expect(world.people()).toMatchObject([{ organization: 'Acme' }, {}]);
    await world.expectQuiet();
  });

  it('a contact of another one is written, and one of an organization that is there', async () => {
    world.crm.person.addOrganization({ name: 'Globex' });
    person('Ann', { organization: 'Acme' });
    person('Bob', { organization: 'Initech' });
    person('Cleo', { organization: 'Globex' });
    crm.hold('Acme');
    const run = world.sync();
    await crm.stillness();
    expect(crm.underWay()).toEqual(['organization Acme']);
    expect(world.crm.records()).toHaveLength(2);
    crm.letGo('Acme');
    expect(counts(await run)).toBe('crm +3');
    await world.expectQuiet();
  });

  it('whoever waits for it holds up nobody, however many they are', async () => {
    const waiting = Array.from({ length: 40 }, (_, nth) => `Ann${nth}`);
    for (const name of waiting) person(name, { organization: 'Acme' });
    for (const name of ['Bob', 'Cleo']) person(name, { organization: `Firm of ${name}` });
    crm.hold('Acme');
    const run = world.sync();
    await crm.stillness();
    expect(world.people()).toMatchObject([
      { organization: 'Firm of Bob' },
      { organization: 'Firm of Cleo' },
    ]);
    crm.letGo('Acme');
    expect(counts(await run)).toBe('crm +42');
    await world.expectQuiet();
  });

  it('more people may wait for it than are kept in memory', async () => {
    for (let nth = 0; nth < 600; nth += 1) person(`Ann${nth}`, { organization: 'Acme' });
    for (let nth = 0; nth < 40; nth += 1) person(`Bob${nth}`, { organization: `Firm ${nth}` });
    crm.hold('Acme');
    const run = world.sync();
    await crm.stillness();
    expect(world.crm.organizationNames()).toHaveLength(40);
    crm.letGo('Acme');
    expect(counts(await run)).toBe('crm +640');
    await world.expectQuiet();
  });

  it('a contact whose organization could not be made is set aside, once that is known', async () => {
    person('Ann', { organization: 'Acme' });
    person('Bob', { organization: 'Globex' });
    crm.hold('Globex');
    world.crm.set({
      disturb: ({ when, call }) => {
        if (
          when === 'before' &&
          call === 'organization' &&
          crm.underWay().includes('organization Acme')
        )
          throw new Rejected('no such name');
      },
    });
    const run = world.sync();
    await crm.stillness();
    expect(world.store.begun()).toMatchObject([{ name: 'Globex' }]);
    crm.letGo('Globex');
    const report = await run;
    expect(report.setAside.map(({ contact }) => contact)).toEqual(['Acme', 'Ann Lee']);
    expect(counts(report)).toBe('crm +1, 2 set aside');
  });
});

describe('a picture', () => {
  it('is carried over while other people are still being written', async () => {
    person('Ann', {}, 'Ann’s face');
    person('Bob', {}, 'Bob’s face');
    crm.hold('Bob Lee');
    const run = world.sync();
    await crm.stillness();
    expect(crm.underWay()).toEqual(['contact Bob Lee']);
    expect(world.crm.pictures().size).toBe(1);
    crm.letGo('Bob Lee');
    await run;
    expect(world.crm.pictures().size).toBe(2);
    await world.expectQuiet();
  });

  it('waits until its person is there, also where that takes a second attempt', async () => {
    person('Ann', { emails: [{ value: 'ann(at)example', label: 'work' }] }, 'Ann’s face');
    world.crm.set({
      refuse: (write) =>
        write.kind === 'create' && write.contact.emails.length > 0 ? 'Invalid input' : undefined,
    });
    await world.sync();
    expect(crm.asked()).toEqual(['contact Ann Lee', 'contact Ann Lee', 'picture Ann’s face']);
    await world.expectQuiet();
  });

  it('waits for a change of its person', async () => {
    const ann = person('Ann');
    await world.sync();
    world.provider.person.edit(ann, { jobTitle: 'Captain' }, { photo: 'Ann’s face' });
    crm.hold('Ann Lee');
    const run = world.sync();
    await crm.stillness();
    expect(crm.underWay()).toEqual(['contact Ann Lee']);
    crm.letGo('Ann Lee');
    await run;
    expect(world.people()).toMatchObject([{ jobTitle: 'Captain' }]);
    expect(world.crm.pictures().size).toBe(1);
    await world.expectQuiet();
  });

  it('of somebody whose creation is taken back is not asked for', async () => {
    person('Ann', {}, 'Ann’s face');
    const { run } = await world.sync();
    const before = crm.asked().length;
    await world.undo(run);
    expect(crm.asked().slice(before)).toEqual(['contact Ann Lee']);
    expect(world.crm.records()).toEqual([]);
    await world.expectQuiet();
  });
});

describe('a run that ends early', () => {
  const firms = Array.from({ length: 100 }, (_, nth) => `Firm ${nth}`);
  const contacts = (): readonly string[] =>
    crm.asked().filter((request) => request.startsWith('contact'));

  beforeEach(() => {
    for (const [nth, organization] of firms.entries()) person(`Ann${nth}`, { organization });
    person('Bob');
    for (const name of [...firms, 'Bob Lee']) crm.hold(name);
  });

  it('begins nothing more, of whatever kind, once an organization has met with an error', async () => {
    const run = world.sync();
    await crm.stillness();
    const before = crm.asked().length;
    const disturb = (): void => {
      world.crm.set({ disturb: () => undefined });
      throw new BudgetSpent('used up');
    };
    world.crm.set({ disturb });
    crm.letGo('Firm 0');
    await crm.stillness();
    for (const name of [...firms, 'Bob Lee']) crm.letGo(name);
    expect(await run).toMatchObject({ status: 'waiting', setAside: [], crm: { created: 1 } });
    expect(crm.asked()).toHaveLength(before);
    expect(contacts()).toEqual(['contact Bob Lee']);
    expect(counts(await world.sync())).toBe('crm +100');
    await world.expectQuiet();
  });

  it('waits for what is under way when it is interrupted, and for nothing else', async () => {
    const ctrlC = new AbortController();
    const run = world.sync({ signal: ctrlC.signal });
    await crm.stillness();
    const before = crm.asked().length;
    ctrlC.abort();
    for (const name of [...firms, 'Bob Lee']) crm.letGo(name);
    expect(await run).toMatchObject({ status: 'interrupted', setAside: [], crm: { created: 1 } });
    expect(crm.asked()).toHaveLength(before);
    expect(world.store.begun()).toEqual([]);
    expect(counts(await world.sync())).toBe('crm +100');
    await world.expectQuiet();
  });
});

describe('a long run that gives its turn away', () => {
  it('writes 200 organizations, people and pictures at most between two turns', async () => {
    for (let nth = 0; nth < 150; nth += 1)
      person(`Ann${nth}`, nth % 2 === 0 ? { organization: `Firm ${nth}` } : {}, `face ${nth}`);
    const seen: number[] = [0];
    const giveTurn = async (): Promise<void> => void seen.push(world.crm.writes());
    expect(counts(await world.sync({ giveTurn }))).toBe('crm +150');
    const slices = seen.slice(1).map((writes, turn) => writes - (seen[turn] ?? 0));
    expect(slices).toEqual([200, 175]);
    await world.expectQuiet();
  });

  it('has nothing under way in the turns of others', async () => {
    for (let nth = 0; nth < 300; nth += 1) person(`Ann${nth}`, { organization: `Firm ${nth}` });
    const begun: number[] = [];
    const giveTurn = async (): Promise<void> => void begun.push(world.store.begun().length);
    expect(counts(await world.sync({ giveTurn }))).toBe('crm +300');
    expect(begun).toEqual([0, 0, 0]);
    await world.expectQuiet();
  });
});
