import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { notRunTitle } from "./not-run.ts";

const here = dirname(fileURLToPath(import.meta.url));
const project = dirname(dirname(here));

let folder: string;
beforeAll(async () => {
  // Inside the project: vitest finds the configuration's folder and its own package from there.
  folder = await mkdtemp(join(here, "not-run-"));
  const lines = [
    'import { expect, test } from "vitest";',
    'import { suiteFor } from "../suite-for.ts";',
    'suiteFor("the cellar", ["sh", "cellard-of-nobody", "cellarsh-of-nobody"], () => test("x", () => undefined));',
    'suiteFor("the shell", ["sh"], () => test("is started", () => expect(1).toBe(1)));',
  ];
  await writeFile(join(folder, "example.test.ts"), lines.join("\n"));
});
afterAll(() => rm(folder, { recursive: true }));

async function runExample(require: string): Promise<{ code: number; output: string }> {
  const argv = ["run", "--config", "test/vitest.config.ts", "--no-color", join(folder, "example.test.ts")];
  const env = { ...process.env, LIFEBOAT_REQUIRE: require };
  return new Promise((resolve) => {
    const options = { cwd: project, env };
    const vitest = join(project, "node_modules", ".bin", "vitest");
    execFile(vitest, argv, options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : 1, output: stdout + stderr }),
    );
  });
}

test("a suite whose server is missing is named in the output, with each missing program, and the rest is run", async () => {
  const { code, output } = await runExample("");
  expect(code).toBe(0);
  expect(output).toContain("NOT RUN: the cellar; missing: cellard-of-nobody, cellarsh-of-nobody");
  expect(output).toMatch(/Tests +1 passed \| 1 skipped/);
});

test("where everything is required, a missing server is a failure", async () => {
  const { code, output } = await runExample("all");
  expect(code).toBe(1);
  expect(output).toContain("LIFEBOAT_REQUIRE=all");
  expect(output).toMatch(/Tests +1 failed \| 1 passed/);
});

test("a suite that lacks nothing keeps its name", () => {
  expect(notRunTitle("the cellar", { missing: [] })).toBeUndefined();
  expect(notRunTitle("the cellar", { missing: [], otherwise: "no root: dockerd cannot be started" })).toBe(
    "NOT RUN: the cellar; no root: dockerd cannot be started",
  );
});
