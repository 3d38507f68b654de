const LINE_BREAKS = /\s*[\n\r\v\f\u0085\u2028\u2029]+\s*/u;
/** Most texts are one line already. */
const LINE_BREAK = /[\n\r\v\f\u0085\u2028\u2029]/u;

/** On one line, without blanks at the ends; `undefined` when nothing is left. */
export function oneLine(text: string | null | undefined, joint = ' '): string | undefined {
  const whole = text?.trim() ?? '';
  const line = LINE_BREAK.test(whole)
    ? whole
        .split(LINE_BREAKS)
        .filter((part) => part.trim() !== '')
        .join(joint)
        .trim()
    : whole;
  return line === '' ? undefined : line;
}

/** As it is; `undefined` when it is nothing but blanks. */
export function filled(text: string | null | undefined): string | undefined {
  return text === null || text === undefined || text.trim() === '' ? undefined : text;
}

/** At most `max` UTF-16 units, never half a character; blanks that the cut lays bare go too. */
export function cut(text: string | undefined, max: number): string | undefined {
  if (text === undefined || text.length <= max) return text;
  return text
    .slice(0, max)
    .replace(/[\uD800-\uDBFF]$/u, '')
    .trimEnd();
}

/** The object without the keys that are `undefined`. */
export function compact<T extends object>(object: T): Compact<T> {
  const filledIn: Partial<T> = {};
  for (const key of Object.keys(object) as (keyof T)[]) {
    if (object[key] !== undefined) filledIn[key] = object[key];
  }
  return filledIn as Compact<T>;
}

type Compact<T> = { [K in keyof T]?: Exclude<T[K], undefined> };
