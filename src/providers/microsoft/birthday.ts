import type { Birthday } from '../../contact/contact.ts';

/*
 * Graph has no civil date: `birthday` is an instant in UTC. Outlook writes 11:59 UTC of the day,
 * the documentation's examples 00:00, and older desktops their own midnight turned to UTC: with
 * twelve hours added, all of them lie on the right day. No time zone of this machine has a say.
 */

const HALF_A_DAY_MS = 12 * 60 * 60 * 1000;

/** Apple's devices write a birthday without a year as 1604 (seen in the wild). */
const NO_YEAR = 1604;

/** An unset date may come as year 1 (seen in the wild). */
const FIRST_YEAR = 1000;

/** The civil date in Graph's instant; `undefined` where it stands for none. */
export function readBirthday(instant: string): Birthday | undefined {
  const time = Date.parse(instant);
  if (Number.isNaN(time)) return undefined;
  const date = new Date(time + HALF_A_DAY_MS);
  const year = date.getUTCFullYear();
  const day = { month: date.getUTCMonth() + 1, day: date.getUTCDate() };
  if (year < FIRST_YEAR) return undefined;
  return year === NO_YEAR ? day : { year, ...day };
}

/** The instant for Graph; `undefined` for a date that it cannot hold: impossible, or without a year. */
export function writeBirthday({ year, month, day }: Birthday): string | undefined {
  if (year === undefined || year === NO_YEAR || !isDate(year, month, day)) return undefined;
  return `${year}-${twoDigits(month)}-${twoDigits(day)}T11:59:00Z`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}

function isDate(year: number, month: number, day: number): boolean {
  if (![year, month, day].every(Number.isInteger)) return false;
  if (year < FIRST_YEAR || year > 9999) return false;
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
