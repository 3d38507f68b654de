import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { Chalk } from 'chalk';
import { readEnvironment } from '../../src/cli/environment.ts';
import { explain } from '../../src/cli/error-table.ts';
import { EXIT, worst } from '../../src/cli/exit-codes.ts';
import type { Io } from '../../src/cli/io.ts';
import { neutralise } from '../../src/cli/neutralise.ts';
import { table } from '../../src/cli/render/table.ts';
import {
  ago,
  ahead,
  counted,
  lasted,
  listed,
  number,
  percent,
} from '../../src/cli/texts/language.ts';
import { Busy, DiskFull } from '../../src/store/errors.ts';
import { Guarded, Interrupted, SignInNeeded, Unreachable } from '../../src/sync/errors.ts';
import { asWord } from '../../src/cli/as-word.ts';

function io(more: Partial<Io> = {}): Io {
  const paint = new Chalk({ level: 0 });
  const nothing = (): void => undefined;
  return {
    result: nothing,
    note: nothing,
    warn: nothing,
    canAsk: false,
    lively: false,
    forPeople: true,
    accessible: false,
    width: 80,
    paint,
    paintErr: paint,
    ...more,
  };
}

describe('text from outside', () => {
  it.each([
    ['\u001b[31mred\u001b[0m', 'red'],
    ['two\nlines', 'two lines'],
    ['\u202Egnp.exe', 'gnp.exe'],
    ['bell\u0007', 'bell'],
    ['Zoë 李 👩‍🚀', 'Zoë 李 👩‍🚀'],
  ])('%j is shown as %j', (text, shown) => {
    expect(neutralise(text)).toBe(shown);
  });

  it('never steers a terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(neutralise(text)).not.toMatch(/\p{Cc}|[\u202a-\u202e\u2066-\u2069\u2028\u2029]/u);
      }),
    );
  });
});

describe('numbers and times', () => {
  it('are written as Intl would write them', () => {
    fc.assert(
      fc.property(fc.nat({ max: 9_999_999_999 }), (value) => {
        expect(number(value)).toBe(new Intl.NumberFormat('en-GB').format(value));
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.constantFrom('day', 'hour'), (many, unit) => {
        const seconds = many * (unit === 'day' ? 86_400 : 3600) + (unit === 'day' ? 3600 : 60);
        const now = new Date();
        const at = (offset: number): string =>
          new Date(now.getTime() + offset * 1000).toISOString();
        const words = new Intl.RelativeTimeFormat('en-GB');

        fc.pre(many > 0 && (unit === 'day' || many < 24));
        expect(ago(at(-seconds), now)).toBe(words.format(-many, unit));
        expect(ahead(at(seconds), now)).toBe(words.format(many, unit));
      }),
    );
    for (const share of [0, 0.004, 0.37, 0.996, 1]) {
      const words = new Intl.NumberFormat('en-GB', { style: 'percent' });
      expect(percent(share)).toBe(words.format(share));
    }
  });
});

describe('a table', () => {
  const rows = [
    { name: '李小龙', count: 3 },
    { name: 'Zoë 👩‍🚀', count: 12 },
    { name: 'an extraordinarily long name that goes on', count: 1 },
  ];
  const columns = [
    { title: 'Name', text: (row: (typeof rows)[number]) => row.name },
    { title: 'Count', text: (row: (typeof rows)[number]) => String(row.count), right: true },
    { title: 'More', text: () => 'something that can go', priority: 1 },
  ];

  it.each([60, 80, 200])('is aligned and fits into %i columns', (width) => {
    const lines = table(io({ width }), rows, columns).split('\n');
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width);
    expect(lines[0]?.includes('MORE')).toBe(width > 70);
    const ends = lines
      .slice(0, 3)
      .map((line) => stringWidth(line.slice(0, line.search(/(?:COUNT|3|12)/u))));
    expect(new Set(ends.map((end) => end > 40)).size).toBe(1);
  });

  it('is tab-separated for programs, and facts where tables cannot be seen', () => {
    expect(table(io({ forPeople: false }), rows.slice(0, 1), columns)).toBe(
      '李小龙\t3\tsomething that can go',
    );
    expect(table(io({ accessible: true }), rows.slice(0, 1), columns)).toBe(
      'Name: 李小龙\nCount: 3\nMore: something that can go',
    );
  });
});

describe('words', () => {
  it('count, list, and tell times', () => {
    expect([counted(1, 'contact', 'contacts'), counted(1200, 'contact', 'contacts')]).toEqual([
      '1 contact',
      '1,200 contacts',
    ]);
    expect(listed(['a', 'b', 'c'])).toBe('a, b and c');
    const now = new Date('2026-11-22T08:00:00Z');
    expect(ago('2026-11-22T07:57:00Z', now)).toBe('3 minutes ago');
    expect(ago('2026-11-22T07:59:40Z', now)).toBe('just now');
    expect([lasted(4100), lasted(125_000)]).toEqual(['4.1 s', '2 min 5 s']);
  });
});

describe('every error', () => {
  it.each([
    [new SignInNeeded('crm', 'x'), EXIT.signInNeeded, 'contactsync login ann --crm'],
    [new Guarded('x'), EXIT.guarded, '--max-delete'],
    [new Unreachable('x'), EXIT.failed, 'network'],
    [new Busy({ pid: 7, since: 'then' }), EXIT.locked, 'Wait'],
    [new DiskFull('x'), EXIT.failed, 'Make room'],
    [new Error('boom'), EXIT.failed, '--verbose'],
  ])('has a status and a next step: %s', (error, status, next) => {
    const explanation = explain(error, { account: 'ann' });
    expect(explanation.status).toBe(status);
    expect(explanation.next).toContain(next);
  });

  it('of an interruption tells which', () => {
    expect(explain(new Interrupted('SIGINT')).status).toBe(130);
    expect(explain(new Interrupted('SIGTERM')).status).toBe(143);
  });

  it('gives way to a worse one of another account', () => {
    expect(worst([0, 3, 5])).toBe(5);
    expect(worst([3, 4, 1])).toBe(1);
    expect(worst([1, 130])).toBe(130);
    expect(worst([])).toBe(0);
  });
});

describe('the environment', () => {
  it('has defaults for everything', () => {
    expect(readEnvironment({})).toMatchObject({
      home: undefined,
      pipedriveRedirectPort: 53_683,
      paced: true,
    });
  });

  it.each([
    ['CONTACTSYNC_GOOGLE_URL', 'http://example.com'],
    ['CONTACTSYNC_PIPEDRIVE_URL', 'nonsense'],
    ['CONTACTSYNC_PIPEDRIVE_REDIRECT_PORT', 'abc'],
    ['CONTACTSYNC_VISIBILITY_DELAY', '-1'],
    ['CONTACTSYNC_LIMITS', 'none'],
    ['CONTACTSYNC_LIMITS', '/nowhere.json'],
  ])('refuses %s=%s, naming it', (name, value) => {
    expect(() => readEnvironment({ [name]: value })).toThrow(name);
  });

  it('lets limits go on this machine only', () => {
    const local = {
      CONTACTSYNC_GOOGLE_URL: 'http://127.0.0.1:1',
      CONTACTSYNC_PIPEDRIVE_URL: 'http://localhost:1/',
    };
    expect(readEnvironment({ ...local, CONTACTSYNC_LIMITS: 'none' }).paced).toBe(false);
    expect(readEnvironment(local).pipedriveUrl).toBe('http://localhost:1');
  });
});

describe('a name on a command line', () => {
  it.each([
    ['ann@example.com', 'ann@example.com'],
    ['Żółw', 'Żółw'],
    ['Ann at work', '"Ann at work"'],
    ['Ann’s "best" $HOME', `'Ann’s "best" $HOME'`],
    ["it's $x", String.raw`'it'\''s $x'`],
    ['', '""'],
  ])('%j is the word %s', (name, word) => {
    expect(asWord(name)).toBe(word);
  });
});

describe('what is to come', () => {
  const now = new Date('2026-11-25T12:00:00Z');
  it.each([
    ['2026-11-25T11:59:00Z', 'now'],
    ['2026-11-25T12:00:30Z', 'within a minute'],
    ['2026-11-25T12:03:59Z', 'in 3 minutes'],
    ['2026-11-25T13:00:00Z', 'in 1 hour'],
    ['2026-11-28T12:00:00Z', 'in 3 days'],
  ])('%s is %s', (at, words) => {
    expect(ahead(at, now)).toBe(words);
  });
});
