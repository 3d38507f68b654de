import { wrapAnsi } from 'fast-wrap-ansi';
import stringWidth from 'fast-string-width';

/** A line's indentation, and a sign at its beginning, whatever its colour. */
const LEAD = new RegExp(String.raw`^ *(?:(?:\u001b\[\d+m)*[✔✖!?](?:\u001b\[\d+m)* )?`, 'u');

/**
 * Breaks lines between words, so that a terminal does not within them. What follows a break stands
 * where its line's text begins; an address or a path that is longer than a line stays whole.
 */
export function wrap(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => wrapLine(line, width))
    .join('\n');
}

function wrapLine(line: string, width: number): string {
  const [lead = ''] = LEAD.exec(line) ?? [];
  const indent = ' '.repeat(stringWidth(lead));
  const body = wrapAnsi(line.slice(lead.length), width - indent.length);
  return lead + body.replaceAll('\n', `\n${indent}`);
}
