import { describe, expect, it } from '@jest/globals';
import { exceeds, type Allowance } from '../../src/plan/guard.ts';

const none = { recent: 0 };

describe('the guard', () => {
  it.each([
    ['lets a small account lose all it has', { ...none, planned: 10, live: 10 }, undefined, false],
    [
      'stops at more than ten that are more than a quarter',
      { ...none, planned: 11, live: 40 },
      undefined,
      true,
    ],
    [
      'lets more than ten go that are a quarter at most',
      { ...none, planned: 11, live: 44 },
      undefined,
      false,
    ],
    ['counts the last 24 hours', { planned: 9, recent: 9, live: 51 }, undefined, true],
    [
      'stops nothing when nothing is planned',
      { planned: 0, recent: 99, live: 1 },
      undefined,
      false,
    ],
    [
      'takes the user’s number instead of both conditions',
      { ...none, planned: 3, live: 3 },
      { kind: 'count', count: 2 },
      true,
    ],
    [
      'lets through what the user’s number allows',
      { planned: 58, recent: 99, live: 60 },
      { kind: 'count', count: 58 },
      false,
    ],
    [
      'takes the user’s share',
      { ...none, planned: 2, live: 100 },
      { kind: 'percent', percent: 1 },
      true,
    ],
    [
      'lets everything through at 100 %',
      { ...none, planned: 60, live: 60 },
      { kind: 'percent', percent: 100 },
      false,
    ],
    [
      'lets nothing through at 0',
      { ...none, planned: 1, live: 60 },
      { kind: 'count', count: 0 },
      true,
    ],
  ] satisfies readonly (readonly [
    string,
    Parameters<typeof exceeds>[0],
    Allowance | undefined,
    boolean,
  ])[])('%s', (_, losses, allowance, stopped) => {
    expect(exceeds(losses, allowance)).toBe(stopped);
  });
});
