import { setImmediate } from "node:timers/promises";

/**
 * Does `again` over and over until `body` has ended, in whatever way: a loop that is left behind by a failed test would go on
 * for ever, and where it is refused at once nothing else would get its turn.
 */
export async function whileRepeating<T>(again: () => Promise<unknown>, body: () => Promise<T>): Promise<T> {
  const over = new AbortController();
  const loop = (async () => {
    while (!over.signal.aborted) {
      await again();
      await setImmediate();
    }
  })();
  // It is awaited below; until then a failure of it is nobody's surprise.
  loop.catch(() => undefined);
  try {
    return await body();
  } finally {
    over.abort();
    await loop;
  }
}
