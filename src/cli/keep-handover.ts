import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunContext } from "../engine/run-context.ts";
import { handoverText } from "../report/handover.ts";

const EVERY_MS = 100;
const BOUNDARIES = new Set([
  "run.opened",
  "gate.opened",
  "decision.opened",
  "step.started",
  "step.ended",
  "run.ended",
]);

/** handover.md at every step boundary; many short steps in a row share one writing. */
export function keepHandover(context: RunContext): void {
  const path = join(context.folder, "handover.md");
  let timer: NodeJS.Timeout | undefined;
  let written = Number.NEGATIVE_INFINITY;
  const write = (): void => {
    clearTimeout(timer);
    timer = undefined;
    written = context.clock.mono();
    tryWrite(path, handoverText({ plan: context.plan, state: context.feed.snapshot().state }));
  };
  context.feed.onEvent((event) => {
    if (!BOUNDARIES.has(event.type)) return;
    if (event.type === "run.ended" || context.clock.mono() - written > EVERY_MS) write();
    else timer ??= setTimeout(write, EVERY_MS);
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
