import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cronBlock, readBlock, withBlock, withoutBlock } from '../../../src/cli/schedule/cron.ts';
import { environmentText } from '../../../src/cli/schedule/environment-file.ts';
import { everyMinutes, nextDue } from '../../../src/cli/schedule/every.ts';
import { plistText, readPlist } from '../../../src/cli/schedule/launchd.ts';
import type { Job } from '../../../src/cli/schedule/scheduler.ts';
import { readUnits, serviceText, timerText } from '../../../src/cli/schedule/systemd.ts';
import { readTask, taskText } from '../../../src/cli/schedule/task-scheduler.ts';
import { everyWords } from '../../../src/cli/texts/language.ts';

/* What each platform is given, against texts that are kept beside the tests. */

const MINUTE = 60_000;

const JOB: Job = {
  name: 'contactsync',
  command: [
    '/usr/local/bin/node',
    '--env-file=/home/ann/50% of $HOME/schedule.env',
    "/opt/Ann's tools/contactsync.js",
    'sync',
    '--quiet',
  ],
  every: 15,
};

const EVERY = [1, 5, 15, 30, 60, 120, 720, 1440] as const;

function golden(name: string): string {
  return readFileSync(`test/golden/schedule/${name}`, 'utf8');
}

describe('what is installed', () => {
  it.each([
    ['cron.txt', cronBlock(JOB)],
    ['systemd.service', serviceText(JOB)],
    ['systemd.timer', timerText(JOB)],
    ['launchd.plist', plistText(JOB)],
    ['task-scheduler.xml', taskText(JOB).slice(1).replaceAll('\r\n', '\n')],
    [
      'schedule.env',
      environmentText(
        { CONTACTSYNC_LIMITS: 'documented', CONTACTSYNC_KEY: 'abc', PATH: '/bin' },
        '/home/ann/a b',
      ),
    ],
  ])('is, for %s, the text that is kept', (name, text) => {
    expect(text).toBe(golden(name));
  });

  it('says all rhythms', () => {
    const lines = EVERY.map((every) => {
      const cron = cronBlock({ ...JOB, every })
        .split("'")[0]
        ?.split('\n')
        .at(-1)
        ?.trim();
      const [, calendar] = /^OnCalendar=(.*)$/mu.exec(timerText({ ...JOB, every })) ?? [];
      return [everyWords(every), cron, calendar].join(' | ');
    });
    expect(`${lines.join('\n')}\n`).toBe(golden('rhythms.txt'));
  });
});

/** Paths and settings as they may be: with spaces, quotes, signs that mean something to somebody. */
const arbitraryJob = fc.record({
  name: fc.constantFrom('contactsync', 'contactsync-0a1b2c3d'),
  command: fc.array(fc.stringMatching(/^\/[\w %$'"&<>ążł本.\\-]{0,20}[\w本]$/u), {
    minLength: 2,
    maxLength: 5,
  }),
  every: fc.constantFrom(...EVERY),
});

describe('what was installed is read back', () => {
  const readers = {
    cron: (job: Job) => readBlock(withBlock('# mine\n', job), job.name),
    systemd: (job: Job) => readUnits(serviceText(job), timerText(job)),
    launchd: (job: Job) => readPlist(plistText(job)),
  };

  it.each(Object.entries(readers))('from %s', (_, read) => {
    fc.assert(
      fc.property(arbitraryJob, (job) => {
        expect(read(job)).toEqual({ command: job.command, every: job.every });
      }),
    );
  });

  it('from the Task Scheduler', () => {
    const command = [String.raw`C:\Program Files\nodejs\node.exe`, 'C:\\Ann & Bob\\c.js', 'sync'];
    expect(readTask(taskText({ ...JOB, command }))).toEqual({ command, every: 15 });
  });
});

describe('a crontab', () => {
  const line = fc.constantFrom('# a comment', '0 5 * * * backup', 'MAILTO=ann', '', '# >>> other:');
  const crontab = fc.array(line, { maxLength: 6 }).map((lines) => lines.join('\n'));

  it('is as it was after an installation, another one and a removal', () => {
    fc.assert(
      fc.property(crontab, arbitraryJob, (before, job) => {
        const ended = before === '' || before.endsWith('\n') ? before : `${before}\n`;
        const twice = withBlock(withBlock(before, job), { ...job, every: 60 });
        expect(withoutBlock(twice, job.name)).toBe(ended);
      }),
    );
  });

  it('with half a block is left alone', () => {
    const half = cronBlock(JOB).split('\n').slice(0, 2).join('\n');
    expect(() => withoutBlock(`${half}\n0 5 * * * backup\n`, JOB.name)).toThrow('is missing');
  });

  it('may hold the block of another home', () => {
    const other = { ...JOB, name: 'contactsync-0a1b2c3d' };
    const both = withBlock(withBlock('', JOB), other);
    expect(withoutBlock(both, JOB.name)).toBe(cronBlock(other));
  });
});

describe('a rhythm', () => {
  it.each([5, 15, 60, 1440])('of %i minutes is a share of an hour or of a day', (minutes) => {
    expect(everyMinutes(minutes * MINUTE)).toBe(minutes);
  });

  it.each([7, 45, 90, 2880, 0.5])('of %d minutes is refused, with what there is', (minutes) => {
    expect(() => everyMinutes(minutes * MINUTE)).toThrow('share of an hour');
  });

  it('comes next at the next of its times', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true }),
        fc.constantFrom(...EVERY),
        (now, every) => {
          const next = nextDue(every, now);
          expect(next.getTime()).toBeGreaterThan(now.getTime());
          // A day with a change of the clocks has an hour more or less.
          expect(next.getTime() - now.getTime()).toBeLessThanOrEqual((every + 60) * MINUTE);
          expect((next.getHours() * 60 + next.getMinutes()) % every).toBe(0);
        },
      ),
    );
  });
});
