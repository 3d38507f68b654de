import { InvalidArgumentError } from 'commander';
import { WRONG } from './texts/grammar.ts';

const UNITS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const LONGEST_MS = 7 * 86_400_000;
const SHORTEST_MS = 10_000;

/**
 * A duration on the command line, such as 90s, 15m, 2h or 1d, in milliseconds.
 * @throws {InvalidArgumentError}
 */
export function parseDuration(text: string): number {
  const [, number, unit = ''] = /^(\d{1,6})(s|m|min|h|d)$/u.exec(text.trim()) ?? [];
  const ms = Number(number) * (UNITS[unit] ?? Number.NaN);
  if (Number.isNaN(ms)) throw new InvalidArgumentError(WRONG.duration);
  if (ms < SHORTEST_MS || ms > LONGEST_MS) throw new InvalidArgumentError(WRONG.durationRange);
  return ms;
}
