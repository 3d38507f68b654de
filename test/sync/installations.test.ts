import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OtherInstallation } from '../../src/sync/errors.ts';
import { aContact, ann } from '../support/contacts.ts';
import { counts, createWorld, type World } from '../support/world.ts';

const HOUR_MS = 60 * 60 * 1000;
const nameless = aContact({ name: { given: 'Cleo' }, notes: 'no e-mail, no phone' });

let world: World;
beforeEach(() => {
  world = createWorld({ rules: { direction: 'two-way' } });
});
afterEach(() => world.expectQuiet());

describe('a database that was lost', () => {
  it('F15 is made up for: everybody is joined again, by our mark where nothing else tells', async () => {
    world.crm.person.add(ann());
    const c = world.crm.person.add(nameless);
    await world.sync();
    world.crm.person.edit(c, { name: { given: 'Cleopatra' }, notes: 'renamed since' });
    world.advance(HOUR_MS);
    world = world.anew();
    expect(counts(await world.sync())).toBe('2 linked, 1 conflicts');
    expect(world.provider.records()).toHaveLength(2);
    expect(world.crm.records()).toHaveLength(2);
  });
});

describe('a second installation on the same pair', () => {
  it('K04 is noticed by what it has made, said, and not fought', async () => {
    const other = world.anew();
    world.advance(HOUR_MS);
    world.crm.person.add(ann());
    expect(counts(await other.sync())).toBe('provider +1');
    const report = await world.sync();
    expect(report.error).toBeInstanceOf(OtherInstallation);
    expect(counts(report)).toBe('nothing');
    expect(counts(await world.sync({ takeOver: true }))).toBe('1 linked');
    expect(counts(await world.sync())).toBe('nothing');
  });
});

describe('an old backup of the database', () => {
  it('X15 that is put back deletes and doubles nothing', async () => {
    const c = world.crm.person.add(ann());
    await world.sync();
    const copy = world.database.copy();
    const old = world.withDatabase(copy);
    world.crm.person.edit(c, { jobTitle: 'Admiral' });
    world.crm.person.add(nameless);
    const gone = world.provider.person.add(aContact({ name: { given: 'Dora' } }));
    await world.sync();
    world.provider.person.remove(gone);
    await world.sync();
    world = old;
    expect(counts(await world.sync())).toBe('1 linked');
    expect(world.provider.records()).toHaveLength(2);
    expect(world.crm.records()).toHaveLength(2);
  });
});
