import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { lint } from "../../src/runbook/lint.ts";
import { problemLine } from "../../src/runbook/problem.ts";
import type { Env } from "../../src/runbook/variables.ts";

/** A folder of its own with these files, removed when the test ends. */
export function folderWith(files: Record<string, string | Uint8Array>): string {
  const folder = mkdtempSync(join(tmpdir(), "lifeboat-runbook-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

export const SYSTEM = `title: App
stores:
  database:
    kind: postgres
    url: postgresql://app@localhost/app
`;

export const RUNBOOK = `title: Lost
scenario: it is gone
steps:
  - id: restore
    kind: restore
    store: database
`;

/** What lint prints for a system of these files, paths shortened to the file's name. */
export async function linted(files: Record<string, string | Uint8Array>, env: Env = {}): Promise<string[]> {
  const folder = folderWith(files);
  const { problems } = await lint([folder], env);
  return problems.map((problem) => problemLine(problem).replaceAll(`${folder}/`, ""));
}

/** What lint prints for a system.yaml alone. */
export const lintedSystem = (text: string | Uint8Array, env: Env = {}): Promise<string[]> =>
  linted({ "system.yaml": text }, env);

/** What lint prints for a runbook of a valid system. */
export const lintedRunbook = (text: string, env: Env = {}): Promise<string[]> =>
  linted({ "system.yaml": SYSTEM, "lost.yaml": text }, env);
