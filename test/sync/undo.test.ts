import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { aContact, ann } from '../support/contacts.ts';
import { counts, createWorld, type World } from '../support/world.ts';

const bob = aContact({
  name: { given: 'Bob', family: 'Ray' },
  emails: [{ value: 'bob@example.com' }],
});

let world: World;
beforeEach(() => {
  world = createWorld({ rules: { direction: 'two-way', onConflict: 'provider' } });
});
afterEach(() => world.expectQuiet());

const everything = (): unknown => ({
  provider: world.provider.records().map(({ contact }) => contact),
  crm: world.people(),
});

async function agreed(): Promise<{ p: string; c: string }> {
  const p = world.provider.person.add(ann({ organization: 'Acme', notes: 'old' }));
  await world.sync();
  return { p, c: world.crm.records()[0]?.id ?? '' };
}

describe('undo', () => {
  it('takes created records away again, on either side', async () => {
    world.provider.person.add(ann());
    world.crm.person.add(bob);
    const { run } = await world.sync();
    expect(counts(await world.undo(run))).toBe('provider -1, crm -1');
    expect(world.provider.records()).toHaveLength(1);
    expect(world.crm.records()).toHaveLength(1);
    expect(counts(await world.sync({ refresh: true }))).toBe('nothing');
  });

  it('puts changed fields back, and leaves the rest of the record alone', async () => {
    const { p, c } = await agreed();
    world.provider.person.edit(p, { jobTitle: 'Captain', notes: 'new', organization: 'Navy' });
    const { run } = await world.sync();
    world.crm.person.edit(c, { phones: [{ value: '+49 30 5550101' }] });
    expect(counts(await world.undo(run))).toBe('crm ~1');
    const [person] = world.people();
    expect(person).toMatchObject({ organization: 'Acme', notes: 'old' });
    expect(person?.jobTitle).toBeUndefined();
    expect(counts(await world.sync())).toBe('provider ~1');
    expect(world.provider.records()[0]?.contact).toMatchObject({ jobTitle: 'Captain' });
  });

  it('brings deleted records back, which the next run does not delete again', async () => {
    const { p } = await agreed();
    const before = world.people();
    world.provider.person.remove(p);
    const { run } = await world.sync();
    expect(world.people()).toEqual([]);
    expect(counts(await world.undo(run))).toBe('crm +1');
    expect(world.people()).toEqual(before);
    expect(counts(await world.sync({ refresh: true }))).toBe('nothing');
  });

  it('lets joined pairs go, with what the join filled in', async () => {
    world.provider.person.add(ann({ jobTitle: 'Captain' }));
    world.crm.person.add(ann({ notes: 'from the CRM' }));
    const before = everything();
    const { run } = await world.sync();
    expect(everything()).not.toEqual(before);
    expect(counts(await world.undo(run))).toBe('provider ~1, crm ~1, 1 unlinked');
    expect(everything()).toEqual(before);
    expect(counts(await world.sync({ refresh: true }))).toBe('nothing');
  });

  it('refuses, contact by contact, what somebody has changed since', async () => {
    world.provider.person.add(ann());
    world.provider.person.add(bob);
    const { run } = await world.sync();
    const id = world.crm.records().find(({ contact }) => contact.name?.given === 'Bob')?.id ?? '';
    world.crm.person.edit(id, { jobTitle: 'Admiral' });
    const report = await world.undo(run);
    expect(counts(report)).toBe('crm -1, 1 set aside');
    expect(report.setAside[0]).toMatchObject({ contact: 'Bob Ray', id });
    expect(counts(await world.sync())).toBe('provider ~1');
  });

  it('of one contact leaves the others', async () => {
    world.provider.person.add(ann());
    const p = world.provider.person.add(bob);
    const { run } = await world.sync();
    expect(counts(await world.undo(run, { contact: p }))).toBe('crm -1');
    expect(world.people()).toMatchObject([{ name: { given: 'Ann' } }]);
  });

  it('can be undone', async () => {
    const { p } = await agreed();
    world.provider.person.edit(p, { jobTitle: 'Captain' });
    world.provider.person.add(bob);
    const { run } = await world.sync();
    const after = everything();
    const undone = await world.undo(run);
    expect(everything()).not.toEqual(after);
    expect(counts(await world.undo(undone.run))).toBe('crm +1 ~1');
    expect(everything()).toEqual(after);
    world.provider.person.edit(p, { jobTitle: 'Admiral' });
    expect(counts(await world.sync())).toBe('crm ~1');
  });

  it('that brought somebody back can be undone, and done again', async () => {
    const { p } = await agreed();
    world.provider.person.remove(p);
    const { run } = await world.sync();
    const undone = await world.undo(run);
    expect(counts(await world.undo(undone.run))).toBe('crm -1');
    expect(world.people()).toEqual([]);
    expect(counts(await world.sync({ refresh: true }))).toBe('nothing');
    expect(counts(await world.undo(run))).toBe('crm +1');
    expect(world.people()).toHaveLength(1);
  });

  it('a second time finds nothing left to take back', async () => {
    const { p } = await agreed();
    const q = world.provider.person.add(bob);
    const r = world.crm.person.add(aContact({ emails: [{ value: 'cy@example.com' }] }));
    await world.sync();
    world.provider.person.edit(p, { jobTitle: 'Captain' });
    world.provider.person.remove(q);
    world.crm.person.remove(r);
    const { run } = await world.sync({ refresh: true });
    expect(counts(await world.undo(run, { contact: p }))).toBe('crm ~1');
    expect(counts(await world.undo(run))).toBe('provider +1, crm +1');
    const after = everything();
    expect(counts(await world.undo(run))).toBe('nothing');
    expect(everything()).toEqual(after);
  });

  it('takes a picture off again that it had put on', async () => {
    world = createWorld();
    const p = world.provider.person.add(ann());
    await world.sync();
    world.provider.person.edit(p, {}, { photo: 'https://example.com/ann.png' });
    const { run } = await world.sync();
    expect(world.crm.pictures().size).toBe(1);
    await world.undo(run);
    expect(world.crm.pictures().size).toBe(0);
  });

  it('is guarded like any other run', async () => {
    for (let at = 0; at < 12; at += 1) {
      world.provider.person.add(ann({ emails: [{ value: `ann${at}@example.com` }] }));
    }
    const { run } = await world.sync();
    expect((await world.undo(run)).status).toBe('stopped');
    expect(world.crm.records()).toHaveLength(12);
    const all = { maxDelete: { kind: 'percent', percent: 100 } } as const;
    expect(counts(await world.undo(run, all))).toBe('crm -12');
  });

  it('only shows what it would do in a dry run', async () => {
    world.provider.person.add(ann());
    const { run } = await world.sync();
    const before = world.crm.writes();
    const report = await world.undo(run, { dryRun: true });
    expect(report.plan).toMatchObject([{ action: 'delete', side: 'crm', contact: 'Ann Lee' }]);
    expect(world.crm.writes()).toBe(before);
  });
});
