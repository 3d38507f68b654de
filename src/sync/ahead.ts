/** Asks for the first page at once, while whoever is to read the pages still does something else. */
export function ahead<T>(pages: AsyncIterable<T>): AsyncIterable<T> {
  const rest = pages[Symbol.asyncIterator]();
  const first = rest.next();
  // Whoever reads is told of a failure; nobody may ever read.
  first.catch(() => undefined);
  let isFirst = true;
  const next = (): Promise<IteratorResult<T>> => {
    if (!isFirst) return rest.next();
    isFirst = false;
    return first;
  };
  return { [Symbol.asyncIterator]: () => ({ next, return: () => ended(rest) }) };
}

async function ended<T>(pages: AsyncIterator<T>): Promise<IteratorResult<T>> {
  await pages.return?.();
  return { done: true, value: undefined };
}
