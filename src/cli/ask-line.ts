import { createInterface } from "node:readline/promises";
import type { World } from "./world.ts";

/** Asks for one line at a terminal; undefined where there is none, or at Ctrl-D. */
export async function askLine(world: World, question: string): Promise<string | undefined> {
  if (!world.interactive) return undefined;
  const reader = createInterface({ input: world.stdin, output: world.stdout });
  const closed = new Promise<undefined>((resolve) => reader.once("close", () => resolve(undefined)));
  try {
    return (await Promise.race([reader.question(question), closed]))?.trim();
  } finally {
    reader.close();
  }
}
