import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isAlive } from "../../src/base/processes.ts";
import { expectOutcome } from "../faults/outcome.ts";
import { type Estate, openEstate } from "../helpers/estate.ts";

const RUNBOOK = `title: Waits
scenario: its command takes long
steps:
  - { id: wait, title: Wait for it, kind: command, effect: reversible, run: [sh, -c, "exec sleep 600"] }
`;

let estate: Estate;
beforeAll(async () => {
  estate = await openEstate();
  await estate.writeRunbook("waits", RUNBOOK);
});
afterAll(() => estate?.stop());

/** The process of the run's one command, as the journal knows it. */
async function commandOf(run: string): Promise<number> {
  const journal = await readFile(join(estate.home, "runs", run, "journal.jsonl"), "utf8");
  return Number(/"type":"command\.spawned".*"pid":(\d+)/.exec(journal)?.[1]);
}

test("a dead run is given up only when nothing of it works any more; then it is not offered, and the report says why", async () => {
  const running = estate.start(["run", "shop", "waits", "--live", "--confirm", "shop", "--plain"]);
  await running.until(/Wait for it/);
  const [run = ""] = await estate.runs();
  await expect.poll(() => commandOf(run)).toBeGreaterThan(0);
  expectOutcome(await estate.lifeboat(["abandon", run, "--because", "x"]), 31, "still going on");
  running.kill("SIGKILL");
  await running.ended;
  expectOutcome(await estate.lifeboat(["abandon", run, "--because", "x"]), 31, "still runs", "lifeboat undo");
  const pid = await commandOf(run);
  process.kill(pid, "SIGKILL");
  await expect.poll(() => isAlive(pid)).toBe(false);

  expectOutcome(await estate.lifeboat(["abandon", run]), 2, "--because");
  expectOutcome(await estate.lifeboat(["abandon", run, "--because", " "]), 2, "the reason is empty");
  const given = await estate.lifeboat(["abandon", run, "--because", "restored elsewhere"]);
  expectOutcome(given, 0, `abandoned: ${run}`, 'step "Wait for it" was not finished');
  expect((await estate.lifeboat(["runs"])).stdout).toContain("ABANDONED");
  expectOutcome(await estate.lifeboat(["resume"]), 2, "no unfinished run");
  const report = (await estate.lifeboat(["report", run])).stdout;
  expect(report).toContain("the run was abandoned");
  expect(report).toContain("restored elsewhere");
  expectOutcome(await estate.lifeboat(["transcript", "verify", run]), 0, "the chain holds");
  expectOutcome(await estate.lifeboat(["abandon", run, "--because", "again"]), 2, "is not unfinished");
});

test("resume without a name tells of the newest run when that failed: it has ended, and can be gone on with", async () => {
  await estate.writeRunbook("fails", RUNBOOK.replace("exec sleep 600", "test -e mended"));
  const failed = await estate.lifeboat(["run", "shop", "fails", "--live", "--confirm", "shop", "--plain"]);
  expectOutcome(failed, 20, "to go on from there: lifeboat resume");
  const [run = ""] = await estate.runs();
  expectOutcome(await estate.lifeboat(["resume"]), 2, "no unfinished run", `lifeboat resume ${run}`);
  await estate.write("mended", "");
  expectOutcome(await estate.lifeboat(["resume", run, "--confirm", "shop", "--assume", "wait=not-done"]), 0);
  const none = await estate.lifeboat(["resume"]);
  expectOutcome(none, 2, "no unfinished run", "lifeboat runs");
  expect(none.stderr).not.toContain(run);
});
