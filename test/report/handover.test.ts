import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import type { EventBody } from "../../src/journal/events.ts";
import { handoverText } from "../../src/report/handover.ts";
import type { Plan } from "../../src/plan/plan-schema.ts";
import { gate, ended, opened, over, started } from "../journal/events.ts";
import { input, plan } from "./run.ts";

const handover = (bodies: EventBody[], of: Plan = plan): string => handoverText(input(bodies, { plan: of }));
const BEFORE = ["gone", "artifact", "beside", "verify", "call"].flatMap((id) => [started(id), ended(id)]);

/** The part under a heading that begins so. */
function section(text: string, heading: string): string {
  return (text.split(`\n## ${heading}`)[1] ?? "").split("\n## ")[0] ?? "";
}

const withStep = (id: string, change: Partial<Plan["steps"][number]>): Plan => ({
  ...plan,
  steps: plan.steps.map((step) => (step.id === id ? { ...step, ...change } : step)),
});

test("before the first step everything is left, in order, with exact commands", () => {
  const text = handover([opened]);
  const headings = [...section(text, "What is left").matchAll(/^### (\d+)/gm)].map(([, n]) => n);
  expect(headings).toEqual(["1", "2", "3", "4", "5", "6", "7"]);
  expect(text).toContain("cd /srv/plotzed && npx prisma migrate deploy");
  expect(text).toContain("Then look: the artifact is whole\n\n```sh\npg_restore -f /dev/null");
  expect(section(text, "The way back")).toContain("There is nothing to take back.");
});

test("done steps are not left, what runs is marked, with the command that tells whether it is done", () => {
  const text = handover([opened, started("gone"), ended("gone"), started("beside")]);
  expect(section(text, "Where we are")).toContain("1 of 7 steps over. **Running: 3. Restore beside.**");
  const left = section(text, "What is left");
  expect(left).not.toContain("Is the database really gone?");
  expect(left).toMatch(/### 3\. Restore beside \(running\)[^#]*See first how far it came:[^#]*SELECT 'DONE'/);
});

test("a step interrupted by a killed process is to be looked at before it is repeated", () => {
  const text = handover([opened, started("beside"), opened]);
  expect(section(text, "What is left")).toContain("See first how far it came:");
  expect(section(text, "The way back")).toContain("DROP DATABASE plotzed__restore_1120");
});

test("a gate that waits is named, and what it asks comes before its commands", () => {
  const text = handover([opened, ...BEFORE, { type: "gate.opened", step: "swap", gate }]);
  expect(text).toContain("**Waiting for an answer at 6. Swap.**");
  expect(text).toMatch(
    /- first: 14 sessions will be cut[^#]*- first: Type the name[^#]*ALTER DATABASE plotzed RENAME/,
  );
});

test("the way back undoes the newest first, and not what was undone", () => {
  const swap = plan.steps.find((step) => step.id === "beside")?.undo;
  if (!swap) throw new Error("the plan has an undo");
  const both = withStep("swap", {
    undo: { ...swap, says: "swaps back", until: "plotzed__before is removed" },
  });
  const done = [opened, ...BEFORE, started("swap"), ended("swap")];
  const back = section(handover(done, both), "The way back");
  expect(back.indexOf("swaps back (possible until plotzed")).toBeGreaterThan(-1);
  expect(back.indexOf("swaps back")).toBeLessThan(back.indexOf("removes the copy beside"));
  expect(back).toContain(`lifeboat undo ${plan.run}`);
  const undone = handover([...done, started("undo swap"), ended("undo swap")], both);
  expect(section(undone, "The way back")).not.toContain("swaps back");
  expect(section(undone, "The way back")).toContain("removes the copy beside");
});

test("a failed step stays left, with what happened and what to do", () => {
  const failure = ended("beside", "failed", {
    error: { what: "psql: exit 3", why: "disk full", next: "free space" },
  });
  const text = handover([opened, started("beside"), failure, over(20, "FAILED")]);
  expect(text).toContain("The run has ended: FAILED, exit 20.");
  expect(text).toMatch(
    /### 3\. Restore beside \(failed\)[^#]*- failed: psql: exit 3\n- why: disk full\n- next: free space/,
  );
  expect(section(text, "The way back")).toContain("removes the copy beside");
});

test("a failed step that was undone at once is not undone twice", () => {
  const failed = [opened, started("beside"), ended("beside", "failed"), started("undo beside")];
  expect(section(handover(failed), "The way back")).toContain("removes the copy beside");
  expect(section(handover([...failed, ended("undo beside")]), "The way back")).toContain(
    "nothing to take back",
  );
});

test("secrets are named, each once, with the place they belong to; a finished run needs none", () => {
  const text = handover([opened]);
  expect(text.match(/read -rs PGPASSWORD && export PGPASSWORD {3}# the secret of database/g)).toHaveLength(1);
  const finished = handover([
    opened,
    ...BEFORE,
    ...["swap", "migrate"].flatMap((id) => [started(id), ended(id)]),
  ]);
  expect(section(finished, "What is left")).toContain("Nothing.");
  expect(finished).not.toContain("read -rs");
  expect(section(finished, "Kept on purpose")).toContain("DROP DATABASE plotzed__before_1120;");
});

test("what this mode only prints is not left to do", () => {
  const dry = withStep("swap", { does: "print", printedBecause: "live only" });
  expect(section(handover([opened], dry), "What is left")).not.toContain("6. Swap");
});

test("a command's completion token is said: its exit code alone is no proof", () => {
  const tokens = withStep("gone", {
    commands: [{ argv: ["psql"], env: {}, secrets: {}, token: "lifeboat-9f" }],
  });
  expect(handover([opened], tokens)).toContain("It is done only when it has printed `lifeboat-9f`.");
});

test("the commands can be typed as they stand, also when the text itself holds the word END", () => {
  const argv = ["cat", "-"];
  const stdin = "DO $$\nBEGIN\n  NULL;\nEND\n$$;\nEND_1\n";
  const text = handover(
    [opened],
    withStep("gone", { commands: [{ argv, stdin, env: { A: "it's" }, secrets: {} }] }),
  );
  const script = /```sh\n(A=[^`]*)\n```/.exec(text)?.[1] ?? "";
  expect(execFileSync("sh", ["-c", script], { encoding: "utf8" })).toBe(stdin);
});

test("what a killed Lifeboat may have left at work is to be ended first", () => {
  const text = handover([
    opened,
    ...BEFORE.slice(0, 4),
    started("beside"),
    { type: "command.started", step: "beside", index: 1, line: "pg_restore" },
    { type: "command.spawned", step: "beside", index: 1, pid: 4711, pidStarted: "9" },
  ]);
  const first = section(text, "First: nobody else");
  expect(first).toContain("ps -o pid,lstart,args -p 41");
  expect(first).toContain("kill -- -4711");
});

test("clocks are points in time, and a missed objective says since when", () => {
  const early = handover([opened, started("gone")]);
  expect(early).toContain("- RTO 30 min: until 2026-11-20 11:30:00 UTC, 29 min 50 s left");
  const late = withStep("gone", {});
  expect(handover([opened, started("gone")], { ...late, rtoMs: 4000 })).toContain("over since 6 s");
});

test("a decision that waits is named with what Lifeboat offers; before, the next gate is", () => {
  expect(section(handover([opened, ...BEFORE]), "The next decision")).toContain("before 6. Swap:");
  const failure = { what: "psql: exit 3" };
  const choices = [{ choice: "retry" as const, title: "retry", says: "runs the step again" }];
  const asked: EventBody = { type: "decision.opened", step: "beside", failure, changed: [], choices };
  const text = handover([opened, started("beside"), ended("beside", "failed", { error: failure }), asked]);
  expect(section(text, "Where we are")).toMatch(/Waiting for a decision about\s+3\. Restore beside/);
  expect(section(text, "The next decision")).toContain("- Lifeboat offers: retry (runs the step again)");
});

test("nothing may be removed that is the way back, and the swap may not come before the proof", () => {
  const early = section(handover([opened, started("beside")]), "What must not be done");
  expect(early).toContain("do not change plotzed by other means");
  expect(early).toMatch(/do not begin 6\. Swap before 4\. Verify against the\s+manifest has shown/);
  const late = section(
    handover([opened, ...BEFORE, started("swap"), ended("swap")]),
    "What must not be done",
  );
  expect(late).toMatch(/do not remove what is kept \(it removes\s+plotzed/);
  expect(late).not.toContain("by other means");
});

test("a run that is taken back has nothing left to go on with", () => {
  const undo = { says: "drops it", commands: [{ argv: ["true"], env: {}, secrets: {} }], onFailure: false };
  const both = withStep("swap", { undo });
  const half = [opened, ...BEFORE, started("swap"), ended("swap"), started("undo swap"), ended("undo swap")];
  const text = handover(half, both);
  expect(section(text, "What is left")).toContain("Nothing: the run is being, or was, taken back.");
  expect(section(text, "The next decision")).toContain("finish going back");
  expect(section(text, "The way back")).toContain("removes the copy beside");
});

test("who finishes a bring-up by hand learns that nothing is restored yet, and what goes on", () => {
  const up: Plan = { ...plan, bringsUp: { rest: "lifeboat run plotzed lost --live --continues r" } };
  const finished = plan.steps.flatMap(({ id }) => [started(id), ended(id)]);
  for (const bodies of [[opened], [opened, ...finished, over(0, "SERVERS ARE UP")]])
    expect(section(handover(bodies, up), "What is left")).toMatch(
      /Nothing is restored by this run\.[^#]*```sh\nlifeboat run plotzed lost --live --continues r\n```/,
    );
  expect(handover([opened])).not.toContain("Nothing is restored");
});

test("what is waited for is looked at again and again, for as long as Lifeboat would", () => {
  const [check] = plan.steps.flatMap(({ checks }) => checks);
  if (!check) throw new Error("a plan with a check");
  const waits = withStep("call", { checks: [{ ...check, poll: { upToMs: 120_000, for: "it to be up" } }] });
  expect(handover([opened], waits)).toContain(`Then look, until it is so, for up to 2 min: ${check.title}`);
});
