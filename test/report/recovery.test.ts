import { expect, test } from "vitest";
import type { EventBody } from "../../src/journal/events.ts";
import { markdownReport } from "../../src/report/markdown.ts";
import { ended, opened, over, started } from "../journal/events.ts";
import { command, input } from "./run.ts";

const report = (...bodies: EventBody[]): string => markdownReport(input(bodies));

/** The part under a heading, up to the next one of the same rank; undefined when there is none. */
function section(text: string, heading: string): string | undefined {
  const [, body] = text.split(`\n## ${heading}\n`);
  return body?.split("\n## ")[0];
}

const bob = { ...opened, operator: "bob", pid: 77 };
const probed = (answer: "DONE" | "PARTLY", says: string = answer): EventBody => ({
  type: "probe.answered",
  step: "beside",
  answer,
  says,
});

// Events are ten seconds apart.
test("an interruption is told with what was in flight, who went on, and what it cost of the objective", () => {
  const text = report(
    opened,
    started("gone"),
    ended("gone"),
    started("beside"),
    ...command("beside", "pg_restore").slice(0, 2),
    bob,
    probed("PARTLY"),
    started("beside", 2),
    ...command("beside", "pg_restore"),
    ended("beside"),
    over(0, "RECOVERED"),
  );
  const told = section(text, "Interruptions");
  expect(told).toContain("**Interrupted once, at a cost of 30 s, 2 % of the RTO of 30 min.**");
  expect(told).toContain(
    "| 2026-11-20 11:00:50 UTC to 2026-11-20 11:01:00 UTC | its process died without a word | 3. Restore beside | bob on jump1 | 10 s of waiting, 20 s of work done again |",
  );
  expect(told).toContain("- probed 2026-11-20 11:01:10 UTC, 3. Restore beside: **PARTLY**\n");
});

test("what had finished when it was interrupted was not done again and costs only the waiting", () => {
  const text = report(
    opened,
    started("beside"),
    ...command("beside", "x"),
    bob,
    probed("DONE"),
    started("beside"),
    ended("beside"),
    over(0, "RECOVERED"),
  );
  expect(section(text, "Interruptions")).toContain("| 10 s of waiting |");
});

test("a run that was stopped by its operator, or left, is told from one that was killed", () => {
  const text = report(opened, started("beside"), ended("beside", "cancelled"), over(130, "INTERRUPTED"), bob);
  expect(section(text, "Interruptions")).toContain("it ended: INTERRUPTED");
});

test("neither a run in one go, nor one that was undone after its end, was interrupted", () => {
  const whole = [opened, started("beside"), ended("beside"), over(0, "RECOVERED")];
  expect(section(report(...whole), "Interruptions")).toBeUndefined();
  expect(
    section(
      report(...whole, bob, started("undo beside"), ended("undo beside"), over(0, "UNDONE")),
      "Interruptions",
    ),
  ).toBeUndefined();
});

test("differences that were accepted and locks that were taken over are never left out", () => {
  const text = report(
    opened,
    bob,
    {
      type: "differences.accepted",
      differences: ["system.yaml was edited", "backup <b> is another"],
      how: "flag",
    },
    {
      type: "lock.taken-over",
      store: "database",
      holder: "run 7 of eve on jump2",
      because: "eve is\nasleep",
    },
    probed("DONE", "the step has no probe"),
    over(0, "RECOVERED"),
  );
  expect(section(text, "Interruptions")).toContain(
    "by a flag, what had changed meanwhile: system.yaml was edited; backup \\<b\\> is another",
  );
  expect(section(text, "Interruptions")).toContain("**DONE**: the step has no probe");
  expect(section(text, "When, who, where")).toMatch(
    /- lock of database taken over .* from run 7 of eve on jump2, because: eve is<br>asleep\n/,
  );
});

const decided = (choice: "retry" | "edit" | "skip", more: Partial<EventBody> = {}): EventBody[] => [
  { type: "decision.opened", step: "beside", failure: { what: "psql: exit 3" }, changed: [], choices: [] },
  { type: "decision.made", step: "beside", choice, how: "typed", ...more } as EventBody,
];

test("every decision has its row: what failed, what was chosen, why, when, after how long, by whom", () => {
  const text = report(
    opened,
    started("beside"),
    ended("beside", "failed"),
    ...decided("retry"),
    ...decided("edit", { because: "a typo", diff: ["- pg_restore -x", "+ ``` pg_restore"] }),
    over(23, "RECOVERED WITH 1 DEVIATION"),
  );
  const told = section(text, "Decisions");
  expect(told).toContain(
    "| 3. Restore beside | psql: exit 3 | retry |  | 2026-11-20 11:00:40 UTC, after 10 s | ada on jump1, at the keyboard |",
  );
  expect(told).toContain("| edit | a typo |");
  expect(told).toContain("````diff\n- pg_restore -x\n+ ``` pg_restore\n````\n");
});

test("a run in which nothing had to be decided has no such section", () => {
  expect(section(report(opened, over(0, "RECOVERED")), "Decisions")).toBeUndefined();
});

test("a shell is listed with its recording and the sum that pins it", () => {
  const sum = "d".repeat(64);
  const what = `commands typed in a shell, recorded in output/shell-1.log, sha256 ${sum}`;
  const text = report(opened, { type: "deviation", step: "beside", what, because: "decided" }, over(23, "R"));
  expect(section(text, "Shells opened beside the plan")).toContain(
    `\`output/shell-1.log\`, sha256 \`${sum}\``,
  );
});
