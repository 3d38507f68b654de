import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EXIT, worst, type ExitStatus } from '../../src/cli/exit-codes.ts';

const PRECEDENCE: readonly ExitStatus[] = [130, 143, 1, 4, 5, 3, 0];

describe('the exit status of several accounts', () => {
  it('is 0 where there is no account to sync', () => {
    expect(worst([])).toBe(0);
  });

  it.each(PRECEDENCE)('is %d where a single account gave it', (status) => {
    expect(worst([status])).toBe(status);
  });

  it.each(PRECEDENCE.slice(0, -1).map((one, at) => [one, PRECEDENCE[at + 1] ?? 0] as const))(
    'is %d rather than %d, whichever came first',
    (stronger, weaker) => {
      expect(worst([stronger, weaker])).toBe(stronger);
      expect(worst([weaker, stronger])).toBe(stronger);
    },
  );

  it('is the first of 130, 143, 1, 4, 5, 3, 0 that any account gave', () => {
    const statuses = fc.array(fc.constantFrom(...PRECEDENCE), { minLength: 1 });
    fc.assert(
      fc.property(statuses, (given) => {
        expect(worst(given)).toBe(PRECEDENCE.find((status) => given.includes(status)));
      }),
    );
  });
});

describe('the exit statuses', () => {
  it('are those that scripts rely on', () => {
    expect(EXIT).toEqual({
      done: 0,
      failed: 1,
      usage: 2,
      partly: 3,
      signInNeeded: 4,
      guarded: 5,
      locked: 75,
      interrupted: 130,
      terminated: 143,
    });
  });
});
