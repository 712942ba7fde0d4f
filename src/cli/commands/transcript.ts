import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { EXIT } from "../../base/exit-codes.ts";
import { sumOfStart } from "../../journal/file-sum.ts";
import { anchorIn } from "../../report/record.ts";
import { handoverText } from "../../report/handover.ts";
import { transcriptLines, verifyTranscript } from "../../report/transcript.ts";
import { readReading, readRun, runFolder } from "../run-folder.ts";
import { writeReport } from "../write-report.ts";
import type { World } from "../world.ts";

/** `lifeboat transcript verify <run>`: exit 0 when the chain holds, 20 with the first broken line when not. */
export async function verifyRun(world: World, wanted: string): Promise<number> {
  const folder = runFolder(world, wanted);
  const reading = readReading(folder);
  const report = join(folder, "report.md");
  const anchor = existsSync(report) ? anchorIn(await readFile(report, "utf8")) : undefined;
  const sum = (file: string, bytes?: number): string | undefined => sumOfStart(join(folder, file), bytes);
  const { ok, lines } = await verifyTranscript(reading, sum, anchor);
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

/** `lifeboat handover <run>`: made anew from the journal. */
export function showHandover(world: World, wanted: string): number {
  const { plan, state } = readRun(runFolder(world, wanted));
  world.stdout.write(handoverText({ plan, state }));
  return EXIT.done;
}
