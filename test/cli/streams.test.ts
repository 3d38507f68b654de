import { describe, expect, it } from '@jest/globals';
import { createIo, type Streams } from '../../src/cli/io.ts';
import { createProgressView } from '../../src/cli/render/progress.ts';
import { heardIo } from './support.ts';

describe('progress without a terminal', () => {
  const writing = (done: number) => ({ kind: 'writing', done, total: 100 }) as const;

  it('is a plain line every few seconds, with the rest of the time', async () => {
    const io = heardIo();
    let now = 0;
    const view = await createProgressView(io, 'ann', () => now);
    for (let done = 0; done <= 50; done += 1) {
      now = done * 1000;
      view.show(writing(done));
    }
    view.stop();
    expect(io.messages[0]).toBe('ann: writing: 5 of 100');
    expect(io.messages.at(-1)).toBe('ann: writing: 50 of 100, about 50.0 s left');
    expect(io.messages).toHaveLength(10);
  });

  it.each([
    [{ kind: 'reading', side: 'provider', done: 1 }, 'reading the address book: 1 contact'],
    [{ kind: 'reading', side: 'crm', done: 1200 }, 'reading the CRM: 1,200 contacts'],
    [{ kind: 'planning', done: 2 }, 'comparing: 2 contacts'],
    [{ kind: 'backing-up' }, 'writing a backup of both sides'],
  ] as const)('says %j', async (progress, words) => {
    const io = heardIo();
    let now = 0;
    const view = await createProgressView(io, 'ann', () => now);
    now = 10_000;
    view.show(progress);
    expect(io.messages).toEqual([`ann: ${words}`]);
  });
});

describe('a run that is interrupted', () => {
  it('says that it finishes what is under way', async () => {
    const io = heardIo();
    const view = await createProgressView(io, 'ann');
    view.interrupted();
    view.stop();
    expect(io.messages).toEqual(['ann: finishing what is under way']);
  });
});

describe('each stream decides for itself', () => {
  const stream = (isTTY: boolean, columns?: number) => ({ isTTY, columns, write: () => true });
  const streams = (stdin: boolean, stdout: boolean, stderr: boolean): Streams =>
    ({
      stdin: stream(stdin),
      stdout: stream(stdout, 120),
      stderr: stream(stderr),
    }) as unknown as Streams;
  const options = { color: true, quiet: false, accessible: false, env: {} };

  it.each([
    [[true, true, true], {}, true],
    [[true, false, true], {}, true],
    [[false, true, true], {}, false],
    [[true, true, false], {}, false],
    [[true, true, true], { CI: 'true' }, false],
  ] as const)('terminals at stdin, stdout, stderr: %j, %j: asks %s', async (ttys, env, asks) => {
    const [stdin, stdout, stderr] = ttys;
    const io = await createIo({ ...options, env, streams: streams(stdin, stdout, stderr) });
    expect(io.canAsk).toBe(asks);
  });

  it.each([
    ['a pipe', { isTTY: false, env: {}, color: true, level: 0 }],
    ['a terminal', { isTTY: true, env: {}, color: true, level: 1 }],
    ['a dumb terminal', { isTTY: true, env: { TERM: 'dumb' }, color: true, level: 0 }],
    ['NO_COLOR', { isTTY: true, env: { NO_COLOR: '1', FORCE_COLOR: '1' }, color: true, level: 0 }],
    ['an empty NO_COLOR', { isTTY: true, env: { NO_COLOR: '' }, color: true, level: 1 }],
    ['FORCE_COLOR', { isTTY: false, env: { FORCE_COLOR: '1' }, color: true, level: 1 }],
    ['--no-color', { isTTY: true, env: { FORCE_COLOR: '1' }, color: false, level: 0 }],
  ])('%s has its say in colours', async (_, { isTTY, env, color, level }) => {
    const io = await createIo({ ...options, env, color, streams: streams(true, isTTY, false) });
    expect(io.paint.level).toBe(level);
    expect(io.paintErr.level).toBe('FORCE_COLOR' in env ? level : 0);
  });

  it('cuts lines to the terminal alone', async () => {
    const width = async (stdout: boolean, accessible: boolean): Promise<number> =>
      (await createIo({ ...options, accessible, streams: streams(true, stdout, true) })).width;
    expect(await width(true, false)).toBe(120);
    expect(await width(false, false)).toBe(Infinity);
    expect(await width(true, true)).toBe(Infinity);
  });

  it('nothing moves when it is not to be seen', async () => {
    const lively = async (more: object): Promise<boolean> =>
      (await createIo({ ...options, ...more, streams: streams(true, true, true) })).lively;
    expect(await lively({})).toBe(true);
    expect(await lively({ quiet: true })).toBe(false);
    expect(await lively({ accessible: true })).toBe(false);
    expect(await lively({ env: { TERM: 'dumb' } })).toBe(false);
  });
});
