import type { RunView } from "../journal/feed.ts";

export const HEARTBEAT_MS = 30_000;

/** A step that runs now: for how long, and how long since it last said something. All in ms. */
export interface Beat {
  step: string;
  ms: number;
  /** undefined while it has printed nothing. */
  silentMs: number | undefined;
  progress: string | undefined;
}

/** Pure: what a heartbeat reports at `now`; empty when nothing runs. */
export function beats(view: RunView, now: Date): Beat[] {
  return [...view.state.steps.values()]
    .filter((step) => step.state === "running")
    .map((step) => {
      const tail = view.tails.get(step.id);
      return {
        step: step.id,
        ms: step.startedAt === undefined ? 0 : Math.max(0, now.getTime() - Date.parse(step.startedAt)),
        silentMs: tail === undefined ? undefined : Math.max(0, now.getTime() - tail.lastAt),
        progress: view.progress.get(step.id)?.words,
      };
    });
}

/** Calls `beat` every 30 s until the returned function is called. Does not keep the process alive. */
export function everyHeartbeat(beat: () => void): () => void {
  const timer = setInterval(beat, HEARTBEAT_MS);
  timer.unref();
  return () => clearInterval(timer);
}
