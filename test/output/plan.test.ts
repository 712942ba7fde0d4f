import { describe, expect, it } from "vitest";
import { planMarkdown } from "../../src/output/plan-markdown.ts";
import { planText } from "../../src/output/plan-text.ts";
import { typeable } from "../../src/step/command.ts";
import { fakePlan } from "../tui/fake-plan.ts";
import { NOW } from "../tui/fake-services.ts";

const plan = fakePlan("live");

describe("the plan as text", () => {
  const text = planText(plan, NOW).join("\n");

  it("holds every command of every step so that it can be copied as it stands", () => {
    for (const step of plan.steps)
      for (const command of [
        ...step.commands,
        ...(step.undo?.commands ?? []),
        ...(step.cleanup?.commands ?? []),
      ])
        expect(`\n${text}\n`).toContain(`\n${typeable(command)}\n`);
  });

  it("says what is lost, what is kept, and from which backup", () => {
    expect(text).toMatch(/you lose +writes after 2026-11-20 02:00:04 UTC/);
    expect(text).toMatch(/you keep +the present data/);
    expect(text).toMatch(/backup +2026-11-20 02:00 UTC \(9 h ago\), daily, 318 MB, custom, with manifest/);
  });

  it("says which steps are only printed, and why", () => {
    const dry = planText(fakePlan("dry-run"), NOW).join("\n");
    expect(dry).toMatch(/6 {2}irreversible {2}Swap {2}\[only printed\]/);
    expect(dry).toContain("only printed: live only");
  });

  it("lets no control character through", () => {
    const [first, ...rest] = plan.steps;
    if (!first) throw new Error("the plan has no step");
    const hostile = { ...plan, steps: [{ ...first, title: "a\u001B[2Jb\u0007" }, ...rest] };
    expect(planText(hostile, NOW).join("\n")).toContain("ab^G");
    expect(planMarkdown(hostile, NOW).join("\n")).toContain("ab^G");
  });
});

describe("the plan as Markdown", () => {
  it("keeps commands in fences that they cannot end themselves", () => {
    const [first, ...rest] = plan.steps;
    if (!first) throw new Error("the plan has no step");
    const ticks = { argv: ["echo", "```"], env: {}, secrets: {} };
    const lines = planMarkdown({ ...plan, steps: [{ ...first, commands: [ticks] }, ...rest] }, NOW);
    expect(lines).toContain("````sh");
    expect(lines).toContain("````");
  });

  it("escapes what would be markup", () => {
    const text = planMarkdown({ ...plan, title: "<b>*not* bold</b>" }, NOW).join("\n");
    expect(text).toContain("\\<b\\>\\*not\\* bold\\</b\\>");
  });

  it("is followed without its appendix: what is done and what is checked comes first, how to look and go back by hand after it", () => {
    const text = planMarkdown(plan, NOW).join("\n");
    const [first = "", appendix = ""] = text.split("\n## Appendix");
    for (const step of plan.steps) {
      for (const command of step.commands) expect(first).toContain(typeable(command));
      for (const { title } of step.checks) expect(first).toContain(`- ${title}`);
      for (const command of step.undo?.commands ?? []) expect(appendix).toContain(typeable(command));
    }
    expect(first).not.toContain("**undo commands**");
  });

  it("has a row and a section for each step", () => {
    const lines = planMarkdown(plan, NOW);
    plan.steps.forEach((step, at) => {
      expect(lines.some((line) => line.startsWith(`| ${at + 1} |`))).toBe(true);
      expect(lines).toContain(`## ${at + 1}. ${step.title}`);
    });
  });
});
