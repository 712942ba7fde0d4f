import { inWords } from "../base/duration.ts";
import { EXIT_MEANING } from "../base/exit-codes.ts";
import { markdownCode, markdownText } from "../base/markdown.ts";
import { objectiveRows, tookMs } from "../journal/objectives.ts";
import { MODE_WORD } from "../step/mode.ts";
import type { ReportInput } from "./input.ts";
import { takeOverLines } from "./recovery.ts";
import { instant, only } from "./words.ts";

/** Mode, what was run, how it ended: what one reads when one reads nothing else. */
export function headline({ plan, state, broken }: ReportInput): string[] {
  const word = state.ended?.word ?? "NOT FINISHED";
  const name = `${MODE_WORD[plan.mode]} ${plan.system} / ${plan.runbook}`;
  return [
    `# ${markdownText(name)}: ${markdownText(word)}`,
    "",
    markdownText(plan.title),
    "",
    ...(broken === undefined
      ? []
      : [
          `**The journal is broken at line ${broken.line}: ${markdownText(broken.why)}.** This report ends before it.`,
          "",
        ]),
    ...exitLines(state.ended?.exit),
    ...(state.ended?.state ?? []).map((line) => `- now: ${markdownText(line)}`),
    ...(state.ended?.next ?? []).map((line) => `- next: ${markdownText(line)}`),
    "",
  ];
}

function exitLines(exit: number | undefined): string[] {
  if (exit === undefined)
    return [
      "**The journal has no end: this run was killed, or it is still running.** What follows is how far it is known to have come.",
      "",
      "- exit code: none",
    ];
  const meaning = Object.entries(EXIT_MEANING).find(([code]) => code === String(exit))?.[1];
  return [`- exit code: ${exit}, ${meaning ?? "not a documented code"}`];
}

/** Objectives, met or not. */
export function objectiveSection({ plan, state }: ReportInput): string[] {
  const rows = objectiveRows(state, plan).map(({ label, text }) => `- ${label}: ${markdownText(text)}`);
  const rpo =
    plan.backups.length > 0
      ? ["- RPO is the time from the oldest backup used to the start of this run; the incident may be older"]
      : [];
  return ["## Objectives", "", ...rows, ...rpo, ""];
}

/** When, by whom, from where, with which plan. */
export function circumstances(input: ReportInput): string[] {
  const { plan, state, events } = input;
  const openings = only(events, "run.opened");
  const until = state.endedAt ?? state.lastAt;
  return [
    "## When, who, where",
    "",
    `- run: ${markdownCode(plan.run)}`,
    ...openings.map((event, at) => {
      const who = `${event.operator} on ${event.machine}, process ${event.pid}, Lifeboat ${event.lifeboat}`;
      return `- ${at === 0 ? "opened" : "taken up again"}: ${instant(event.at)} by ${markdownText(who)}`;
    }),
    ...(until === undefined
      ? []
      : [
          `- ${state.ended ? "ended" : "last sign of life"}: ${instant(until)}, ${inWords(tookMs(state))} after the start`,
        ]),
    ...(plan.continues === undefined
      ? []
      : [
          `- goes on after: ${markdownCode(plan.continues.run)}, which brought the servers up, begun ${instant(plan.continues.startedAt)}`,
        ]),
    `- environment: ${markdownText(plan.environment)}, strategy: ${plan.strategy}`,
    `- plan: ${markdownCode(plan.hash)}, made ${instant(plan.createdAt)}`,
    ...plan.sources.map(
      (source) => `- made from: ${markdownCode(source.path)}, sha256 ${markdownCode(source.sha256)}`,
    ),
    ...plan.notes.map((note) => `- said before: ${markdownText(note)}`),
    ...takeOverLines(input),
    ...state.notes.map(
      (note) => `- note, ${instant(note.at)} by ${markdownText(note.by)}: ${markdownText(note.text)}`,
    ),
    "",
  ];
}
