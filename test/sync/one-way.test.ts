import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AnswerLost, Guarded, SignInNeeded, Unreachable } from '../../src/sync/errors.ts';
import { aContact, ann } from '../support/contacts.ts';
import { counts, createWorld, type World } from '../support/world.ts';

/*
 * The numbers (F02, N07, …) are those of docs/scenarios.md. Every test ends by checking that a
 * second sync writes nothing.
 */

const bob = aContact({
  name: { given: 'Bob', family: 'Ray' },
  emails: [{ value: 'bob@example.com' }],
});
const cleo = aContact({
  name: { given: 'Cleo', family: 'Xu' },
  phones: [{ value: '+49 30 5550103' }],
});

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.expectQuiet());

async function synced(...contacts: readonly (typeof bob)[]): Promise<readonly string[]> {
  const ids = contacts.map((contact) => world.provider.person.add(contact));
  expect((await world.sync()).status).toBe('ok');
  return ids;
}

/** Enough contacts for the guard to take notice, called ann0@…, ann1@…, … */
async function syncedMany(count: number): Promise<readonly string[]> {
  return synced(
    ...Array.from({ length: count }, (_, at) =>
      ann({
        name: { given: 'Ann', family: `No. ${at}` },
        emails: [{ value: `ann${at}@example.com` }],
      }),
    ),
  );
}

const firstPerson = () => {
  const [one] = world.crm.records();
  if (one === undefined) throw new Error('nobody is in the CRM');
  return one;
};

describe('a first sync', () => {
  it('F01 of two empty sides does nothing', async () => {
    expect(counts(await world.sync())).toBe('nothing');
  });

  it('F02 creates everybody', async () => {
    for (const contact of [ann(), bob, cleo]) world.provider.person.add(contact);
    expect(counts(await world.sync())).toBe('crm +3');
    expect(world.people().map(({ name }) => name?.given)).toEqual(
      expect.arrayContaining(['Ann', 'Bob', 'Cleo']),
    );
  });

  it('F03 joins equal records without a write, and a later deletion goes through', async () => {
    const id = world.provider.person.add(ann());
    world.crm.person.add(ann({ emails: [{ value: 'ANN@example.com', label: 'work' }] }));
    expect(counts(await world.sync())).toBe('1 linked');
    expect(world.crm.writes()).toBe(0);
    world.provider.person.remove(id);
    expect(counts(await world.sync())).toBe('crm -1');
  });

  it('F04 unites what two records of one person have', async () => {
    world.provider.person.add(ann({ phones: [{ value: '+49 30 5550100' }] }));
    world.crm.person.add(ann({ jobTitle: 'Chief' }));
    expect(counts(await world.sync())).toBe('crm ~1, 1 linked');
    expect(world.people()).toMatchObject([
      { jobTitle: 'Chief', phones: [{ value: '+49 30 5550100' }] },
    ]);
  });

  it('F05 overwrites no value that differs, and counts it', async () => {
    world.provider.person.add(ann({ jobTitle: 'Sales' }));
    world.crm.person.add(ann({ jobTitle: 'Chief' }));
    expect(counts(await world.sync())).toBe('1 linked, 1 conflicts');
    expect(world.people()).toMatchObject([{ jobTitle: 'Chief' }]);
  });

  it('F06 leaves a contact alone that could be two people, says so once, and goes on', async () => {
    world.provider.person.add(ann());
    world.provider.person.add(bob);
    world.crm.person.add(ann({ jobTitle: 'one' }));
    world.crm.person.add(ann({ jobTitle: 'two' }));
    expect(counts(await world.sync())).toBe('crm +1, 1 set aside');
    expect(counts(await world.sync())).toBe('nothing');
  });

  it('joins nobody with a colleague’s person', async () => {
    world.provider.person.add(ann());
    world.crm.person.add(ann(), { owned: false });
    expect(counts(await world.sync())).toBe('crm +1');
  });

  it('makes an organization once, however many contacts name it and however they spell it', async () => {
    for (const [at, organization] of ['Acme Ltd', 'ACME  Ltd', 'acme ltd '].entries()) {
      world.provider.person.add(ann({ organization, emails: [{ value: `a${at}@example.com` }] }));
    }
    expect(counts(await world.sync())).toBe('crm +3');
    expect(world.crm.organizationNames()).toEqual(['Acme Ltd']);
    expect(world.people().every(({ organization }) => organization === 'Acme Ltd')).toBe(true);
  });

  it('gives an organization that it makes the first work address there is, whoever names it first', async () => {
    const organization = 'Acme Ltd';
    const addresses = [{ street: 'Main St 1', label: 'work' }];
    world.provider.person.add(ann({ organization }));
    world.provider.person.add(
      ann({ organization, addresses, emails: [{ value: 'b@example.com' }] }),
    );
    expect(counts(await world.sync())).toBe('crm +2');
    expect(world.store.organizationNamed(organization)?.hasAddress).toBe(true);
    expect(world.crm.writes()).toBe(3);
    await world.expectQuiet();
  });

  it('takes the organization that is there, and gives it the work address if it has none', async () => {
    world.crm.person.addOrganization({ name: 'ACME LTD' });
    const addresses = [{ label: 'work', street: '1 Main St' }];
    world.provider.person.add(ann({ organization: 'Acme Ltd', addresses }));
    await world.sync();
    expect(world.crm.organizationNames()).toEqual(['ACME LTD']);
    expect(world.crm.writes()).toBe(2);
  });

  it('gives a person the contact’s picture, only where there is none', async () => {
    world.provider.person.add(ann(), { photo: 'picture-of-ann' });
    world.provider.person.add(bob, { photo: 'picture-of-bob' });
    world.crm.person.add(bob, { photo: 'the CRM’s own' });
    await world.sync();
    const pictures = [...world.crm.pictures().values()].map((bytes) =>
      new TextDecoder().decode(bytes),
    );
    expect(pictures).toEqual(['picture-of-ann']);
  });

  it('does not bring a picture back that was deleted in the CRM, until it is a new one', async () => {
    const id = world.provider.person.add(ann(), { photo: 'picture' });
    await world.sync();
    world.crm.person.removePicture(firstPerson().id);
    world.provider.person.edit(id, { jobTitle: 'Chief' });
    await world.sync();
    expect(world.crm.pictures().size).toBe(1);
    expect(firstPerson().photo).toBeUndefined();
    world.provider.person.edit(id, {}, { photo: 'new picture' });
    await world.sync();
    expect(firstPerson().photo).toBeDefined();
  });

  it('backs both sides up before the first write, once', async () => {
    const backups: number[] = [];
    const backup: NonNullable<Parameters<World['sync']>[0]>['backup'] = async ({ each }) => {
      backups.push([...each('provider')].length, [...each('crm')].length, world.crm.writes());
    };
    world.provider.person.add(ann());
    world.crm.person.add(bob);
    await world.sync({ backup });
    world.provider.person.add(cleo);
    await world.sync({ backup });
    expect(backups).toEqual([1, 1, 0]);
  });

  it('B01 sets a contact aside that the CRM refuses, and does not offer it again until it changes', async () => {
    world.crm.set({
      refuse: (write) =>
        write.kind === 'create' && write.contact.name?.given === 'Bob' ? 'no Bobs' : undefined,
    });
    const [, id = ''] = [ann(), bob].map((contact) => world.provider.person.add(contact));
    const report = await world.sync();
    expect(counts(report)).toBe('crm +1, 1 set aside');
    expect(report.setAside).toEqual([{ contact: 'Bob Ray', id, side: 'crm', reason: 'no Bobs' }]);
    expect(counts(await world.sync())).toBe('nothing');
    world.crm.set({ refuse: () => undefined });
    expect(counts(await world.sync())).toBe('nothing');
    world.provider.person.edit(id, { jobTitle: 'Sales' });
    expect(counts(await world.sync())).toBe('crm +1');
  });

  it('offers a refused contact again on a refresh', async () => {
    world.crm.set({ refuse: () => 'not today' });
    world.provider.person.add(ann());
    expect(counts(await world.sync())).toBe('1 set aside');
    world.crm.set({ refuse: () => undefined });
    expect(counts(await world.sync({ refresh: true }))).toBe('crm +1');
  });

  it('keeps what the CRM cannot hold where it is, and counts it', async () => {
    world.provider.person.add(
      ann({
        birthday: { month: 2, day: 29 },
        addresses: [
          { label: 'home', street: 'a' },
          { label: 'work', street: 'b' },
        ],
      }),
    );
    const report = await world.sync({ dryRun: true });
    expect(report.unheld).toEqual([
      { side: 'crm', field: 'addresses', contacts: 1 },
      { side: 'crm', field: 'birthday', contacts: 1 },
    ]);
    await world.sync();
    expect(world.people()).toMatchObject([{ addresses: [{ label: 'home', street: 'a' }] }]);
  });

  it('X10 of an address book that cannot be read changes nothing', async () => {
    world.provider.person.add(ann());
    const disturb = () => {
      throw new Unreachable('The address book cannot be reached.');
    };
    world.provider.set({ disturb });
    const report = await world.sync();
    expect(report).toMatchObject({
      status: 'failed',
      message: 'The address book cannot be reached.',
    });
    expect(world.crm.writes()).toBe(0);
    world.provider.set({ disturb: () => undefined });
    expect(counts(await world.sync())).toBe('crm +1');
  });
});

describe('a later sync', () => {
  it('N01 asks little and writes nothing when nothing has changed', async () => {
    await synced(ann(), bob);
    const before = [world.provider.requests(), world.crm.requests()];
    expect(counts(await world.sync())).toBe('nothing');
    expect([world.provider.requests(), world.crm.requests()]).toEqual([
      (before[0] ?? 0) + 1,
      (before[1] ?? 0) + 3,
    ]);
  });

  it('N02 writes the field that changed, and keeps what was added in the CRM', async () => {
    const [id = ''] = await synced(ann());
    world.crm.person.edit(firstPerson().id, { notes: 'the CRM’s own' });
    world.provider.person.edit(id, { phones: [{ value: '+49 30 5550100', label: 'mobile' }] });
    expect(counts(await world.sync())).toBe('crm ~1');
    expect(world.people()).toMatchObject([
      { notes: 'the CRM’s own', phones: [{ label: 'mobile' }] },
    ]);
  });

  it('N04 writes nothing when only an etag moved', async () => {
    const [id = ''] = await synced(ann());
    world.provider.person.touch(id);
    world.crm.person.touch(firstPerson().id);
    expect(counts(await world.sync())).toBe('nothing');
  });

  it('N05 carries no change of the CRM to the provider, and keeps it', async () => {
    await synced(ann());
    world.crm.person.edit(firstPerson().id, { jobTitle: 'Chief' });
    expect(counts(await world.sync())).toBe('nothing');
    expect(world.provider.records()[0]?.contact.jobTitle).toBeUndefined();
  });

  it('N07 reads everything again when the cursor is too old, and finds what was deleted meanwhile', async () => {
    const [, id = ''] = await synced(ann(), bob);
    world.provider.person.remove(id);
    world.provider.expireCursors();
    const report = await world.sync();
    expect(counts(report)).toBe('crm -1');
    expect(report.full).toBe(true);
  });

  it('N11 never creates what came and went between two runs', async () => {
    await synced(ann());
    world.provider.person.remove(world.provider.person.add(bob));
    expect(counts(await world.sync())).toBe('nothing');
  });

  it('N13 sends in the next run what failed in this one, though the feed is silent', async () => {
    const [id = ''] = await synced(ann());
    world.crm.set({ refuse: () => 'not now' });
    world.provider.person.edit(id, { jobTitle: 'Sales' });
    expect(counts(await world.sync())).toBe('1 set aside');
    world.crm.set({ refuse: () => undefined });
    expect(counts(await world.sync({ refresh: true }))).toBe('crm ~1');
  });

  it('N23 writes three edits between two runs as one', async () => {
    const [id = ''] = await synced(ann());
    for (const jobTitle of ['a', 'b', 'c']) world.provider.person.edit(id, { jobTitle });
    const before = world.crm.writes();
    await world.sync();
    expect(world.crm.writes() - before).toBe(1);
  });

  it('C05 removes what was removed', async () => {
    const phones = [{ value: '+49 30 5550100' }, { value: '+49 30 5550101' }];
    const [id = ''] = await synced(ann({ phones }));
    world.provider.person.edit(id, { phones: phones.slice(0, 1) });
    await world.sync();
    expect(world.people()).toMatchObject([{ phones: [phones[0]] }]);
  });

  it('C11 keeps the CRM’s organization when the contact never had one', async () => {
    const [id = ''] = await synced(ann());
    const organizationId = world.crm.person.addOrganization({ name: 'Acme' });
    world.crm.person.edit(firstPerson().id, {}, { organizationId });
    world.provider.person.edit(id, { jobTitle: 'Sales' });
    await world.sync();
    expect(world.people()).toMatchObject([{ organization: 'Acme', jobTitle: 'Sales' }]);
  });

  it('follows a contact to another organization', async () => {
    const [id = ''] = await synced(ann({ organization: 'Acme' }));
    world.provider.person.edit(id, { organization: 'Globex' });
    await world.sync();
    expect(world.people()).toMatchObject([{ organization: 'Globex' }]);
    expect(world.crm.organizationNames()).toEqual(['Acme', 'Globex']);
  });

  it('does not undo the renaming of an organization in the CRM', async () => {
    const [id = ''] = await synced(ann({ organization: 'Acme' }));
    world.crm.person.renameOrganization('o1', 'Acme Holding');
    expect(counts(await world.sync())).toBe('nothing');
    world.provider.person.edit(id, { jobTitle: 'Sales' });
    await world.sync();
    expect(world.people()).toMatchObject([{ organization: 'Acme Holding', jobTitle: 'Sales' }]);
  });

  it('waits with a contact that was changed in the CRM between reading and writing', async () => {
    const [id = ''] = await synced(ann({ jobTitle: 'Sales' }));
    world.provider.person.edit(id, { jobTitle: 'Head of Sales' });
    const { id: person } = firstPerson();
    world.crm.set({
      refuse: () => {
        world.crm.set({ refuse: () => undefined });
        world.crm.person.edit(person, { jobTitle: 'Chief' });
        return undefined;
      },
    });
    expect(counts(await world.sync())).toBe('1 set aside');
    expect(firstPerson().contact.jobTitle).toBe('Chief');
    expect(counts(await world.sync())).toBe('crm ~1');
  });
});

describe('a deletion', () => {
  it('D01 at the provider deletes the person', async () => {
    const [id = ''] = await synced(ann(), bob);
    world.provider.person.remove(id);
    expect(counts(await world.sync())).toBe('crm -1');
    expect(world.people()).toHaveLength(1);
  });

  it('D02 of all contacts is stopped before the first write', async () => {
    const ids = await syncedMany(12);
    const before = world.crm.writes();
    for (const id of ids) world.provider.person.remove(id);
    const report = await world.sync();
    expect(report.status).toBe('stopped');
    expect(report.error).toBeInstanceOf(Guarded);
    expect(world.crm.writes()).toBe(before);
    expect(counts(await world.sync({ maxDelete: { kind: 'percent', percent: 100 } }))).toBe(
      'crm -12',
    );
  });

  it('D03 shows its plan in a dry run that the guard would stop', async () => {
    const ids = await syncedMany(12);
    for (const id of ids) world.provider.person.remove(id);
    const report = await world.sync({ dryRun: true });
    expect(report.status).toBe('stopped');
    expect(report.plan).toHaveLength(12);
    await world.sync({ maxDelete: { kind: 'count', count: 12 } });
  });

  it('D04 in small portions is stopped when a day’s portions are too much together', async () => {
    const ids = await syncedMany(40);
    for (const id of ids.slice(0, 9)) world.provider.person.remove(id);
    expect(counts(await world.sync())).toBe('crm -9');
    for (const id of ids.slice(9, 18)) world.provider.person.remove(id);
    expect((await world.sync()).status).toBe('stopped');
    world.advance(24 * 60 * 60 * 1000);
    expect(counts(await world.sync())).toBe('crm -9');
  });

  it('D05 of nothing: people that became invisible are let go', async () => {
    await synced(ann());
    world.crm.person.edit(firstPerson().id, {}, { owned: false });
    expect(counts(await world.sync())).toBe('1 unlinked');
    expect(world.provider.records()).toHaveLength(1);
  });

  it('D13 in the CRM is respected: the person stays deleted', async () => {
    const [id = ''] = await synced(ann(), bob);
    world.crm.person.remove(firstPerson().id);
    expect(counts(await world.sync())).toBe('1 unlinked');
    world.provider.person.edit(id, { jobTitle: 'Sales' });
    expect(counts(await world.sync())).toBe('nothing');
  });

  it('C14 followed by adding the contact again keeps the person', async () => {
    const [id = ''] = await synced(ann(), bob);
    const person = world.crm.records().find(({ contact }) => contact.name?.given === 'Ann')?.id;
    world.provider.person.remove(id);
    world.provider.person.add(ann({ jobTitle: 'Chief' }));
    expect(counts(await world.sync())).toBe('crm ~1, 1 linked');
    expect(world.crm.records().find(({ id: one }) => one === person)?.contact.jobTitle).toBe(
      'Chief',
    );
  });

  it('N20 by merging two contacts deletes nobody', async () => {
    const [kept = '', lost = ''] = await synced(ann(), bob);
    world.provider.person.edit(kept, { emails: [...ann().emails, ...bob.emails] });
    world.provider.person.remove(lost);
    expect(counts(await world.sync())).toBe('crm ~1, 1 unlinked');
    expect(world.people()).toHaveLength(2);
  });

  it('takes no person away that another account still feeds', async () => {
    const [id = ''] = await synced(ann());
    const other = world.second();
    other.provider.person.add(ann());
    expect(counts(await other.sync())).toBe('1 linked');
    world.provider.person.remove(id);
    expect(counts(await world.sync())).toBe('1 unlinked');
    expect(world.people()).toHaveLength(1);
    await other.expectQuiet();
  });
});

describe('with a chosen group', () => {
  const clients = { id: 'g1', name: 'Clients', kind: 'label', count: 1 };
  beforeEach(() => {
    world = createWorld({ rules: { group: 'g1' } });
    world.provider.person.addGroup(clients);
  });

  it('syncs its members only, and a contact that joins later', async () => {
    world.provider.person.add(ann(), { groups: ['g1'] });
    const later = world.provider.person.add(bob);
    expect(counts(await world.sync())).toBe('crm +1');
    world.provider.person.edit(later, {}, { groups: ['g1'] });
    expect(counts(await world.sync())).toBe('crm +1');
  });

  it('D07 lets a contact go that leaves it, and takes it up where it was when it comes back', async () => {
    const id = world.provider.person.add(ann(), { groups: ['g1'] });
    await world.sync();
    world.provider.person.edit(id, {}, { groups: [] });
    expect(counts(await world.sync())).toBe('1 unlinked');
    world.provider.person.edit(id, { jobTitle: 'Chief' });
    expect(counts(await world.sync())).toBe('nothing');
    world.provider.person.edit(id, {}, { groups: ['g1'] });
    expect(counts(await world.sync())).toBe('crm ~1, 1 linked');
    expect(world.people()).toMatchObject([{ jobTitle: 'Chief' }]);
  });

  it('D08 stops when the group is gone', async () => {
    const strange = createWorld({ rules: { group: 'g9' } });
    strange.provider.person.add(ann(), { groups: ['g9'] });
    expect((await strange.sync()).status).toBe('stopped');
    expect(strange.crm.writes()).toBe(0);
  });
});

describe('what goes wrong on the way', () => {
  it('A02 a sign-in that ended stops the run, and nothing is lost', async () => {
    world.provider.person.add(ann());
    const disturb = () => {
      throw new SignInNeeded('crm', 'Sign in again.');
    };
    world.crm.set({ disturb });
    expect((await world.sync()).status).toBe('sign-in-needed');
    world.crm.set({ disturb: () => undefined });
    expect(counts(await world.sync())).toBe('crm +1');
  });

  it('X02 a lost answer to a create makes nobody twice, and is settled in the same run', async () => {
    world.provider.person.add(ann({ organization: 'Acme' }));
    let lost = false;
    world.crm.set({
      disturb: ({ when, call }) => {
        if (lost || when !== 'after' || call !== 'create') return;
        lost = true;
        throw new AnswerLost('no answer');
      },
    });
    expect(counts(await world.sync())).toBe('crm +1');
    expect(world.people()).toHaveLength(1);
  });

  it('X09 an interruption ends the run between two writes, and the next run goes on', async () => {
    for (let at = 0; at < 20; at += 1)
      world.provider.person.add(ann({ emails: [{ value: `a${at}@example.com` }] }));
    const stop = new AbortController();
    world.crm.set({
      disturb: ({ call }) => {
        if (call === 'create') stop.abort();
      },
    });
    expect((await world.sync({ signal: stop.signal })).status).toBe('interrupted');
    expect(world.people().length).toBeLessThan(20);
    expect((await world.sync()).status).toBe('ok');
    expect(world.people()).toHaveLength(20);
  });

  it('a create that did not arrive waits until the vendor’s lists must show it, then is sent again', async () => {
    world = createWorld({ visibilityDelay: 10 * 60_000 });
    world.provider.person.add(ann());
    world.crm.set({
      disturb: ({ when, call }) => {
        if (when === 'before' && call === 'create') throw new AnswerLost('no answer');
      },
    });
    expect(counts(await world.sync())).toBe('1 set aside');
    world.crm.set({ disturb: () => undefined });
    expect(counts(await world.sync())).toBe('1 set aside');
    world.advance(10 * 60_000);
    expect(counts(await world.sync())).toBe('crm +1');
    expect(world.people()).toHaveLength(1);
  });

  it('I-10 a dry run plans and touches neither side', async () => {
    world.provider.person.add(ann());
    const report = await world.sync({ dryRun: true });
    expect(report.plan).toEqual([
      { action: 'create', side: 'crm', contact: 'Ann Lee', id: 'p1', fields: [] },
    ]);
    expect(world.crm.writes()).toBe(0);
    await world.sync();
  });
});

describe('a vendor’s clock that is known to the second only', () => {
  it('does not keep a contact waiting when it seems to run backwards', async () => {
    world.provider.person.add(ann());
    world.crm.set({
      disturb: ({ when, call }) => {
        if (when !== 'before' || call !== 'create') return;
        world.advance(-60_900);
        throw new AnswerLost('no answer');
      },
    });
    expect(counts(await world.sync())).toBe('nothing');
    world.crm.set({ disturb: () => undefined });
    expect(counts(await world.sync())).toBe('crm +1');
  });
});
