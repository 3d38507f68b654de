import { beforeEach, describe, expect, it } from '@jest/globals';
import { BudgetSpent } from '../../src/sync/errors.ts';
import type { ContactSide } from '../../src/sync/ports.ts';
import { ann } from '../support/contacts.ts';
import { counts, createWorld, type World } from '../support/world.ts';

/* A CRM whose budget of a day runs out. */

const RESUME_AT = '2026-11-23T00:00:00.000Z';
const PEOPLE = 20;

let world: World;
/** Requests that the CRM had answered when somebody knocked. */
let knocks: number[];
beforeEach(() => {
  knocks = [];
  world = createWorld({ wrapSide: knockable });
  for (let nth = 0; nth < PEOPLE; nth += 1)
    world.provider.person.add(ann({ emails: [{ value: `a${nth}@example.com` }] }));
});

function knockable(side: ContactSide): ContactSide {
  if (side.side === 'provider') return side;
  const knock = async (): Promise<void> => void knocks.push(side.requests());
  return Object.assign(Object.create(side) as ContactSide, { knock });
}

/** So many writes are left. */
function leave(writes: number): void {
  let left = writes;
  world.crm.set({
    disturb: ({ when, call }) => {
      if (when !== 'before' || call !== 'create') return;
      left -= 1;
      if (left < 0) throw new BudgetSpent('used up', { resumeAt: RESUME_AT });
    },
  });
}

describe('a first sync whose budget runs out', () => {
  it('waits, says until when, and keeps what it has', async () => {
    leave(8);
    const report = await world.sync();
    expect(report).toMatchObject({ status: 'waiting', resumeAt: RESUME_AT });
    expect(counts(report)).toBe('crm +8');
    expect(world.store.everFinished()).toBe(false);
  });

  it('goes on where it was, and pays for nobody twice', async () => {
    leave(8);
    await world.sync();
    leave(PEOPLE);
    expect(counts(await world.sync())).toBe('crm +12');
    expect(world.crm.records()).toHaveLength(PEOPLE);
    expect(world.crm.writes()).toBe(PEOPLE);
    expect(world.store.everFinished()).toBe(true);
    await world.expectQuiet();
  });

  it('asks one cheap question before it goes on, and none in other runs', async () => {
    leave(8);
    await world.sync();
    expect(knocks).toEqual([]);
    const before = world.crm.requests();
    leave(PEOPLE);
    await world.sync();
    expect(knocks).toEqual([before]);
    await world.expectQuiet();
    expect(knocks).toHaveLength(1);
  });
});
