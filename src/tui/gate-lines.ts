import { planRows } from "../plan/plan-rows.ts";
import type { Plan } from "../plan/plan-schema.ts";
import { byWeight } from "./plan-lines.ts";
import { asManyAsFit, labelled, oneLine, prose } from "./rows.ts";
import type { Spans } from "./text.ts";
import type { Tone } from "./theme.ts";

/** What has to be typed before a live run: the target's name, or the system's where there are several targets. */
export function nameToType(plan: Plan): string {
  const [target, ...more] = plan.targets;
  return target === undefined || more.length > 0 ? plan.system : target.name;
}

const OPENING: Record<Plan["mode"], { text: string; tone: Tone }> = {
  live: { text: "This is the real thing: it changes the target.", tone: "bad" },
  drill: {
    text: "A drill: restores for real into a scratch target; the real data is not touched.",
    tone: "plain",
  },
  "dry-run": { text: "A dry run: looks for real, prints the rest, changes nothing.", tone: "plain" },
};

const LABEL = 12;

/** Pure: what the operator reads before going on, in `room` rows: in full, or one cut line each. */
export function gateLines(plan: Plan, now: Date, columns: number, room: number): Spans[] {
  const opening = OPENING[plan.mode];
  const changing = plan.steps.filter((step) => step.does === "run" && step.effect === "irreversible");
  const last = { label: "no way back", text: changing.map((step) => step.title).join("; ") };
  const rows = [
    ...planRows(plan, now).filter((row) => row.label !== "note" && row.label !== "undo"),
    ...(changing.length > 0 ? [last] : []),
  ];
  const whole = [
    ...prose(opening.text, columns, opening.tone),
    ...rows.flatMap((row) => labelled(row.label, row.text, columns, TONES[row.label] ?? "plain", LABEL)),
  ];
  if (whole.length <= room) return whole;
  const lines = byWeight(rows).map((row) => oneLine(row.label, row.text, TONES[row.label] ?? "plain", LABEL));
  return asManyAsFit(lines, room, "esc, then i");
}

const TONES: Record<string, Tone> = {
  warning: "warn",
  "you lose": "warn",
  "no way back": "bad",
  "you keep": "good",
};
