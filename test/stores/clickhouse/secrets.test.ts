import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { CLICKHOUSE_PROGRAMS } from "../../helpers/clickhouse.ts";
import { type ClickhouseEstate, openClickhouseEstate } from "../../helpers/clickhouse-estate.ts";
import { suiteFor } from "../../helpers/suite-for.ts";
import { watchingProcesses } from "../../helpers/watching-processes.ts";

/** Looked for everywhere; its second half shows whether & and < come through. */
const CANARY = "canary4711";
const PASSWORD = `${CANARY}&<'"$x`;

async function filesWith(folder: string, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(folder, { recursive: true })) {
    const path = join(folder, name);
    if ((await stat(path)).isFile() && (await readFile(path, "utf8")).includes(text)) found.push(path);
  }
  return found;
}

suiteFor("clickhouse: the password is seen nowhere", CLICKHOUSE_PROGRAMS, () => {
  vi.setConfig({ testTimeout: 300_000 });
  let estate: ClickhouseEstate;
  beforeAll(async () => {
    estate = await openClickhouseEstate({ password: PASSWORD });
  });
  afterAll(() => estate.stop());

  test("in no argv, no output, no file of the run, and only clients of the server have it in their environment", async () => {
    const log = join(estate.folder, "knows");
    const note = (name: string): string => `#!/bin/bash
[ -z "\${CLICKHOUSE_PASSWORD+x}" ] || echo ${name} >> "${log}"
exec /usr/bin/env -- "$(PATH=/usr/bin:/bin command -v ${name})" "$@"
`;
    const others = await estate.standIns({ df: note("df"), cat: note("cat") });
    const path = await estate.backup("metrics-{timestamp}", others);
    const ran = await watchingProcesses(estate.restore(["--backup", path], others));
    expect(ran.result).toMatchObject({ code: 0 });
    const failed = await estate.restore(["--backup", path], { METRICS_PASSWORD: `${CANARY}-wrong` });
    expect(failed).toMatchObject({ code: 11 });
    for (const { stdout, stderr } of [ran.result, failed]) expect(stdout + stderr).not.toContain(CANARY);
    expect([...ran.argv].filter((line) => line.includes("clickhouse-client")).length).toBeGreaterThan(0);
    expect([...ran.argv].filter((line) => line.includes(CANARY))).toEqual([]);
    expect(await filesWith(estate.home, CANARY)).toEqual([]);
    expect(await filesWith(join(estate.folder, "taken-1"), CANARY)).toEqual([]);
    expect(await readFile(log, "utf8").catch(() => "")).toBe("");
    const [run = ""] = await estate.runs();
    expect((await stat(join(estate.home, "runs", run))).mode & 0o077).toBe(0);
  });

  test("what is printed can be typed: the plan's own command, with the password exported", async () => {
    const path = await estate.backup();
    const plan = await estate.lifeboat([
      "plan",
      "signage",
      "lost",
      "--json",
      "--mode",
      "live",
      "--backup",
      path,
    ]);
    expect(plan).toMatchObject({ code: 0 });
    expect(plan.stdout).not.toContain(CANARY);
    expect(plan.stdout).toContain("$CLICKHOUSE_PASSWORD");
  });
});
