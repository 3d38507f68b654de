/** A name as one word of a command line that somebody is to type. */
export function asWord(name: string): string {
  if (/^[\p{L}\p{N}@.+_-]+$/u.test(name)) return name;
  return /["$`\\!]/u.test(name) ? `'${name.replaceAll("'", String.raw`'\''`)}'` : `"${name}"`;
}
