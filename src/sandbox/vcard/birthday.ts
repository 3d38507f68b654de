import type { Birthday } from '../../contact/contact.ts';

/** Years that stand for "not known": Apple and Exchange write 1604, others 0000. */
const NO_YEAR = new Set([0, 1604]);

/**
 * `19800229`, `1980-02-29`, `--0229`, `--02-29`, each with or without a time after it.
 * A date that does not exist or lacks its day is none.
 */
export function parseBirthday(text: string, omittedYear?: string): Birthday | undefined {
  const match = /^\s*(\d{4}|--)[-/.]?(\d{1,2})[-/.]?(\d{1,2})(?:[T\s].*)?$/s.exec(text);
  if (match === null) return undefined;
  const [, yearText = '', month, day] = match;
  const date = { month: Number(month), day: Number(day) };
  const year = Number(yearText);
  const known = yearText !== '--' && !NO_YEAR.has(year) && yearText !== omittedYear;
  if (!exists(known ? year : 2000, date)) return undefined;
  return known ? { year, ...date } : date;
}

function exists(year: number, { month, day }: Birthday): boolean {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  return days !== undefined && day >= 1 && day <= days;
}
