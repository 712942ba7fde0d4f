import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Estate, openEstate, RESTORE_RUNBOOK } from "../../helpers/estate.ts";
import type { Running } from "../../helpers/lifeboat.ts";
import { expectOutcome } from "../outcome.ts";

let estate: Estate;
let backup: string;
beforeAll(async () => {
  estate = await openEstate();
  backup = await estate.backup();
});
afterAll(() => estate?.stop());

const liveArgs = (name: string): string[] => ["--live", "--confirm", name, "--backup", backup];

/** A live run that waits in its first step until the flag is there. */
async function waiting(
  name: string,
  env: Record<string, string> = {},
): Promise<{ run: Running; goOn: () => Promise<void> }> {
  await estate.clone(name);
  const flag = join(estate.folder, `go-on-${name}`);
  const wait = `echo waiting; until [ -e '${flag}' ]; do sleep 0.02; done`;
  const step = `  - { id: wait, kind: command, effect: reversible, run: [sh, -c, ${JSON.stringify(wait)}] }\n`;
  await estate.writeRunbook(name, RESTORE_RUNBOOK.replace("steps:\n", `steps:\n${step}`));
  const run = estate.start(["run", "shop", name, ...liveArgs(name)], { ...estate.at(name), ...env });
  await run.until(/running +1\//);
  await waitsInItsFirstStep(name);
  return { run, goOn: () => writeFile(flag, "") };
}

/** The command itself has printed, so it runs; the journal may not know its pid yet. */
async function waitsInItsFirstStep(name: string): Promise<void> {
  const said = async (): Promise<string> => {
    const runs = (await readdir(join(estate.home, "runs"))).filter((id) => id.includes(`-shop-${name}-`));
    return readFile(join(estate.home, "runs", runs[0] ?? "", "output", "wait.log"), "utf8").catch(() => "");
  };
  while (!/^waiting$/m.test(await said())) await new Promise((again) => setTimeout(again, 10));
}

test("two jump hosts with homes of their own exclude each other by the lock at the server", async () => {
  const { run, goOn } = await waiting("far");
  const otherHome = { ...estate.at("far"), LIFEBOAT_HOME: join(estate.folder, "other-home") };
  const before = await estate.snapshot();
  const second = await estate.lifeboat(["run", "shop", "lost", ...liveArgs("far")], otherHome);
  expectOutcome(
    second,
    31,
    "another live run holds far at its server",
    /lifeboat-lock \S*shop-far-/,
    "--take-over",
  );
  expect(await estate.snapshot()).toEqual(before);
  await goOn();
  expectOutcome(await run.ended, 0, "RECOVERED");
  expectOutcome(
    await estate.lifeboat(["run", "shop", "lost", ...liveArgs("far")], otherHome),
    0,
    "RECOVERED",
  );
});

test("a lock taken over is recorded, and the run that lost it stops before it touches the database", async () => {
  const { run, goOn } = await waiting("hung");
  const args = ["run", "shop", "lost", ...liveArgs("hung"), "--take-over"];
  expectOutcome(await estate.lifeboat(args, estate.at("hung")), 2, "--take-over needs a reason");
  const taken = await estate.lifeboat([...args, "--because", "it hangs since midnight"], estate.at("hung"));
  expectOutcome(taken, 0, "RECOVERED", "it hangs since midnight", /takeover.*shop-hung/);
  const before = await estate.snapshot(["hung"]);
  await goOn();
  expectOutcome(await run.ended, 20, "this run no longer holds its lock");
  expect(await estate.snapshot(["hung"])).toEqual(before);
});

test("a lock whose process was killed is stale: the next run takes it without being told to", async () => {
  const { run } = await waiting("killed");
  run.kill("SIGKILL");
  await run.ended;
  const refused = await estate.lifeboat(["run", "shop", "lost", ...liveArgs("killed")], estate.at("killed"));
  expectOutcome(refused, 31, "died, but what it had started still runs", "lifeboat resume");
  const [id = ""] = (await estate.runs()).filter((name) => name.includes("-shop-killed-"));
  const undone = await estate.lifeboat(["undo", id, "--confirm", "killed"], estate.at("killed"));
  expect(`${undone.stdout}${undone.stderr}`).toMatch(/still running, will be ended: process \d+/);
  // Nothing is left that would have every further run refused.
  const next = await estate.lifeboat(["run", "shop", "lost", ...liveArgs("killed")], estate.at("killed"));
  expectOutcome(next, 0, "RECOVERED");
});
