/** How much is under way at once: more is taken while all that is under way weighs less. */
export interface Pace<T> {
  readonly atOnce: number;
  readonly weightOf: (item: T) => number;
}

/**
 * Runs `work` on all items, a few at a time; each is taken when its turn comes. After the first
 * error nothing new is started; it is thrown when those under way have ended.
 */
export async function eachAtOnce<T>(
  items: AsyncIterable<T>,
  { atOnce, weightOf }: Pace<T>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const underWay = new Map<Promise<void>, number>();
  const failures: unknown[] = [];
  const goesOn = (): boolean => failures.length === 0;
  const isFull = (): boolean =>
    [...underWay.values()].reduce((sum, weight) => sum + weight, 0) >= atOnce;
  const start = (item: T): void => {
    const one: Promise<void> = work(item)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => underWay.delete(one));
    underWay.set(one, weightOf(item));
  };
  try {
    for await (const item of items) {
      start(item);
      while (isFull() && goesOn()) await Promise.race(underWay.keys());
      if (!goesOn()) break;
    }
  } catch (error) {
    failures.push(error);
  }
  await Promise.all(underWay.keys());
  if (!goesOn()) throw failures[0];
}
