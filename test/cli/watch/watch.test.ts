import { describe, expect, it } from '@jest/globals';
import type { Clock } from '../../../src/cli/watch/clock.ts';
import { watch, type Passed } from '../../../src/cli/watch/watch.ts';
import { waitFor } from '../../../src/cli/watch/waiting.ts';

const MINUTE = 60_000;

/** A clock that passes time by being asked to; `during` may disturb each sleep. */
function aClock(during: (slept: number) => number = () => 0): Clock & { at: number } {
  const clock = {
    at: 0,
    now: () => clock.at,
    sleep: async (ms: number): Promise<void> => {
      clock.at += ms;
      clock.at += during(clock.at);
    },
  };
  return clock;
}

const never = new AbortController().signal;

async function wait(clock: Clock, ms: number): Promise<readonly number[]> {
  const told: number[] = [];
  const onTick = (due: number): void => void told.push(due);
  await waitFor(clock, { ms, stop: never, nudge: never, tick: 30_000, onTick });
  return told;
}

describe('a wait', () => {
  it('ends when it is due, and tells of itself meanwhile', async () => {
    const clock = aClock();
    expect(await wait(clock, 2 * MINUTE)).toHaveLength(4);
    expect(clock.at).toBe(2 * MINUTE);
  });

  it('ends soon after the machine woke up', async () => {
    let sleeps = 0;
    const clock = aClock(() => ((sleeps += 1) === 1 ? 8 * 60 * MINUTE : 0));
    await wait(clock, 30 * MINUTE);
    expect(clock.at - 8 * 60 * MINUTE).toBeLessThan(MINUTE);
  });

  it('is as long as it was to be where the clock is set back meanwhile', async () => {
    let sleeps = 0;
    const clock = aClock(() => ((sleeps += 1) === 1 ? -60 * MINUTE : 0));
    await wait(clock, 30 * MINUTE);
    expect(clock.at + 60 * MINUTE).toBe(30 * MINUTE);
  });

  it.each(['stop', 'nudge'] as const)('ends at once by a %s', async (which) => {
    const ending = new AbortController();
    const clock = aClock((at) => {
      if (at >= MINUTE) ending.abort();
      return 0;
    });
    const signals = { stop: never, nudge: never, [which]: ending.signal };
    await waitFor(clock, { ms: 60 * MINUTE, ...signals, tick: 30_000, onTick: () => undefined });
    expect(clock.at).toBe(MINUTE);
  });
});

interface Watched {
  readonly passes: readonly number[];
}

/** Runs a watch until it has passed so often; `pass` says what each pass came to. */
async function watchFor(
  count: number,
  pass: (at: number) => Passed,
  more: { readonly interval?: number; readonly nudgeAt?: number } = {},
): Promise<Watched> {
  const stop = new AbortController();
  const passes: number[] = [];
  let nudge = new AbortController();
  const clock = aClock((at) => {
    if (at === more.nudgeAt) nudge.abort();
    return 0;
  });
  await watch({
    clock,
    random: () => 0,
    stop: stop.signal,
    nudge: () => {
      nudge = new AbortController();
      return nudge.signal;
    },
    pass: async () => {
      passes.push(clock.at / MINUTE);
      if (passes.length === count) stop.abort();
      return pass(passes.length);
    },
    ...(more.interval === undefined ? {} : { interval: more.interval }),
    tick: 30_000,
    onWait: () => undefined,
  });
  return { passes };
}

describe('a watch', () => {
  it('looks at once, and rarer and rarer while nothing happens', async () => {
    const { passes } = await watchFor(5, () => ({ sight: { kind: 'idle' }, cost: 0.001 }));
    expect(passes).toEqual([0, 2, 6, 14, 30]);
  });

  it('learns from idle passes what looking costs', async () => {
    const { passes } = await watchFor(3, () => ({ sight: { kind: 'idle' }, cost: 0.01 }));
    expect(passes).toEqual([0, 360, 720]);
  });

  it('takes no pass that wrote for the measure of an idle one', async () => {
    const { passes } = await watchFor(3, () => ({ sight: { kind: 'active' }, cost: 0.5 }));
    expect(passes).toEqual([0, 1, 2]);
  });

  it('keeps to the user’s own interval', async () => {
    const idle = (): Passed => ({ sight: { kind: 'idle' }, cost: 0.001 });
    expect((await watchFor(3, idle, { interval: 5 * MINUTE })).passes).toEqual([0, 5, 10]);
  });

  it('looks at once when it is nudged', async () => {
    const idle = (): Passed => ({ sight: { kind: 'idle' }, cost: 0.001 });
    const { passes } = await watchFor(3, idle, { interval: 60 * MINUTE, nudgeAt: 3 * MINUTE });
    expect(passes).toEqual([0, 3, 63]);
  });

  it('ends with the pass in which it was stopped', async () => {
    const { passes } = await watchFor(1, () => ({ sight: { kind: 'active' }, cost: 0 }));
    expect(passes).toEqual([0]);
  });
});
