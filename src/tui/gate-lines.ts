import { planRows } from "../plan/plan-rows.ts";
import type { Plan } from "../plan/plan-schema.ts";
import { labelled, prose } from "./rows.ts";
import type { Spans } from "./text.ts";
import type { Tone } from "./theme.ts";

/** What has to be typed before a live run: the target's name, or the system's where there are several targets. */
export function nameToType(plan: Plan): string {
  const [target, ...more] = plan.targets;
  return target === undefined || more.length > 0 ? plan.system : target.name;
}

const OPENING: Record<Plan["mode"], { text: string; tone: Tone }> = {
  live: { text: "This is the real thing: the steps below change the target.", tone: "bad" },
  drill: {
    text: "A drill: restores for real into a scratch target; the real data is not touched.",
    tone: "plain",
  },
  "dry-run": { text: "A dry run: looks for real, prints the rest, changes nothing.", tone: "plain" },
};

/** Pure: what the operator reads before going on, the most important first, so that a small screen cuts the rest. */
export function gateLines(plan: Plan, now: Date, columns: number): Spans[] {
  const opening = OPENING[plan.mode];
  const rows = planRows(plan, now).filter((row) => row.label !== "note");
  const changing = plan.steps.filter((step) => step.does === "run" && step.effect === "irreversible");
  return [
    ...prose(opening.text, columns, opening.tone),
    ...rows.flatMap((row) =>
      labelled(row.label, row.text, columns, row.label === "you lose" ? "warn" : "plain"),
    ),
    ...(plan.mode === "live" && changing.length > 0
      ? labelled("no way back", changing.map((step) => step.title).join("; "), columns, "bad", 12)
      : []),
  ];
}
