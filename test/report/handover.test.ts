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
  expect(section(text, "Where we are")).toContain("1 of 7 steps are over. **Running: 3. Restore beside.**");
  const left = section(text, "What is left");
  expect(left).not.toContain("Is the database really gone?");
  expect(left).toMatch(
    /### 3\. Restore beside \(running\)[^#]*See first whether it is done:[^#]*SELECT 'DONE'/,
  );
});

test("a step interrupted by a killed process is to be looked at before it is repeated", () => {
  const text = handover([opened, started("beside"), opened]);
  expect(section(text, "What is left")).toContain("See first whether it is done:");
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
    undo: { ...swap, says: "swaps back", until: "until plotzed__before is removed" },
  });
  const done = [opened, ...BEFORE, started("swap"), ended("swap")];
  const back = section(handover(done, both), "The way back");
  expect(back.indexOf("swaps back (until plotzed")).toBeGreaterThan(-1);
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
