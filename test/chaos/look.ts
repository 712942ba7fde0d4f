import type { SeenEffect } from "./chaos-store.ts";

/** A command may still be at work, and what it is just changing cannot be read: a look that failed is repeated. */
export async function look<T>(at: () => Promise<T | undefined>, attempts = 20): Promise<T | undefined> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const found = await at().catch(() => undefined);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Equal to the last byte and in the same order. */
export const same = <T>(a: T | undefined, b: T): boolean => JSON.stringify(a) === JSON.stringify(b);

/** An effect when it is there, and the steps one of which must have announced it. */
export const seen = (there: boolean, what: string, ...steps: string[]): SeenEffect[] =>
  there ? [{ what, steps }] : [];
