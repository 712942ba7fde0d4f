import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunContext } from "../engine/run-context.ts";
import type { JournalEvent } from "../journal/events.ts";
import type { RunState } from "../journal/run-state.ts";
import { handoverText } from "../report/handover.ts";
import { rememberSteps } from "../report/handover-step.ts";

const EVERY_MS = 100;
const AT_ONCE = new Set<JournalEvent["type"]>([
  "run.opened",
  "gate.opened",
  "decision.opened",
  "decision.made",
  "run.ended",
]);
const SOON = new Set<JournalEvent["type"]>([
  "step.started",
  "step.ended",
  "command.spawned",
  "command.ended",
  "gate.answered",
  "deviation",
  "note",
]);

/** A person must never read that something is left which has been begun since: what changes something is written first. */
function isUrgent(event: JournalEvent, state: RunState): boolean {
  if (AT_ONCE.has(event.type)) return true;
  if (event.type !== "step.started") return false;
  return state.steps.get(event.step)?.effect !== "reads";
}

/** handover.md at every step boundary; steps in a row that only read share one writing. */
export function keepHandover(context: RunContext): void {
  const path = join(context.folder, "handover.md");
  const stepText = rememberSteps();
  let timer: NodeJS.Timeout | undefined;
  const write = (): void => {
    clearTimeout(timer);
    timer = undefined;
    tryWrite(path, handoverText({ plan: context.plan, state: context.feed.snapshot().state, stepText }));
  };
  context.feed.onEvent((event) => {
    if (isUrgent(event, context.feed.snapshot().state)) write();
    else if (SOON.has(event.type)) timer ??= setTimeout(write, EVERY_MS).unref();
  });
}

/** Renamed into place: a half-written handover is worse than the one before. */
function tryWrite(path: string, text: string): void {
  try {
    writeFileSync(`${path}.new`, text, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch {
    // A full disk must not stop a recovery; the journal, which must be written, says so itself.
  }
}
