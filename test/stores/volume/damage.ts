import { execFileSync } from "node:child_process";
import { readFileSync, unlinkSync, writeFileSync } from "node:fs";

/** The same size, time and all: only the content is another. */
export function changeByte(path: string): void {
  const bytes = readFileSync(path);
  bytes[77] = (bytes[77] ?? 0) ^ 1;
  const reference = `${path}.time`;
  execFileSync("touch", ["-r", path, reference]);
  writeFileSync(path, bytes);
  execFileSync("touch", ["-r", reference, path]);
  unlinkSync(reference);
}

/** Leads somewhere else. */
export function relink(path: string): void {
  unlinkSync(path);
  execFileSync("ln", ["-s", "pages/2", path]);
}

/** The same content, but a file of its own. */
export function unlinkHard(path: string): void {
  const bytes = readFileSync(path);
  execFileSync("cp", ["-p", "--remove-destination", path, `${path}.copy`]);
  unlinkSync(path);
  writeFileSync(path, bytes);
  execFileSync("touch", ["-r", `${path}.copy`, path]);
  unlinkSync(`${path}.copy`);
}
