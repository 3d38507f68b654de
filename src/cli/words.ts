import { FIELDS, type FieldName } from '../contact/contact.ts';

export function isField(text: string): text is FieldName {
  return (FIELDS as readonly string[]).includes(text);
}

const plurals = (): Intl.PluralRules => new Intl.PluralRules('en');

/** `1 contact`, `2 contacts`. */
export function counted(count: number, one: string, many: string): string {
  const word = plurals().select(count) === 'one' ? one : many;
  return `${new Intl.NumberFormat('en').format(count)} ${word}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  return new Intl.ListFormat('en-GB', { style: 'long', type: 'conjunction' }).format(items);
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** `3 minutes ago`; `just now` below a minute. */
export function ago(at: string, now: Date): string {
  const elapsed = (now.getTime() - Date.parse(at)) / 1000;
  const unit = UNITS.find(([, length]) => elapsed >= length);
  if (unit === undefined) return 'just now';
  const [name, length] = unit;
  return new Intl.RelativeTimeFormat('en').format(-Math.floor(elapsed / length), name);
}

/** `in 3 minutes`; `within a minute` below one; `now` for what is due. */
export function ahead(at: string, now: Date): string {
  const left = (Date.parse(at) - now.getTime()) / 1000;
  if (left <= 0) return 'now';
  const unit = UNITS.find(([, length]) => left >= length);
  if (unit === undefined) return 'within a minute';
  const [name, length] = unit;
  return new Intl.RelativeTimeFormat('en').format(Math.floor(left / length), name);
}

/** A name as one word of a command line that somebody is to type. */
export function asWord(name: string): string {
  if (/^[\p{L}\p{N}@.+_-]+$/u.test(name)) return name;
  return /["$`\\!]/u.test(name) ? `'${name.replaceAll("'", String.raw`'\''`)}'` : `"${name}"`;
}

/** `in 2 days`; `within the hour` below one. */
export function until(ms: number): string {
  const hours = Math.floor(ms / 3_600_000);
  if (hours < 1) return 'within the hour';
  return hours < 24
    ? `in ${counted(hours, 'hour', 'hours')}`
    : `in ${counted(Math.floor(hours / 24), 'day', 'days')}`;
}

const VENDORS: Readonly<Record<string, string>> = {
  google: 'Google',
  microsoft: 'Microsoft',
  pipedrive: 'Pipedrive',
};

/** What people call the service. */
export function vendorName(kind: string): string {
  return VENDORS[kind] ?? kind;
}

/** `4.1 s`, `2 min 5 s`. */
export function lasted(ms: number): string {
  const whole = Math.round(ms / 1000);
  if (whole < 60) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
