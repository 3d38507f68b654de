import { describe, expect, it } from '@jest/globals';
import { booksOf } from '../support/history/sentences.ts';
import { withOutlook } from '../support/scenario/outlook.ts';
import {
  parseScenarios,
  playLines,
  playSentence,
  type Scenario,
} from '../support/scenario/scenario.ts';
import { contactSeen, type Stage } from '../support/scenario/stage.ts';

/*
 * X05 for two-way: a busy run is disturbed at every point there is, and must end as the undisturbed
 * one: whoever is where, with what, in which groups.
 */

const NOTHING = { title: '', lines: [] };

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

const TWO_BOOKS = `scenario X05 a busy run of two accounts
account two-way, on conflict provider
another account: outlook
google has Ada: email ada@example.com, phone +49 30 5550101 (home), notes "mine"
google has Bob: email bob@example.com
outlook has Cleo: email cleo@example.com, phone +49 30 5550102 (work)
outlook has Ada: email ada@example.com, title "Sales"
sync google
sync outlook
sync google
crm deletes Bob
google edits Ada: phone +49 30 5550103
outlook edits Cleo: organization Acme
outlook has Dan: email dan@example.com
google has Dan: email dan@example.com, title "Captain"
crm has Eve: email eve@example.com, notes "from the CRM"`;

const [busy = NOTHING] = parseScenarios(BUSY);
const [two = NOTHING] = parseScenarios(TWO_BOOKS);
/** One story is killed at every point; the others, which pass through the same code, at each so many. */
const VARIANTS = [
  ['with Google', busy, 1],
  ['with Outlook', withOutlook(busy), 3],
  ['with Google and Outlook', two, 3],
] as const;

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

async function settle(stage: Stage, expected?: string): Promise<void> {
  // The walk over ids looks at a page a run: a deletion may be found late, and its write be lost once.
  for (let [round, quiet] = [0, false]; round < 5 && !quiet; round += 1) {
    quiet = true;
    for (const { name } of booksOf(stage)) {
      await playSentence(stage, `sync ${name}`);
      const writes = [...stage.last.writes.values()].some((count) => count > 0);
      quiet &&= !writes && JSON.stringify(outcome(stage)) === expected;
    }
  }
}

/** The busy run with this sentence before it; done once all is as expected and a round writes nothing. */
async function disturbed(story: Scenario, sentence?: string, expected?: string): Promise<Stage> {
  const stage = await playLines(story);
  if (sentence !== undefined) await playSentence(stage, sentence);
  await settle(stage, expected);
  return stage;
}

describe.each(VARIANTS)('a busy two-way run %s', (_, story, stride) => {
  it(`killed at ${stride === 1 ? 'every' : `each ${stride}th`} point ends as if it had not been`, async () => {
    const expected = outcome(await disturbed(story));
    let points = 0;
    for (const { name } of booksOf(await playLines(story))) {
      for (let [point, reached] = [1, true]; reached; point += stride) {
        const stage = await playLines(story);
        stage.killer.spareLooks();
        await playSentence(stage, `sync ${name}, killed at step ${point}`);
        reached = stage.killer.died();
        await settle(stage, JSON.stringify(expected));
        expect({ name, point, ...outcome(stage) }).toEqual({ name, point, ...expected });
        points += 1;
      }
    }
    expect(points * stride).toBeGreaterThan(60);
  }, 120_000);

  it.each(['request', 'answer'])(
    'of which any %s is lost ends the same',
    async (what) => {
      const reference = await disturbed(story);
      const expected = outcome(reference);
      for (const { name, side } of (await playLines(story)).actors.values()) {
        const writes = (reference.actors.get(name)?.side.writes() ?? 0) - side.writes();
        expect(writes).toBeGreaterThan(1);
        for (let nth = 1; nth <= writes; nth += 1) {
          const sentence = `${name}: lose the ${nth}th ${what}`;
          const stage = await disturbed(story, sentence, JSON.stringify(expected));
          expect({ name, nth, ...outcome(stage) }).toEqual({ name, nth, ...expected });
          for (const { world } of booksOf(stage)) await world.expectQuiet();
        }
      }
    },
    120_000,
  );
});
