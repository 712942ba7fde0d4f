import { expect, test } from "vitest";
import { planMarkdown } from "../../src/output/plan-markdown.ts";
import { planText } from "../../src/output/plan-text.ts";
import { effectInWords, effectMark, goingBack } from "../../src/plan/last-safe-moment.ts";
import type { Plan } from "../../src/plan/plan-schema.ts";
import type { Step } from "../../src/step/step.ts";
import { fakePlan } from "../tui/fake-plan.ts";

const NOW = new Date("2026-11-20T11:02:00Z");
const undo = (until?: string): NonNullable<Step["undo"]> => ({
  says: "swaps back",
  commands: [{ argv: ["true"], env: {}, secrets: {} }],
  onFailure: false,
  ...(until === undefined ? {} : { until }),
});
const withStep = (id: string, change: Partial<Step>, plan = fakePlan("live")): Plan => ({
  ...plan,
  steps: plan.steps.map((step) => (step.id === id ? { ...step, ...change } : step)),
});
const swap = withStep("swap", {
  effect: "reversible",
  touchesLive: true,
  undo: undo("plotzed__before is removed"),
});

test("one can stop until the first step that users notice, whether it can be taken back or not", () => {
  expect(goingBack(swap)?.safe).toMatch(/before 6 Swap;/);
  expect(goingBack(fakePlan("live"))?.safe).toMatch(/before 6 Swap;/);
  const early = withStep("gone", { effect: "reversible", touchesLive: true }, swap);
  expect(goingBack(early)?.safe).toMatch(/before 1 Is the database/);
});

test("what users notice is said to be taken back until when, or not at all", () => {
  expect(goingBack(swap)?.undo).toEqual([
    "6 Swap can be taken back until plotzed__before is removed",
    "cannot be taken back: 7 Migrations",
  ]);
});

test("steps that this mode does not run keep nobody from stopping", () => {
  expect(goingBack(fakePlan("dry-run"))).toBeUndefined();
  expect(goingBack(fakePlan("drill"))).toBeUndefined();
});

test("a step's effect is a word, with an asterisk when it can be taken back only for a time", () => {
  const effects = [undo(), undo("x is removed")].flatMap((one) =>
    withStep("beside", { undo: one }).steps.filter((step) => step.id === "beside"),
  );
  expect(effects.map(effectMark)).toEqual(["reversible", "reversible*"]);
  expect(effects.map(effectInWords)).toEqual(["reversible", "reversible until x is removed"]);
});

test("text and Markdown of the plan say it", () => {
  const text = planText(swap, NOW).join("\n");
  expect(text).toContain("safe      last safe moment: before 6 Swap; until then you can stop");
  expect(text).toContain("  6  reversible*  Swap");
  const markdown = planMarkdown(swap, NOW).join("\n");
  expect(markdown).toContain("- safe: last safe moment: before 6 Swap");
  expect(markdown).toMatch(/reversible until plotzed\\_\\_before is removed/);
});
