import { describe, expect, it, test } from "vitest";
import type { EventBody } from "../../src/journal/events.ts";
import { interruptionInWords } from "../../src/journal/interruption-words.ts";
import { resultRows } from "../../src/journal/result-rows.ts";
import { foldRun } from "../../src/journal/run-state.ts";
import { fakePlan } from "../tui/fake-plan.ts";
import { ended, events, opened, over, started } from "./events.ts";

const rows = (...bodies: EventBody[]): string[] =>
  resultRows(foldRun(events(...bodies)), fakePlan("live"), { exit: 0, report: "r", folder: "f" }).map(
    ({ label, text }) => `${label}: ${text}`,
  );

const made = (choice: "retry" | "skip" | "leave", because?: string): EventBody => ({
  type: "decision.made",
  step: "migrate",
  choice,
  how: "typed",
  ...(because === undefined ? {} : { because }),
});
const deviation: EventBody = { type: "deviation", step: "migrate", what: "skipped", because: "known" };

describe("the result of a run in which something went wrong", () => {
  it("does not keep an interruption to itself", () => {
    const found = rows(opened, started("beside"), opened, ended("beside"), over(0, "RECOVERED"));
    expect(found.filter((line) => line.startsWith("interrupted: "))).toHaveLength(1);
  });

  it("tells a decision once: a deviation has its own row", () => {
    const found = rows(
      opened,
      started("migrate"),
      ended("migrate", "failed"),
      made("retry"),
      made("skip", "known"),
      deviation,
      ended("migrate", "skipped"),
      over(23, "RECOVERED WITH 1 DEVIATION"),
    );
    expect(found).toContain("decided: Migrations: retry");
    expect(found).toContain("deviation: Migrations: skipped, because: known");
    expect(found.filter((line) => line.includes("skip"))).toHaveLength(1);
  });

  it("names a step that was skipped without anybody saying why", () => {
    expect(rows(opened, ended("migrate", "skipped"), over(0, "RECOVERED"))).toContain("skipped: Migrations");
  });
});

test("an interruption overnight is told with its days", () => {
  expect(interruptionInWords({ from: "2026-11-20T04:12:00", until: "2026-11-20T04:31:30" })).toBe(
    "04:12 to 04:31, 19 min",
  );
  expect(interruptionInWords({ from: "2026-11-20T23:50:00", until: "2026-11-21T06:50:00" })).toBe(
    "2026-11-20 23:50 to 2026-11-21 06:50, 7 h",
  );
});
