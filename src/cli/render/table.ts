import stringWidth from 'fast-string-width';
import type { Io } from '../io.ts';
import { neutralise } from '../neutralise.ts';

export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  /** What a program gets instead of what is shown. */
  readonly plain?: (row: Row) => string;
  /** What stands for signs where they are not read out. */
  readonly spoken?: (row: Row) => string;
  readonly right?: boolean;
  /** Where a terminal is narrow, the columns of the highest number are left out first, all of them. */
  readonly priority?: number;
}

const GAP = '  ';

/**
 * A table for the one who reads it: aligned for people, tab-separated without a heading for
 * programs, one line a fact where tables cannot be seen.
 */
export function table<Row>(io: Io, rows: readonly Row[], columns: readonly Column<Row>[]): string {
  if (io.accessible) return asFacts(rows, columns);
  return io.forPeople ? aligned(io, rows, columns) : separated(rows, columns);
}

/** What is not known, or nothing, is no fact. */
function asFacts<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const facts = rows.map((row) =>
    columns
      .map(({ title, text, spoken }) => [title, neutralise((spoken ?? text)(row))])
      .filter(([, text]) => text !== '' && text !== '-' && text !== '–')
      .map(([title, text]) => `${title}: ${text}`)
      .join('\n'),
  );
  return facts.join('\n\n');
}

function separated<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  return rows
    .map((row) => columns.map(({ text, plain }) => neutralise((plain ?? text)(row))).join('\t'))
    .join('\n');
}

function aligned<Row>(io: Io, rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const shown = fitting(rows, columns, io.width);
  const widths = shown.map((column) => widthOf(rows, column));
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, at) => pad(text, widths[at] ?? 0, shown[at]?.right === true))
      .join(GAP)
      .trimEnd();
  const clipped = (texts: readonly string[]): string => clip(line(texts), io.width);
  const heading = io.paint.dim(clipped(shown.map(({ title }) => title.toUpperCase())));
  const lines = rows.map((row) => clipped(shown.map(({ text }) => neutralise(text(row)))));
  return [heading, ...lines].join('\n');
}

function widthOf<Row>(rows: readonly Row[], { title, text }: Column<Row>): number {
  return Math.max(stringWidth(title), ...rows.map((row) => stringWidth(neutralise(text(row)))));
}

/** The columns that fit, dropping the least important ones first. */
function fitting<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  width: number,
): readonly Column<Row>[] {
  const needed = columns.reduce(
    (sum, column) => sum + widthOf(rows, column) + GAP.length,
    -GAP.length,
  );
  const least = Math.max(...columns.map(({ priority = 0 }) => priority));
  if (needed <= width || least === 0) return columns;
  const rest = columns.filter(({ priority = 0 }) => priority !== least);
  return fitting(rows, rest, width);
}

function pad(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return right ? space + text : text + space;
}

/**
 * Cut to the terminal's width, so that no line wraps into the next. For text without colours: the
 * code that ends one would be cut off.
 */
export function clip(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let cut = '';
  for (const { segment } of new Intl.Segmenter('en').segment(text)) {
    if (stringWidth(cut + segment) > width - 1) break;
    cut += segment;
  }
  return `${cut}…`;
}
