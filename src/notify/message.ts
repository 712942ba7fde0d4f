import { inWords } from "../base/duration.ts";
import type { JournalEvent } from "../journal/events.ts";
import type { RunState } from "../journal/run-state.ts";
import type { Plan } from "../plan/plan-schema.ts";
import { MODE_WORD } from "../step/mode.ts";

export const NOTIFY_KINDS = ["webhook", "slack"] as const;
export type NotifyKind = (typeof NOTIFY_KINDS)[number];

/** Why somebody is called. Plain data: the body of a webhook is this as JSON. */
export interface Message {
  event: "waiting" | "ended";
  mode: string;
  system: string;
  runbook: string;
  run: string;
  machine: string;
  operator: string;
  /** For a person, several lines. */
  text: string;
  /** ISO. */
  since: string;
  /** "8 Swap"; of a waiting run. */
  step?: string;
  asks?: string;
  /** Of a run that has ended. */
  word?: string;
  exit?: number;
}

type Waiting = Extract<JournalEvent, { type: "gate.opened" | "decision.opened" }>;

function common(plan: Plan, state: RunState): Omit<Message, "event" | "text" | "since"> {
  return {
    mode: MODE_WORD[plan.mode],
    system: plan.system,
    runbook: plan.runbook,
    run: plan.run,
    machine: state.opened?.machine ?? "unknown",
    operator: state.opened?.operator ?? "unknown",
  };
}

const clock = (iso: string): string => `${iso.slice(0, 19).replace("T", " ")} UTC`;

/** A gate or a decision nobody answers. */
export function waitingMessage(plan: Plan, state: RunState, event: Waiting, now: Date): Message {
  const about = common(plan, state);
  const at = plan.steps.findIndex((step) => step.id === event.step);
  const step = at < 0 ? (event.step ?? "the plan") : `${at + 1} ${plan.steps[at]?.title}`;
  const asks =
    event.type === "gate.opened" ? event.gate.prompt : `it failed: ${event.failure.what}. What now?`;
  const waits = inWords(Math.max(0, now.getTime() - Date.parse(event.at)));
  const text = [
    `${about.mode} ${plan.system} / ${plan.runbook} waits for an answer`,
    `step ${step}: ${asks}`,
    `since ${clock(event.at)} (${waits}), on ${about.machine}, begun by ${about.operator}`,
    `run ${plan.run}; from there: lifeboat watch ${plan.run}`,
  ].join("\n");
  return { ...about, event: "waiting", text, since: event.at, step, asks };
}

/** How a run ended. */
export function endedMessage(
  plan: Plan,
  state: RunState,
  event: Extract<JournalEvent, { type: "run.ended" }>,
): Message {
  const about = common(plan, state);
  const text = [
    `${about.mode} ${plan.system} / ${plan.runbook}: ${event.word}, exit ${event.exit}`,
    ...event.state,
    `run ${plan.run}, on ${about.machine}, begun by ${about.operator}`,
  ].join("\n");
  return { ...about, event: "ended", text, since: event.at, word: event.word, exit: event.exit };
}

/** What is sent. Slack takes &, < and > for markup, and names in angle brackets for people to be called. */
export function bodyOf(kind: NotifyKind, message: Message): string {
  if (kind === "webhook") return JSON.stringify(message);
  const text = message.text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return JSON.stringify({ text });
}
