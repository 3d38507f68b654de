/*
 * Everything about numbers, plurals, lists and times that a language decides. The catalogue is in
 * English; whoever translates it changes this file and the texts beside it, and nothing else.
 *
 * `Intl` reads its data when it is first asked for a number, which takes half as long as Node's own
 * start (docs/performance.md). What every command says is therefore formed here.
 */

const LANGUAGE = 'en-GB';

/** The words for one and for many; English has no other numbers. */
type Plural = { readonly one: string; readonly other: string };

/** The one of the words that this number takes. */
export function plural(count: number, words: Plural): string {
  return count === 1 ? words.one : words.other;
}

/** Of whole numbers: `1,200` */
export function number(value: number): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/gu, ',');
}

/** `1 contact`, `2 contacts`. */
export function counted(count: number, one: string, other: string): string {
  return `${number(count)} ${plural(count, { one, other })}`;
}

export function contacts(count: number): string {
  return counted(count, 'contact', 'contacts');
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  return new Intl.ListFormat(LANGUAGE, { style: 'long', type: 'conjunction' }).format(items);
}

/** A share of 1: `37%`. */
export function percent(share: number): string {
  return `${number(Math.round(share * 100))}%`;
}

const SIZES = [
  ['gigabyte', 1024],
  ['megabyte', 1],
  ['kilobyte', 1 / 1024],
] as const;

/** Of so many megabytes: `76 GB`, `4.2 MB`, `31 kB` */
export function sizeOf(megabytes: number): string {
  const [unit, one] = SIZES.find(([, least]) => megabytes >= least) ?? SIZES[2];
  const size = megabytes / one;
  return new Intl.NumberFormat(LANGUAGE, {
    style: 'unit',
    unit,
    maximumFractionDigits: size < 10 ? 1 : 0,
  }).format(size);
}

/** By the clock here: `14:30:02`. */
export function clockTime(at: Date): string {
  return new Intl.DateTimeFormat(LANGUAGE, { timeStyle: 'medium' }).format(at);
}

/** By the clock here: `25 Nov 2026, 14:30:02`. */
export function dayAndTime(at: Date): string {
  return new Intl.DateTimeFormat(LANGUAGE, { dateStyle: 'medium', timeStyle: 'medium' }).format(at);
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** `3 minutes ago`; `just now` below a minute. */
export function ago(at: string, now: Date): string {
  return fromNow(-(now.getTime() - Date.parse(at)) / 1000) ?? 'just now';
}

/** `in 3 minutes`; `within a minute` below one; `now` for what is due. */
export function ahead(at: string, now: Date): string {
  const left = (Date.parse(at) - now.getTime()) / 1000;
  return left <= 0 ? 'now' : (fromNow(left) ?? 'within a minute');
}

/** In the largest whole unit; `undefined` below a minute. */
function fromNow(seconds: number): string | undefined {
  const unit = UNITS.find(([, length]) => Math.abs(seconds) >= length);
  if (unit === undefined) return undefined;
  const [name, length] = unit;
  const distance = counted(Math.trunc(Math.abs(seconds) / length), name, `${name}s`);
  return seconds < 0 ? `${distance} ago` : `in ${distance}`;
}

/** `in 2 days`; `within the hour` below one. */
export function until(ms: number): string {
  const hours = Math.floor(ms / 3_600_000);
  if (hours < 1) return 'within the hour';
  return hours < 24
    ? `in ${counted(hours, 'hour', 'hours')}`
    : `in ${counted(Math.floor(hours / 24), 'day', 'days')}`;
}

/** `4.1 s`, `2 min 5 s`. */
export function lasted(ms: number): string {
  const whole = Math.round(ms / 1000);
  if (whole < 60) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

const HOUR = 60;
const DAY = 24 * HOUR;

/** `15 minutes`, `2 hours`, `day` — as in "every …". */
export function everyWords(minutes: number): string {
  if (minutes === DAY) return 'day';
  const [count, one, other] =
    minutes % HOUR === 0
      ? ([minutes / HOUR, 'hour', 'hours'] as const)
      : ([minutes, 'minute', 'minutes'] as const);
  return count === 1 ? one : counted(count, one, other);
}
