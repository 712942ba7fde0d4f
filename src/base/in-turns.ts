/**
 * Works through the items, so many at once; results keep the order of the items. The first failure ends it when those under
 * way are done.
 */
export async function inTurns<T, R>(
  items: Iterable<T>,
  atOnce: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const queue = items[Symbol.iterator]();
  const results: R[] = [];
  let taken = 0;
  let failure: unknown;
  const worker = async (): Promise<void> => {
    for (let next = queue.next(); next.done !== true && failure === undefined; next = queue.next()) {
      const at = taken++;
      try {
        results[at] = await work(next.value);
      } catch (error) {
        failure ??= error;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (failure !== undefined) throw failure;
  return results;
}
