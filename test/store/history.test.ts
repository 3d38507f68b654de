import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { History, PastChange } from '../../src/store/history.ts';
import { ann } from '../support/contacts.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeEach(() => {
  world = createWorld({ rules: { direction: 'two-way', onConflict: 'provider' } });
});
afterEach(() => world.expectQuiet());

const history = (): History => world.database.history;

/** A change as a test reads it. */
function inWords({ side, action, contact, fields, undo, setAside }: PastChange): string {
  const texts = fields.map(
    ({ field, before, after, decidedBy }) =>
      `${field} ${JSON.stringify(before)} → ${JSON.stringify(after)}${decidedBy === undefined ? '' : ` by ${decidedBy}`}`,
  );
  const more = [...(undo ? ['undo'] : []), ...(setAside === undefined ? [] : [setAside])];
  return [`${side} ${action} ${contact}`, ...texts, ...more].join('; ');
}

const changes = (run: string): readonly string[] => history().changes(run).map(inWords);

async function agreed(): Promise<string> {
  const p = world.provider.person.add(ann({ jobTitle: 'Sailor', organization: 'Navy' }));
  await world.sync();
  return p;
}

describe('the history', () => {
  it('has the runs newest first, without dry runs', async () => {
    world.provider.person.add(ann());
    const first = await world.sync();
    await world.sync({ dryRun: true });
    const last = await world.sync();
    expect(
      history()
        .runs()
        .map(({ run }) => run),
    ).toEqual([last.run, first.run]);
    expect(history().runs(999)).toEqual([]);
    expect(history().runs()[0]?.summary).toMatchObject({ status: 'ok' });
  });

  it('finds a run by how its id starts', async () => {
    const { run } = await world.sync();
    expect(history().runsNamed(run.slice(0, 8))).toMatchObject([{ run }]);
    expect(history().runsNamed('no such run')).toEqual([]);
  });

  it('tells what a created contact got, the organization by its name', async () => {
    await agreed();
    const [run] = history().runs();
    expect(changes(run?.run ?? '')).toEqual([
      'crm organization-made Navy',
      expect.stringMatching(
        /^crm created Ann Lee; name null → .*organization null → "Navy"; jobTitle null → "Sailor"$/u,
      ),
    ]);
  });

  it('tells each field before and after, and who decided where both sides had changed it', async () => {
    const p = await agreed();
    const c = world.crm.records()[0]?.id ?? '';
    world.provider.person.edit(p, { jobTitle: 'Captain', notes: 'tall' });
    world.crm.person.edit(c, { jobTitle: 'Pilot' });
    const { run } = await world.sync();
    expect(changes(run)).toEqual([
      'crm updated Ann Lee; jobTitle "Pilot" → "Captain" by provider; notes null → "tall"',
    ]);
    expect(history().changesOf({ accountId: 1, crmId: c, providerId: p }, 1).map(inWords)).toEqual(
      changes(run),
    );
  });

  it('keeps apart what was taken back', async () => {
    const p = await agreed();
    world.provider.person.edit(p, { jobTitle: 'Captain' });
    const { run } = await world.sync();
    const undone = await world.undo(run);
    expect(changes(undone.run)).toEqual([
      'crm updated Ann Lee; jobTitle "Captain" → "Sailor"; undo',
    ]);
  });

  it('tells what a deletion took', async () => {
    const p = await agreed();
    world.provider.person.remove(p);
    const { run } = await world.sync();
    expect(changes(run)[0]).toMatch(/^crm deleted Ann Lee; .*jobTitle "Sailor" → null$/u);
  });

  it('tells what was set aside, and why', async () => {
    const p = await agreed();
    world.provider.person.edit(p, { jobTitle: 'Captain' });
    world.crm.set({ refuse: () => 'No captains.' });
    const { run } = await world.sync();
    expect(changes(run)).toEqual([
      'crm updated Ann Lee; jobTitle "Sailor" → "Captain"; No captains.',
    ]);
  });
});
