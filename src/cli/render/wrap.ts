import { wrapAnsi } from 'fast-wrap-ansi';

/**
 * Breaks lines between words, so that a terminal does not within them. What follows a break is
 * indented as its line is; an address or a path that is longer than a line stays whole.
 */
export function wrap(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => wrapLine(line, width))
    .join('\n');
}

function wrapLine(line: string, width: number): string {
  const [indent = ''] = /^ */u.exec(line) ?? [];
  const body = wrapAnsi(line.slice(indent.length), width - indent.length);
  return body
    .split('\n')
    .map((part) => indent + part)
    .join('\n');
}
