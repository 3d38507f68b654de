/** Cuts at each `separator` that no backslash precedes; the pieces keep their backslashes. */
export function splitUnescaped(text: string, separator: ';' | ','): string[] {
  const pieces: string[] = [];
  let start = 0;
  for (let position = 0; position < text.length; position += 1) {
    if (text[position] === '\\') position += 1;
    else if (text[position] === separator) {
      pieces.push(text.slice(start, position));
      start = position + 1;
    }
  }
  return [...pieces, text.slice(start)];
}

/**
 * Takes the backslashes away. `\n` is a line end in vCard 3.0 and 4.0; a quoted-printable value has
 * real ones, and `\n` is then more likely part of a path. A backslash before anything else stays.
 */
export function unescape(text: string, lineEnds: boolean): string {
  return text
    .replaceAll(/\\(.)/gs, (whole, character: string) => {
      if ('\\;,:"'.includes(character)) return character;
      return lineEnds && /n/i.test(character) ? '\n' : whole;
    })
    .replaceAll(/\r\n?/g, '\n');
}

/** Leaves out what is `undefined` or blank. */
export function present<T extends object>(fields: {
  readonly [K in keyof T]: T[K] | undefined;
}): T {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '');
  return Object.fromEntries(kept) as T;
}
