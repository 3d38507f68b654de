import { wrapAnsi } from 'fast-wrap-ansi';
import type { Term } from '../texts/help.ts';

const INDENT = 2;
const GAP = 2;

/** Two columns, of which the second is broken between words. Help is read before anything is opened. */
export function columns(terms: readonly Term[], width: number): string {
  const longest = Math.max(...terms.map(([name]) => name.length));
  const before = INDENT + longest + GAP;
  return terms
    .map(([name, what]) => {
      const lines = wrapAnsi(what, width - before).replaceAll('\n', `\n${' '.repeat(before)}`);
      return `${' '.repeat(INDENT)}${name.padEnd(longest + GAP)}${lines}`.trimEnd();
    })
    .join('\n');
}
