import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { markdownReport } from "../report/markdown.ts";
import { readRun } from "./run-folder.ts";

/** Folds the journal into report.md beside it. Returns its path. */
export function writeReport(folder: string): string {
  const { plan, reading, state } = readRun(folder);
  const path = join(folder, "report.md");
  const { events, after, broken } = reading;
  writeFileSync(path, markdownReport({ plan, state, events, folder, after, broken }), { mode: 0o600 });
  return path;
}
