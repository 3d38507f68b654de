import type { Entry } from '../../contact/contact.ts';
import { oneLine } from './text.ts';

/*
 * Messengers in a text field of ours: one a line, `label: value`.
 */

/** A label is short, or it is none. */
const LINE = /^([^:]{1,50}): (.+)$/u;

export function printIms(ims: readonly Entry[]): string {
  return ims
    .map(({ label, value }) => (label === undefined ? value : `${label}: ${value}`))
    .join('\n');
}

/** Reading what was printed and printing it again gives the same text. */
export function parseIms(text: string): readonly Entry[] {
  return text.split(/[\r\n]+/u).flatMap((raw) => {
    const line = oneLine(raw);
    return line === undefined ? [] : [parseLine(line)];
  });
}

function parseLine(line: string): Entry {
  const [, label, value] = LINE.exec(line) ?? [];
  const [bareLabel, bareValue] = [oneLine(label), oneLine(value)];
  return bareLabel === undefined || bareValue === undefined
    ? { value: line }
    : { value: bareValue, label: bareLabel };
}
