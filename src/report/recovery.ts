import { inWords } from "../base/duration.ts";
import { fenced, markdownLines, markdownTable, markdownText } from "../base/markdown.ts";
import type { JournalEvent } from "../journal/events.ts";
import { foldRun } from "../journal/run-state.ts";
import type { Plan } from "../plan/plan-schema.ts";
import { allowedMs } from "../plan/recovers.ts";
import type { ReportInput } from "./input.ts";
import { ANSWERED_HOW, instant, only, stepName } from "./words.ts";

/** Every time the work stood still, what was in flight then, who took it up again, and what it cost. */
export function interruptionSection({ plan, state, events }: ReportInput): string[] {
  const rows: string[][] = [];
  let lost = 0;
  for (const [at, event] of events.entries()) {
    const gap = event.type === "run.opened" ? gapBefore(events, at) : undefined;
    if (event.type !== "run.opened" || !gap) continue;
    const ms = Math.max(0, Date.parse(gap.until) - Date.parse(gap.from));
    const begun = inFlight(events.slice(0, at), gap.from);
    const again = begun.filter(({ step }) => wasRunAgain(events.slice(at + 1), step));
    const repeated = again.reduce((sum, one) => sum + one.ms, 0);
    lost += ms + repeated;
    const names = begun.map(({ step }) => stepName(plan, step)).join(", ");
    rows.push(
      [
        `${instant(gap.from)} to ${instant(gap.until)}`,
        gap.how,
        names === "" ? "nothing" : names,
        `${event.operator} on ${event.machine}`,
        `${inWords(ms)} of waiting${repeated === 0 ? "" : `, ${inWords(repeated)} of work done again`}`,
      ].map(markdownLines),
    );
  }
  if (rows.length === 0) return [];
  const rtoMs = allowedMs(plan);
  const share =
    rtoMs === undefined || plan.mode === "dry-run"
      ? ""
      : `, ${Math.round((100 * lost) / rtoMs)} % of the RTO of ${inWords(rtoMs)}`;
  const times = rows.length === 1 ? "once" : `${rows.length} times`;
  return [
    "## Interruptions",
    "",
    `**Interrupted ${times}, at a cost of ${inWords(lost)}${share}.**`,
    "",
    ...markdownTable(["when", "how", "in flight", "taken up again by", "cost"], rows),
    ...probeLines(plan, events),
    ...(state.open && !state.ended ? ["The last process has not said that it ended.", ""] : []),
  ];
}

interface Gap {
  from: string;
  until: string;
  how: string;
}

/** undefined for the first opening, and for an undo or clean-up of a run that was finished. */
function gapBefore(events: readonly JournalEvent[], at: number): Gap | undefined {
  const before = foldRun(events.slice(0, at));
  const now = foldRun(events.slice(0, at + 1));
  const [last] = now.interruptions.slice(before.interruptions.length);
  if (!last) return undefined;
  const ended = only(events.slice(0, at), "run.ended").at(-1);
  const how = before.open || !ended ? "its process died without a word" : `it ended: ${ended.word}`;
  return { ...last, how };
}

/** Steps that were begun and had no outcome, with how long each had worked. */
function inFlight(events: readonly JournalEvent[], until: string): { step: string; ms: number }[] {
  const { steps } = foldRun(events);
  return [...steps.values()].flatMap((step) =>
    step.startedAt === undefined || !["running", "waiting", "cancelled", "gate"].includes(step.state)
      ? []
      : [{ step: step.id, ms: Math.max(0, Date.parse(until) - Date.parse(step.startedAt)) }],
  );
}

/** A step that had finished is only checked when it is taken up: no command of it is started. */
function wasRunAgain(later: readonly JournalEvent[], step: string): boolean {
  return only(later, "command.started").some((event) => event.step === step);
}

function probeLines(plan: Plan, events: readonly JournalEvent[]): string[] {
  const probes = only(events, "probe.answered").map(({ at, step, answer, says }) => {
    const more = says === answer ? "" : `: ${markdownLines(says)}`;
    return `- probed ${instant(at)}, ${markdownText(stepName(plan, step))}: **${answer}**${more}`;
  });
  const accepted = only(events, "differences.accepted").map(
    ({ at, differences, how }) =>
      `- accepted ${instant(at)}, ${ANSWERED_HOW[how]}, what had changed meanwhile: ${differences.map(markdownText).join("; ")}`,
  );
  const all = [...probes, ...accepted];
  return all.length === 0 ? [] : [...all, ""];
}

/** Locks that were taken from a living holder. */
export function takeOverLines({ events }: ReportInput): string[] {
  return only(events, "lock.taken-over").map(
    ({ at, store, holder, because }) =>
      `- lock of ${markdownText(store)} taken over ${instant(at)} from ${markdownText(holder)}, because: ${markdownLines(because)}`,
  );
}

/** What was decided about every failed step, by whom and why, after how long; the edited commands as they were changed. */
export function decisionSection({ plan, events }: ReportInput): string[] {
  const rows: string[][] = [];
  const edits: string[] = [];
  let [operator, asked]: [string, Extract<JournalEvent, { type: "decision.opened" }> | undefined] = [
    "",
    undefined,
  ];
  for (const event of events) {
    if (event.type === "run.opened") operator = `${event.operator} on ${event.machine}`;
    if (event.type === "decision.opened") asked = event;
    if (event.type !== "decision.made") continue;
    const waited = asked === undefined ? "" : inWords(event.mono - asked.mono);
    const by = event.how === "nobody" ? ANSWERED_HOW.nobody : `${operator}, ${ANSWERED_HOW[event.how]}`;
    rows.push(
      [
        stepName(plan, event.step),
        asked?.failure.what ?? "",
        event.choice,
        event.because ?? "",
        `${instant(event.at)}, after ${waited}`,
        by,
      ].map(markdownLines),
    );
    if (event.diff)
      edits.push(
        `Edited ${instant(event.at)}, ${markdownText(stepName(plan, event.step))}:`,
        "",
        ...fenced(event.diff, "diff"),
        "",
      );
  }
  if (rows.length === 0) return [];
  return [
    "## Decisions",
    "",
    ...markdownTable(["step", "failure", "decided", "because", "when", "who and how"], rows),
    ...edits,
  ];
}

const RECORDING = /recorded in (output\/shell-\d+\.log)(?:, sha256 ([0-9a-f]{64}))?/;

/** What was typed beside the plan, where it can be read, and the sum it had then. */
export function shellSection({ events }: ReportInput): string[] {
  const lines = only(events, "deviation").flatMap(({ at, what }) => {
    const [, file, sum] = RECORDING.exec(what) ?? [];
    return file === undefined
      ? []
      : [`- left ${instant(at)}: \`${file}\`${sum === undefined ? "" : `, sha256 \`${sum}\``}`];
  });
  return lines.length === 0 ? [] : ["## Shells opened beside the plan", "", ...lines, ""];
}
