import type { Io } from '../io.ts';
import { MARKS } from '../texts/common.ts';

const SIGNS = { good: '✔', warn: '!', bad: '✖' } as const;
const COLOURS = { good: 'green', warn: 'yellow', bad: 'red' } as const;

/** How something stands: a sign, or a word where signs are not read out. */
export function sign({ accessible }: Pick<Io, 'accessible'>, kind: keyof typeof SIGNS): string {
  return accessible ? `${MARKS[kind]}:` : SIGNS[kind];
}

/** The same in its colour, for standard output. */
export function mark(io: Io, kind: keyof typeof SIGNS): string {
  return io.accessible ? sign(io, kind) : io.paint[COLOURS[kind]](SIGNS[kind]);
}
