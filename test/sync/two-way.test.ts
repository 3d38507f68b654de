import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Contact } from '../../src/contact/contact.ts';
import type { Rules } from '../../src/plan/model.ts';
import type { ContactSide } from '../../src/sync/ports.ts';
import { ann } from '../support/contacts.ts';
import { counts, createWorld, type World } from '../support/world.ts';

const SECOND_MS = 1000;

let world: World;
function given(rules: Partial<Rules> = {}): void {
  world = createWorld({ rules: { direction: 'two-way', ...rules } });
}
beforeEach(() => given());
afterEach(() => world.expectQuiet());

/** One contact that both sides agree on: its ids. */
async function agreed(contact: Partial<Contact> = ann()): Promise<{ p: string; c: string }> {
  const p = world.provider.person.add(contact);
  expect((await world.sync()).status).toBe('ok');
  const [person] = world.crm.records();
  return { p, c: person?.id ?? '' };
}

const inProvider = (id: string) => world.provider.records().find((one) => one.id === id)?.contact;
const inCrm = (id: string) => world.crm.records().find((one) => one.id === id)?.contact;

describe('what the user owns in the CRM', () => {
  it('goes to the provider: created, updated, deleted', async () => {
    const c = world.crm.person.add(ann());
    expect(counts(await world.sync())).toBe('provider +1');
    world.crm.person.edit(c, { jobTitle: 'Admiral' });
    expect(counts(await world.sync())).toBe('provider ~1');
    expect(world.provider.records()[0]?.contact.jobTitle).toBe('Admiral');
    world.crm.person.remove(c);
    expect(counts(await world.sync({ refresh: true }))).toBe('provider -1');
  });

  it('goes into the chosen group', async () => {
    given({ group: 'clients' });
    world.provider.person.addGroup({ id: 'clients', name: 'Clients', kind: 'label', count: 0 });
    world.crm.person.add(ann());
    await world.sync();
    expect(world.provider.records()[0]?.groups).toEqual(['clients']);
  });

  it('goes to the address book of a second account, too, though the first has read it already', async () => {
    world.crm.person.add(ann());
    expect(counts(await world.sync())).toBe('provider +1');
    const second = world.second();
    expect(counts(await second.sync())).toBe('provider +1');
    await second.expectQuiet();
  });

  it('never leaves the CRM when a colleague owns it', async () => {
    world.crm.person.add(ann(), { owned: false });
    expect(counts(await world.sync())).toBe('nothing');
  });

  it('G06 leaves the scope with its owner: both records are kept', async () => {
    const { p, c } = await agreed();
    world.crm.person.edit(c, { jobTitle: 'Admiral' }, { owned: false });
    expect(counts(await world.sync())).toBe('1 unlinked');
    expect(inProvider(p)?.jobTitle).toBeUndefined();
    expect(inCrm(c)?.jobTitle).toBe('Admiral');
  });
});

describe('a conflict', () => {
  async function bothEdited(): Promise<{ p: string; c: string }> {
    const ids = await agreed();
    world.provider.person.edit(ids.p, { jobTitle: 'Captain', notes: 'from the provider' });
    world.advance(60 * SECOND_MS);
    world.crm.person.edit(ids.c, { jobTitle: 'Admiral' });
    return ids;
  }

  it.each<[Rules['onConflict'], string, string]>([
    ['provider', 'Captain', 'Captain'],
    ['crm', 'Admiral', 'Admiral'],
    ['newest', 'Admiral', 'Admiral'],
    ['ask', 'Captain', 'Admiral'],
  ])('C03 under the rule "%s" ends as %s and %s', async (onConflict, provider, crm) => {
    given({ onConflict });
    const { p, c } = await bothEdited();
    const report = await world.sync();
    expect(report.conflicts).toBe(1);
    expect([inProvider(p)?.jobTitle, inCrm(c)?.jobTitle]).toEqual([provider, crm]);
    expect(inCrm(c)?.notes).toBe('from the provider');
    expect((await world.sync()).conflicts).toBe(0);
    expect((await world.sync({ refresh: true })).conflicts).toBe(0);
  });

  it('within the clocks’ doubt stays open', async () => {
    const { p, c } = await agreed();
    world.provider.person.edit(p, { jobTitle: 'Captain' });
    world.crm.person.edit(c, { jobTitle: 'Admiral' });
    expect(counts(await world.sync())).toBe('1 conflicts');
    expect([inProvider(p)?.jobTitle, inCrm(c)?.jobTitle]).toEqual(['Captain', 'Admiral']);
  });

  it('that is open does not hold up the other fields, and ends when one side gives in', async () => {
    given({ onConflict: 'ask' });
    const { p, c } = await bothEdited();
    await world.sync();
    world.crm.person.edit(c, { phones: [{ value: '+49 30 5550101' }] });
    expect(counts(await world.sync())).toBe('provider ~1');
    world.crm.person.edit(c, { jobTitle: 'Captain' });
    expect(counts(await world.sync())).toBe('nothing');
    world.provider.person.edit(p, { jobTitle: 'Commodore' });
    expect(counts(await world.sync())).toBe('crm ~1');
  });
});

describe('an edit and a deletion', () => {
  it('C12 the edit wins, and the record is created again', async () => {
    const { p, c } = await agreed();
    world.provider.person.remove(p);
    world.crm.person.edit(c, { jobTitle: 'Admiral' });
    expect(counts(await world.sync())).toBe('provider +1');
    expect(world.provider.records()[0]?.contact.jobTitle).toBe('Admiral');
  });

  it('does not double a person whom somebody restores afterwards', async () => {
    const { p, c } = await agreed();
    world.crm.person.remove(c);
    world.provider.person.edit(p, { jobTitle: 'Admiral' });
    expect(counts(await world.sync({ refresh: true }))).toBe('crm +1');
    world.crm.person.restore(c);
    expect(counts(await world.sync({ refresh: true }))).toBe('nothing');
  });

  it('D14 a contact that is restored after its deletion has gone through is created anew', async () => {
    const { p } = await agreed();
    world.provider.person.remove(p);
    expect(counts(await world.sync())).toBe('crm -1');
    world.provider.person.restore(p);
    expect(counts(await world.sync())).toBe('crm +1');
  });
});

describe('a program that keeps putting a value back', () => {
  it('C19 is not fought for ever: the field is frozen, and said', async () => {
    const { p, c } = await agreed();
    let conflicts = 0;
    for (let round = 0; round < 6 && conflicts === 0; round += 1) {
      world.provider.person.edit(p, { jobTitle: 'Captain' });
      conflicts += (await world.sync()).conflicts;
      world.crm.person.edit(c, { jobTitle: 'Admiral' });
      conflicts += (await world.sync()).conflicts;
    }
    expect(conflicts).toBe(1);
    world.crm.person.edit(c, { phones: [{ value: '+49 30 5550101' }] });
    expect(counts(await world.sync())).toBe('provider ~1');
  });
});

describe('an organization', () => {
  it('C11 that is gone from the CRM is not blanked at the provider', async () => {
    const { p } = await agreed(ann({ organization: 'Acme' }));
    world.crm.person.removeOrganization('o1');
    expect(counts(await world.sync())).toBe('nothing');
    expect(inProvider(p)?.organization).toBe('Acme');
  });

  it('that the user takes away from a person goes from the provider too', async () => {
    const { p, c } = await agreed(ann({ organization: 'Acme' }));
    world.crm.person.leaveOrganization(c);
    expect(counts(await world.sync())).toBe('provider ~1');
    expect(inProvider(p)?.organization).toBeUndefined();
  });

  it('that is renamed in the CRM is renamed at the provider', async () => {
    const { p } = await agreed(ann({ organization: 'Acme' }));
    world.crm.person.renameOrganization('o1', 'Acme Holding');
    expect(counts(await world.sync())).toBe('provider ~1');
    expect(inProvider(p)?.organization).toBe('Acme Holding');
  });
});

describe('an address book', () => {
  it('R05 is written to in one place at a time, also while the CRM takes several', async () => {
    let [inside, most] = [0, 0];
    const counted = async function* (
      side: ContactSide,
      ...call: Parameters<ContactSide['write']>
    ): ReturnType<ContactSide['write']> {
      inside += 1;
      most = Math.max(most, inside);
      // Whoever could begin meanwhile does.
      await new Promise(setImmediate);
      yield* side.write(...call);
      inside -= 1;
    };
    world = createWorld({
      rules: { direction: 'two-way' },
      wrapSide: (side) =>
        side.side === 'crm'
          ? { ...side, visibilityDelay: 0, createsSingly: true }
          : { ...side, visibilityDelay: 0, write: (...call) => counted(side, ...call) },
    });
    for (let at = 0; at < 40; at += 1) {
      world.crm.person.add(ann({ emails: [{ value: `c${at}@example.com` }] }));
      world.provider.person.add(ann({ emails: [{ value: `p${at}@example.com` }] }));
    }
    expect(counts(await world.sync())).toBe('provider +40, crm +40');
    expect(most).toBe(1);
  });
});

describe('a vendor whose lists lag behind', () => {
  it('N03 shows our write as it was before: nobody has edited anything', async () => {
    world = createWorld({ rules: { direction: 'two-way' }, visibilityDelay: 5 * 60 * SECOND_MS });
    const { p, c } = await agreed();
    world.advance(10 * 60 * SECOND_MS);
    const before = world.provider.records().find(({ id }) => id === p);
    world.crm.person.edit(c, { jobTitle: 'Admiral' });
    expect(counts(await world.sync())).toBe('provider ~1');
    world.provider.person.showsLate(before);
    expect(counts(await world.sync({ refresh: true }))).toBe('nothing');
    world.provider.person.showsLate(undefined);
    world.advance(10 * 60 * SECOND_MS);
    expect(counts(await world.sync({ refresh: true }))).toBe('nothing');
    expect(inCrm(c)?.jobTitle).toBe('Admiral');
  });
});
