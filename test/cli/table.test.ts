import { describe, expect, it } from '@jest/globals';
import { Chalk } from 'chalk';
import stringWidth from 'string-width';
import type { Io } from '../../src/cli/io.ts';
import { clip, table, type Column } from '../../src/cli/render/table.ts';

function fakeIo(more: Partial<Io> = {}): Io {
  const paint = new Chalk({ level: 0 });
  return {
    result: () => undefined,
    note: () => undefined,
    warn: () => undefined,
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

interface Person {
  readonly name: string;
  readonly count: number;
}

const PEOPLE: readonly Person[] = [
  { name: 'Ann', count: 7 },
  { name: '山田太郎', count: 1200 },
  { name: '👩‍👩‍👧 Doe', count: 3 },
  { name: 'שרה לוי', count: 45 },
];

const COLUMNS: readonly Column<Person>[] = [
  { title: 'Account', text: ({ name }) => name },
  { title: 'Synced', text: ({ count }) => String(count), right: true },
  { title: 'CRM', text: () => 'Example Company · Ann Example', priority: 2 },
  { title: 'Last run', text: () => '3 minutes ago', plain: () => '2026-01-02', priority: 1 },
  { title: 'Group', text: () => 'Customers of the northern region', priority: 3 },
];

/** The column at which a text begins, as a terminal counts. */
function columnOf(line: string, text: string): number {
  return stringWidth(line.slice(0, line.indexOf(text)));
}

describe('a table for people', () => {
  it('ends the colour of its heading where it is cut', () => {
    const paint = new Chalk({ level: 1 });
    const [heading = ''] = table(fakeIo({ width: 10, paint }), PEOPLE, COLUMNS).split('\n');
    expect(heading).toBe(paint.dim('ACCOUNT  …'));
  });

  it('shows everything where there is room for it', () => {
    expect(table(fakeIo({ width: 200 }), PEOPLE, COLUMNS)).toBe(
      [
        'ACCOUNT   SYNCED  CRM                            LAST RUN       GROUP',
        'Ann            7  Example Company · Ann Example  3 minutes ago  Customers of the northern region',
        '山田太郎    1200  Example Company · Ann Example  3 minutes ago  Customers of the northern region',
        '👩‍👩‍👧 Doe         3  Example Company · Ann Example  3 minutes ago  Customers of the northern region',
        'שרה לוי       45  Example Company · Ann Example  3 minutes ago  Customers of the northern region',
      ].join('\n'),
    );
  });

  it('leaves out the least important column at 80 columns', () => {
    expect(table(fakeIo({ width: 80 }), PEOPLE, COLUMNS)).toBe(
      [
        'ACCOUNT   SYNCED  CRM                            LAST RUN',
        'Ann            7  Example Company · Ann Example  3 minutes ago',
        '山田太郎    1200  Example Company · Ann Example  3 minutes ago',
        '👩‍👩‍👧 Doe         3  Example Company · Ann Example  3 minutes ago',
        'שרה לוי       45  Example Company · Ann Example  3 minutes ago',
      ].join('\n'),
    );
  });

  it('leaves out the next one at 60 columns', () => {
    expect(table(fakeIo({ width: 60 }), PEOPLE, COLUMNS)).toBe(
      [
        'ACCOUNT   SYNCED  LAST RUN',
        'Ann            7  3 minutes ago',
        '山田太郎    1200  3 minutes ago',
        '👩‍👩‍👧 Doe         3  3 minutes ago',
        'שרה לוי       45  3 minutes ago',
      ].join('\n'),
    );
  });

  it.each([60, 80, 200])('begins each column at one place in %d columns', (width) => {
    const [heading = '', ...lines] = table(fakeIo({ width }), PEOPLE, COLUMNS).split('\n');
    const places = lines.map((line) => columnOf(line, '3 minutes ago'));
    expect(new Set(places)).toEqual(new Set([columnOf(heading, 'LAST RUN')]));
  });

  it.each([10, 20, 40, 60, 80, 200])('is never wider than %d columns', (width) => {
    for (const line of table(fakeIo({ width }), PEOPLE, COLUMNS).split('\n'))
      expect(stringWidth(line)).toBeLessThanOrEqual(width);
  });

  it('prints no escape codes without colour', () => {
    expect(table(fakeIo(), PEOPLE, COLUMNS)).not.toContain('\u001b');
  });

  it('dims its heading, and nothing else, with colour', () => {
    const text = table(fakeIo({ paint: new Chalk({ level: 1 }) }), PEOPLE, COLUMNS);
    const [heading = '', ...lines] = text.split('\n');
    expect(heading.startsWith('\u001b[2m')).toBe(true);
    expect(heading.endsWith('\u001b[22m')).toBe(true);
    expect(lines.join('')).not.toContain('\u001b');
  });

  it('does not let a name steer the terminal, nor break the columns', () => {
    const rows = [{ name: '\u001b[31mEve\u202e\nMallory', count: 1 }];
    expect(table(fakeIo({ width: 20 }), rows, COLUMNS.slice(0, 2))).toBe(
      ['ACCOUNT      SYNCED', 'Eve Mallory       1'].join('\n'),
    );
  });

  it('is its heading alone where there are no rows', () => {
    expect(table(fakeIo(), [], COLUMNS.slice(0, 2))).toBe('ACCOUNT  SYNCED');
  });
});

describe('a table for programs', () => {
  it('is tab-separated, without a heading, however narrow, with what is meant for programs', () => {
    const io = fakeIo({ forPeople: false, width: 10 });
    expect(table(io, PEOPLE.slice(0, 2), COLUMNS)).toBe(
      [
        'Ann\t7\tExample Company · Ann Example\t2026-01-02\tCustomers of the northern region',
        '山田太郎\t1200\tExample Company · Ann Example\t2026-01-02\tCustomers of the northern region',
      ].join('\n'),
    );
  });

  it('has no more tabs than columns, whatever a name holds', () => {
    const rows = [{ name: 'A\tB\nC', count: 1 }];
    expect(table(fakeIo({ forPeople: false }), rows, COLUMNS.slice(0, 2))).toBe('A B C\t1');
  });
});

describe('a table for those who cannot see one', () => {
  it.each([true, false])('is one fact a line, on a terminal or not: %s', (forPeople) => {
    const io = fakeIo({ accessible: true, forPeople, width: 10 });
    expect(table(io, PEOPLE.slice(0, 2), COLUMNS.slice(0, 2))).toBe(
      ['Account: Ann', 'Synced: 7', '', 'Account: 山田太郎', 'Synced: 1200'].join('\n'),
    );
  });
});

describe('a line that is too long', () => {
  it.each([
    ['stays whole where it fits', 'abcdef', 6, 'abcdef'],
    ['ends with an ellipsis', 'abcdefg', 6, 'abcde…'],
    ['counts wide characters as two', '山田太郎', 6, '山田…'],
    ['does not cut a character in half', '山田太郎', 4, '山…'],
    ['does not cut an emoji apart', 'ab👩‍👩‍👧cd', 4, 'ab…'],
    ['keeps a letter and its accent together', 'ae\u0301xyz', 3, 'ae\u0301…'],
  ])('%s', (_, text, width, clipped) => {
    expect(clip(text, width)).toBe(clipped);
  });
});
