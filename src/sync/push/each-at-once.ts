/**
 * Runs `work` on all items, a few at a time; each item is taken when its turn comes. After the first
 * error nothing new is started; it is thrown when those under way have ended.
 */
export async function eachAtOnce<T>(
  items: Iterable<T>,
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = items[Symbol.iterator]();
  let failed = false;
  const worker = async (): Promise<void> => {
    try {
      while (!failed) {
        const next = waiting.next();
        if (next.done === true) return;
        await work(next.value);
      }
    } catch (error) {
      failed = true;
      // Whoever hands the items out may have something to put back.
      waiting.return?.();
      throw error;
    }
  };
  const results = await Promise.allSettled(Array.from({ length: atOnce }, worker));
  for (const result of results) {
    if (result.status === 'rejected') throw result.reason;
  }
}
