/**
 * Runs `work` on every item, `width` at once, and yields the results as they become known. When one
 * fails, nothing new is started; what is under way is finished and yielded before the error is thrown.
 */
export async function* inParallel<T, R>(
  items: Iterable<T>,
  width: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const underWay = new Map<number, Promise<Ended<R>>>();
  const queue = Array.from(items).entries();
  let failure: { readonly error: unknown } | undefined;
  const fill = (): void => {
    if (failure !== undefined) return;
    while (underWay.size < width) {
      const next = queue.next();
      if (next.done === true) return;
      const [index, item] = next.value;
      underWay.set(index, ended(index, work(item)));
    }
  };
  for (fill(); underWay.size > 0; fill()) {
    const end = await Promise.race(underWay.values());
    underWay.delete(end.index);
    if (end.kind === 'done') yield end.result;
    else failure ??= { error: end.error };
  }
  if (failure !== undefined) throw failure.error;
}

type Ended<R> =
  | { readonly kind: 'done'; readonly index: number; readonly result: R }
  | { readonly kind: 'failed'; readonly index: number; readonly error: unknown };

async function ended<R>(index: number, work: Promise<R>): Promise<Ended<R>> {
  try {
    return { kind: 'done', index, result: await work };
  } catch (error) {
    return { kind: 'failed', index, error };
  }
}
