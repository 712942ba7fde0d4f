import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { findSystems, runbookPath, runbookRoots, systemNamed } from "../runbook/find.ts";
import { readRunbook } from "../runbook/read-runbook.ts";
import { readSystem } from "../runbook/read-system.ts";
import type { World } from "./world.ts";

/**
 * Asks at the terminal for secrets that nobody set, without showing what is typed, and keeps them in this process only:
 * a resumed run asks again. Without a terminal nothing is asked, and the plan says what is missing.
 */
export async function askForSecrets(world: World, systemName: string, runbookName: string): Promise<void> {
  if (!world.interactive) return;
  const found = systemNamed(await findSystems(runbookRoots(world.env, world.cwd, world.shipped)), systemName);
  const system = await readSystem(found.folder, world.env);
  const runbook = await readRunbook(runbookPath(found, runbookName), system);
  const unset = new Set([...system.unset, ...runbook.unset].map((variable) => variable.name));
  for (const name of unset) {
    if (!system.secretNames.has(name)) continue;
    const typed = await askHidden(world, `${name} is not set. Type it (it is not shown, and not kept): `);
    if (typed) world.env[name] = typed;
  }
}

async function askHidden(world: World, question: string): Promise<string> {
  world.stdout.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: world.stdin, output: nowhere, terminal: true });
  const closed = new Promise<string>((resolve) => reader.once("close", () => resolve("")));
  try {
    return await Promise.race([reader.question(""), closed]);
  } finally {
    reader.close();
    world.stdout.write("\n");
  }
}
