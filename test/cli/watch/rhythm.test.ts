import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AT_FIRST, beat, type Rhythm, type Sight } from '../../../src/cli/watch/rhythm.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const TERMS = { cost: 0.001, random: 0 };

/** The minutes after each of these passes. */
function minutes(sights: readonly Sight['kind'][], terms = TERMS): readonly number[] {
  let rhythm: Rhythm = AT_FIRST;
  return sights.map((kind) => {
    const next = beat(rhythm, { kind }, terms);
    ({ rhythm } = next);
    return Math.round(next.delay / MINUTE);
  });
}

describe('the rhythm of a watch', () => {
  it('is quick after something happened, and slows down to what the budget bears', () => {
    expect(minutes(['active', 'idle', 'idle', 'idle', 'idle', 'idle', 'idle', 'idle'])).toEqual([
      1, 2, 4, 8, 16, 32, 36, 36,
    ]);
  });

  it('is quick again when something happens again', () => {
    expect(minutes(['idle', 'idle', 'idle', 'active', 'idle'])).toEqual([2, 4, 8, 1, 2]);
  });

  it('does not look more often than every five minutes for long, however large the budget', () => {
    const rich = { cost: 0.000_001, random: 0 };
    expect(minutes(['idle', 'idle', 'idle', 'idle'], rich)).toEqual([2, 4, 5, 5]);
  });

  it('backs off from failures, and forgets them with the first success', () => {
    const rich = { cost: 0.000_001, random: 0 };
    const failed = Array.from({ length: 8 }, () => 'failed' as const);
    expect(minutes([...failed, 'idle'], rich)).toEqual([2, 4, 5, 8, 16, 32, 60, 60, 5]);
  });

  it('comes back soon after another run held it up, and loses nothing of its pace', () => {
    expect(minutes(['idle', 'busy', 'idle'])).toEqual([2, 1, 4]);
  });

  it('waits until a spent budget is renewed', () => {
    const { delay } = beat(AT_FIRST, { kind: 'spent', resumeInMs: 5 * HOUR }, TERMS);
    expect(delay).toBe(5 * HOUR);
    expect(beat(AT_FIRST, { kind: 'spent' }, TERMS).delay).toBe(HOUR);
  });

  it('is the user’s own where there is one, but for failures', () => {
    const own = { ...TERMS, interval: 2 * MINUTE };
    expect(minutes(['active', 'idle', 'idle'], own)).toEqual([2, 2, 2]);
    expect(minutes(['failed', 'failed', 'failed', 'idle'], own)).toEqual([2, 2, 4, 2]);
  });
});

const arbitrarySight = fc.constantFrom<Sight>(
  { kind: 'idle' },
  { kind: 'failed' },
  { kind: 'spent' },
  { kind: 'idle' },
);

describe('any rhythm', () => {
  it('costs a day without news less than 5 % of the budget, whatever goes wrong', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.000_001, max: 0.005, noNaN: true }),
        fc.array(arbitrarySight, { minLength: 1, maxLength: 20 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (cost, sights, random) => {
          let rhythm: Rhythm = AT_FIRST;
          let passes = 0;
          for (let at = 0; at < DAY; passes += 1) {
            const sight = sights[passes % sights.length] ?? { kind: 'idle' };
            const next = beat(rhythm, sight, { cost, random });
            ({ rhythm } = next);
            at += next.delay;
          }
          expect(passes * cost).toBeLessThanOrEqual(0.05 + 1e-9);
        },
      ),
    );
  });

  it('never looks twice within a minute, and never waits for more than a day and a bit', () => {
    const anything = fc.oneof(
      arbitrarySight,
      fc.constantFrom<Sight>({ kind: 'active' }, { kind: 'busy' }),
      fc.record({
        kind: fc.constant('spent' as const),
        resumeInMs: fc.integer({ min: -DAY, max: 30 * DAY }),
      }),
    );
    fc.assert(
      fc.property(
        fc.array(anything),
        fc.double({ min: 0, max: 0.02, noNaN: true }),
        (all, cost) => {
          let rhythm: Rhythm = AT_FIRST;
          for (const sight of all) {
            const next = beat(rhythm, sight, { cost, random: 1 });
            ({ rhythm } = next);
            expect(next.delay).toBeGreaterThanOrEqual(MINUTE);
            expect(next.delay).toBeLessThanOrEqual(1.1 * DAY);
          }
        },
      ),
    );
  });
});
