import { describe, expect, it } from '@jest/globals';
import { parseScenarios, playLines, playSentence } from '../support/scenario/scenario.ts';
import { contactSeen, type Stage } from '../support/scenario/stage.ts';

/*
 * X05 for two-way: a busy run is disturbed at every point there is, and must end as the undisturbed
 * one: whoever is where, with what, in which groups.
 */

const BUSY = `scenario X05 a busy run
account two-way, on conflict provider, group Clients
google has Ada: email ada@example.com, phone +49 30 5550101 (home), title "Sales", group Clients
google has Bob: email bob@example.com, group Clients
google has Cleo: email cleo@example.com, group Clients, group Family
google has Dan: email dan@example.com, group Clients
google has Eve: email eve@example.com, group Clients
google has Fay: email fay@example.com, group Clients
crm has Gus: email gus@example.com, organization Acme
crm has Hal: email hal@example.com
sync
google edits Ada: title "Head", phone +49 30 5550102
crm edits Ada: title "Chief", phone +49 30 5550103, organization Globex
crm edits Bob: notes "from the CRM"
google edits Bob: organization Initech
google deletes Cleo
crm deletes Dan
google merges Eve into Fay
google takes Gus out of Clients
crm gives Hal to a colleague
google has Ida: email ida@example.com, organization Hooli, group Clients
crm has Jim: email jim@example.com
google has Kim: email kim@example.com, title "a", group Clients
crm has Kim: email kim@example.com, phone +49 30 5550109`;

const [busy = { title: '', lines: [] }] = parseScenarios(BUSY);

function outcome(stage: Stage): object {
  const sides = [...stage.actors.values()].map((actor) => {
    const records = actor.side
      .records()
      .map((record) => JSON.stringify([contactSeen(actor, record), record.groups, record.owned]));
    return [actor.name, records.toSorted()] as const;
  });
  const organizations = stage.actor('crm').side.organizationNames().toSorted();
  return { ...Object.fromEntries(sides), organizations };
}

async function settle(stage: Stage): Promise<void> {
  // The walk over ids looks at a page a run: a deletion may be found late, and its write be lost once.
  for (let round = 0; round < 5; round += 1) await playSentence(stage, 'sync');
}

/** The busy run with these sentences before it, and whether they made a difference at all. */
async function disturbed(...sentences: readonly string[]): Promise<Stage> {
  const stage = await playLines(busy);
  for (const sentence of sentences) await playSentence(stage, sentence);
  await settle(stage);
  return stage;
}

describe('a busy two-way run', () => {
  it('killed at every point ends as if it had not been', async () => {
    const expected = outcome(await disturbed());
    let points = 0;
    for (let reached = true; reached; points += 1) {
      const stage = await playLines(busy);
      await playSentence(stage, `sync, killed at step ${points + 1}`);
      reached = stage.killer.died();
      await settle(stage);
      expect({ point: points + 1, ...outcome(stage) }).toEqual({ point: points + 1, ...expected });
    }
    expect(points).toBeGreaterThan(60);
  }, 120_000);

  it.each(['request', 'answer'])(
    'of which any %s is lost ends the same',
    async (what) => {
      const reference = await disturbed();
      const expected = outcome(reference);
      for (const { name, side } of (await playLines(busy)).actors.values()) {
        const writes = (reference.actors.get(name)?.side.writes() ?? 0) - side.writes();
        expect(writes).toBeGreaterThan(2);
        for (let nth = 1; nth <= writes; nth += 1) {
          const stage = await disturbed(`${name}: lose the ${nth}th ${what}`);
          expect({ name, nth, ...outcome(stage) }).toEqual({ name, nth, ...expected });
          await stage.actor(name).world.expectQuiet();
        }
      }
    },
    120_000,
  );
});
