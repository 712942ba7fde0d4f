import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { EXIT } from "../../base/exit-codes.ts";
import { transcriptLines, verifyTranscript } from "../../report/transcript.ts";
import { readRun, runFolder } from "../run-folder.ts";
import { writeReport } from "../write-report.ts";
import type { World } from "../world.ts";

async function fileSha256(path: string): Promise<string | undefined> {
  if (!existsSync(path)) return undefined;
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** `lifeboat transcript verify <run>`: exit 0 when the chain holds, 20 with the first broken line when not. */
export async function verifyRun(world: World, wanted: string): Promise<number> {
  const { folder, reading } = readRun(runFolder(world, wanted));
  const { ok, lines } = await verifyTranscript(reading, (file) => fileSha256(join(folder, file)));
  world.stdout.write(`${lines.join("\n")}\n`);
  return ok ? EXIT.done : EXIT.failed;
}

export function showTranscript(world: World, wanted: string): number {
  const { plan, reading } = readRun(runFolder(world, wanted));
  world.stdout.write(`${transcriptLines(plan, reading).join("\n")}\n`);
  return EXIT.done;
}

/** `lifeboat report <run>`: written anew from the journal, then printed. */
export async function showReport(world: World, wanted: string): Promise<number> {
  world.stdout.write(await readFile(writeReport(runFolder(world, wanted)), "utf8"));
  return EXIT.done;
}
