import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Decisions } from '../../src/store/decisions.ts';
import type { ContactSide } from '../../src/sync/ports.ts';
import { aContact, ann } from '../support/contacts.ts';
import { counts, createWorld, type World } from '../support/world.ts';

/* What the user decides is carried out by the next run, and never asked again. */

const TWO_WAY = { direction: 'two-way', onConflict: 'ask' } as const;

let world: World;
afterEach(() => world.expectQuiet());

function decisions(): Decisions {
  const [account] = world.database.accounts.list();
  return world.database.decisions(account?.id ?? 0);
}

const jobs = (): unknown => ({
  provider: world.provider.records().map(({ contact }) => contact.jobTitle),
  crm: world.people().map(({ jobTitle }) => jobTitle),
});

describe('a conflict that the rule leaves open', () => {
  let conflict: number;
  beforeEach(async () => {
    world = createWorld({ rules: TWO_WAY });
    const p = world.provider.person.add(ann());
    await world.sync();
    world.provider.person.edit(p, { jobTitle: 'Captain' });
    world.crm.person.edit(world.crm.records()[0]?.id ?? '', { jobTitle: 'Pilot' });
    await world.sync();
    conflict = decisions().conflicts()[0]?.id ?? 0;
  });

  it('stands on record with both values and when each side changed', () => {
    expect(decisions().openConflicts()).toBe(1);
    expect(decisions().conflicts()).toMatchObject([
      {
        contact: 'Ann Lee',
        field: 'jobTitle',
        values: { provider: 'Captain', crm: 'Pilot' },
        decidedBy: 'ask',
        state: 'open',
      },
    ]);
  });

  it.each([
    ['provider', 'crm ~1', 'Captain', 'Captain'],
    ['crm', 'provider ~1', 'Pilot', 'Pilot'],
    ['keep', 'nothing', 'Captain', 'Pilot'],
  ] as const)('is settled by %s in the next run', async (choice, done, provider, crm) => {
    expect(decisions().settleConflict(conflict, choice)).toBe(true);
    expect(counts(await world.sync())).toBe(done);
    expect(jobs()).toEqual({ provider: [provider], crm: [crm] });
    expect(decisions().conflicts()).toMatchObject([
      { state: 'settled', decidedBy: 'user', winner: choice },
    ]);
  });

  it('is settled once: neither a second answer nor a later run opens it again', async () => {
    decisions().settleConflict(conflict, 'keep');
    expect(decisions().settleConflict(conflict, 'crm')).toBe(false);
    await world.sync({ refresh: true });
    expect(decisions().openConflicts()).toBe(0);
    expect(jobs()).toEqual({ provider: ['Captain'], crm: ['Pilot'] });
  });
});

describe('a contact of whom nobody can tell who it is', () => {
  let p: string;
  let people: readonly string[];
  beforeEach(async () => {
    world = createWorld({ rules: TWO_WAY });
    people = [
      world.crm.person.add(ann({ jobTitle: 'Pilot' })),
      world.crm.person.add(ann({ jobTitle: 'Cook' })),
    ];
    p = world.provider.person.add(ann({ jobTitle: 'Captain' }));
    await world.sync();
    expect(decisions().unclear()).toMatchObject([{ providerId: p, contact: 'Ann Lee' }]);
  });

  it('is joined with the one that the user names', async () => {
    decisions().isSame(p, people[1] ?? '');
    expect(decisions().unclear()).toEqual([]);
    await world.sync();
    expect(world.store.pairOf('provider', p)?.mapping.crmId).toBe(people[1]);
    // Whom it is not, is a newcomer of the CRM from now on.
    expect(counts(await world.sync())).toBe('provider +1');
  });

  it('becomes a new person where it is none of them', async () => {
    decisions().isNobodyOf(p, people);
    await world.sync();
    expect(world.people()).toHaveLength(3);
    expect(decisions().unclear()).toEqual([]);
  });

  it('is left alone for good, whatever becomes of it', async () => {
    decisions().leaveAlone(p);
    const before = world.people();
    await world.sync();
    world.provider.person.edit(p, { jobTitle: 'Admiral' });
    await world.sync({ refresh: true });
    expect(world.people().filter(({ jobTitle }) => jobTitle === 'Admiral')).toEqual([]);
    expect(world.people()).toEqual(before);
    expect(decisions().unclear()).toEqual([]);
  });
});

describe('a person that was not found any more', () => {
  let p: string;
  let mapping: number;

  beforeEach(async () => {
    world = createWorld({ rules: TWO_WAY, wrapSide: whereGoneMayBeHidden });
    p = world.provider.person.add(ann());
    world.provider.person.add(aContact({ emails: [{ value: 'bob@example.com' }] }));
    await world.sync();
    const c = world.store.pairOf('provider', p)?.mapping.crmId ?? '';
    world.crm.person.remove(c);
    await world.sync({ refresh: true });
    expect(decisions().vanished()).toMatchObject([{ providerId: p, crmId: c, side: 'crm' }]);
    mapping = decisions().vanished()[0]?.mappingId ?? 0;
  });

  it('is kept where it is left', async () => {
    expect(decisions().settleVanished(mapping, 'keep')).toBe(true);
    expect(counts(await world.sync({ refresh: true }))).toBe('nothing');
    expect(decisions().vanished()).toEqual([]);
    expect(world.provider.records()).toHaveLength(2);
  });

  it('is taken for deleted, and goes on the other side too', async () => {
    expect(decisions().settleVanished(mapping, 'deleted')).toBe(true);
    expect(counts(await world.sync())).toBe('provider -1');
    expect(decisions().vanished()).toEqual([]);
  });

  it('is made again', async () => {
    expect(decisions().settleVanished(mapping, 'again')).toBe(true);
    expect(counts(await world.sync())).toBe('crm +1');
    expect(world.store.pairOf('provider', p)).toBeDefined();
    expect(decisions().settleVanished(mapping, 'keep')).toBe(false);
  });
});

/** A CRM in which deleted and hidden look alike. */
function whereGoneMayBeHidden(side: ContactSide): ContactSide {
  if (side.side === 'provider') return side;
  return {
    ...side,
    read: async (ids, signal) => {
      const found = await side.read(ids, signal);
      return new Map(
        [...found].map(([id, finding]) => [
          id,
          finding.kind === 'absent' ? { kind: 'absent', how: 'vanished' } : finding,
        ]),
      );
    },
  };
}
