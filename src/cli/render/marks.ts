import type { Io } from '../io.ts';
import { MARKS } from '../texts/common.ts';

const SIGNS = { good: '✔', warn: '!', bad: '✖' } as const;
const COLOURS = { good: 'green', warn: 'yellow', bad: 'red' } as const;

/** How something stands: a coloured sign, or a word where signs are not read out. */
export function mark({ accessible, paint }: Io, kind: keyof typeof SIGNS): string {
  return accessible ? `${MARKS[kind]}:` : paint[COLOURS[kind]](SIGNS[kind]);
}
