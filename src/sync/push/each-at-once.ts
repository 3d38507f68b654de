/**
 * Runs `work` on all items, a few at a time; each item is taken when its turn comes. After the first
 * error nothing new is started; it is thrown when those under way have ended.
 */
export async function eachAtOnce<T>(
  items: Iterable<T>,
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = handedOut(items);
  const worker = async (): Promise<void> => {
    try {
      for (let next = waiting.next(); next.done !== true; next = waiting.next()) {
        await work(next.value);
      }
    } finally {
      // Nothing is left, or after an error nothing more is wanted.
      waiting.return(undefined);
    }
  };
  const results = await Promise.allSettled(Array.from({ length: atOnce }, worker));
  for (const result of results) {
    if (result.status === 'rejected') throw result.reason;
  }
}

/** Can be ended, whatever the items come from. */
function* handedOut<T>(items: Iterable<T>): Generator<T, undefined> {
  yield* items;
  return undefined;
}
