/** RFC 3339, UTC, whole seconds: all that Pipedrive keeps. */
export function wireTime(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/** The same moment as v1 writes it: `YYYY-MM-DD HH:MM:SS`. */
export function v1Time(wire: string): string {
  return wire.replace('T', ' ').replace(/Z$/u, '');
}
