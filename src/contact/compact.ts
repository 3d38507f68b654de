/** The object without the keys whose value is `undefined`: what is absent has no key. */
export function compact<T extends object>(parts: {
  readonly [K in keyof T]: T[K] | undefined;
}): T {
  const kept: Partial<T> = {};
  for (const key of Object.keys(parts) as (keyof T)[]) {
    const value = parts[key];
    if (value !== undefined) kept[key] = value;
  }
  return kept as T;
}
