import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startHistory, Tell } from '../support/history/history.ts';
import { KINDS, type Wish } from '../support/history/sentences.ts';

/*
 * Random histories of one or two address books and a CRM; RUNS=20000 tells more of them, SEED=…,
 * FC_PATH=… and FC_REPLAY=… (fast-check's seed, path and replayPath) tell one again. A history that
 * ends badly is printed as a scenario, which can be put into fixtures/scenarios.
 */

const RUNS = Number(process.env['RUNS'] ?? 1000);
const SEED = process.env['SEED'];
const PATH = process.env['FC_PATH'];
const REPLAY = process.env['FC_REPLAY'];

const small = fc.nat({ max: 23 });
const wish: fc.Arbitrary<Wish> = fc.record({
  kind: fc.constantFrom(...KINDS),
  crm: fc.boolean(),
  book: fc.nat({ max: 1 }),
  who: small,
  what: small,
  more: small,
});

const BOOKS = [['google'], ['outlook'], ['google', 'outlook']] as const;

const CONFLICT_RULES = ['newest', 'provider', 'crm', 'ask'] as const;

const options = fc.record({
  books: fc.constantFrom(...BOOKS),
  grouped: fc.boolean(),
  lag: fc.boolean(),
  onConflict: fc.constantFrom(...CONFLICT_RULES),
});

it(
  `ends well, whatever happens, in ${RUNS} histories`,
  async () => {
    const histories = fc.commands([wish.map((one) => new Tell(one))], {
      maxCommands: 40,
      size: 'max',
      ...(REPLAY === undefined ? {} : { replayPath: REPLAY }),
    });
    let told = 0;
    await fc.assert(
      fc.asyncProperty(options, histories, async (chosen, commands) => {
        const history = startHistory(chosen);
        await fc.asyncModelRun(() => ({ model: {}, real: history }), commands);
        await history.end();
        told += 1;
        if (process.env['SHOW'] !== undefined) process.stdout.write(`${history.told.join('\n')}\n`);
      }),
      {
        numRuns: RUNS,
        ...(SEED === undefined ? {} : { seed: Number(SEED) }),
        ...(PATH === undefined ? {} : { path: PATH }),
      },
    );
    expect(told).toBeGreaterThan(0);
  },
  60 * 60_000,
);
