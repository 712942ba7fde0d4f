import { counted } from "../base/size.ts";
import { inWords } from "../base/duration.ts";
import { markdownCode, markdownText } from "../base/markdown.ts";
import { beganAt } from "../journal/objectives.ts";
import { stands } from "../journal/run-facts.ts";
import type { StepState } from "../journal/run-state.ts";
import { allowedMs } from "../plan/recovers.ts";
import { MODE_WORD } from "../step/mode.ts";
import { type HandoverInput, isOver } from "./handover-steps.ts";
import { wrapProse } from "./wrap.ts";
import { instant, stepName } from "./words.ts";

const bullet = (text: string): string[] => wrapProse(text, "- ");

export function head({ plan, state }: HandoverInput): string[] {
  return [
    `# HANDOVER ${markdownText(`${MODE_WORD[plan.mode]} ${plan.system} / ${plan.runbook}`)}`,
    "",
    ...wrapProse(
      `As of ${state.lastAt === undefined ? "the plan" : instant(state.lastAt)}, run ${markdownCode(plan.run)}. Lifeboat rewrites this file at every step. With it and a shell the run can be finished, or taken back, by hand.`,
    ),
    "",
    ...plan.targets.flatMap((t) =>
      bullet(`target: ${markdownText(`${t.name} at ${t.address}, written as ${t.writesTo}`)}`),
    ),
    ...plan.backups.flatMap((backup) =>
      bullet(`backup: ${markdownCode(backup.path)}, taken ${instant(backup.time)}`),
    ),
    "",
  ];
}

/** Where the run is, what it changed, and how late it is. */
export function position(input: HandoverInput): string[] {
  const { plan, state } = input;
  const over = plan.steps.filter((step) => isOver(input, step));
  const besides = [...state.steps.values()].filter((ran) => !plan.steps.some((own) => own.id === ran.id));
  return [
    "## Where we are",
    "",
    ...wrapProse(
      state.ended
        ? `The run has ended: ${markdownText(state.ended.word)}, exit ${state.ended.exit}.`
        : `${over.length} of ${counted(plan.steps.length, "step")} over. ${nowLine(input)}`,
    ),
    "",
    ...clocks(input).flatMap(bullet),
    ...(state.ended?.state ?? []).flatMap((line) => bullet(`now: ${markdownText(line)}`)),
    ...[...over.map((step) => step.id), ...besides.map((ran) => ran.id)].flatMap((id) => {
      const after = plan.steps.find((step) => step.id === id && stands(state, id))?.after;
      const then = after === undefined ? "" : `: ${markdownText(after)}`;
      return bullet(`${state.steps.get(id)?.state}: ${markdownText(stepName(plan, id))}${then}`);
    }),
    ...state.deviations.flatMap((d) =>
      bullet(`deviation: ${markdownText(d.what)}, because: ${markdownText(d.because)}`),
    ),
    ...state.notes.flatMap((note) => bullet(`note by ${markdownText(note.by)}: ${markdownText(note.text)}`)),
    "",
  ];
}

function nowLine({ plan, state }: HandoverInput): string {
  const running = plan.steps.filter((step) => state.steps.get(step.id)?.state === "running");
  const name = (id: string | null): string => markdownText(stepName(plan, id));
  if (state.decision) return `**Waiting for a decision about ${name(state.decision.step)}.**`;
  if (state.gate) return `**Waiting for an answer at ${name(state.gate.step)}.**`;
  if (running.length === 0) return "Nothing is running.";
  return `**Running: ${running.map((step) => name(step.id)).join(" and ")}.** It may be done, half done or not done: look before you repeat it.`;
}

/** Points in time, not only spans: this file may be read hours after it was written. */
function clocks({ plan, state }: HandoverInput): string[] {
  if (state.openedAt === undefined) return [];
  const began = Date.parse(state.openedAt);
  const now = Date.parse(state.lastAt ?? state.openedAt);
  const started = `begun: ${instant(state.openedAt)}, ${inWords(Math.max(0, now - began))} before this was written`;
  const rtoMs = allowedMs(plan);
  if (rtoMs === undefined || plan.mode === "dry-run") return [started];
  const ends = Date.parse(beganAt(state, plan) ?? state.openedAt) + rtoMs;
  const left = ends > now ? `${inWords(ends - now)} left` : `over since ${inWords(now - ends)}`;
  return [started, `RTO ${inWords(rtoMs)}: until ${instant(new Date(ends).toISOString())}, ${left}`];
}

/** Its command as it was started, when it may still be at work. */
export function atWork({ state }: HandoverInput): { step: string; pid: number }[] {
  return [...state.steps.values()].flatMap((ran: StepState) =>
    ran.process === undefined ? [] : [{ step: ran.id, pid: ran.process.pid }],
  );
}
