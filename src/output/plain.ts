import { clean, cleanLines } from "../base/clean.ts";
import type { JournalEvent } from "../journal/events.ts";
import type { RunFeed } from "../journal/feed.ts";
import { resultRows, type ResultPlaces } from "../journal/result-rows.ts";
import type { RunState } from "../journal/run-state.ts";
import type { Plan } from "../plan/plan-schema.ts";
import { MODE_WORD } from "../step/mode.ts";
import { beats, everyHeartbeat } from "./heartbeat.ts";
import type { TextSink } from "./ndjson.ts";
import { beatLine, plainLines, waitingLine } from "./plain-lines.ts";

/**
 * The run as plain lines, for pipes, CI and TERM=dumb: no escape codes, nothing rewritten. While something runs there
 * is a heartbeat every 30 s, so that a watchdog does not take a long restore for a hang. Returns the function that stops it.
 */
export function presentPlain(feed: RunFeed, plan: Plan, sink: TextSink, now: () => Date): () => void {
  const write = (lines: readonly string[]): void => {
    for (const line of lines) sink.write(`${line}\n`);
  };
  const stopEvents = feed.onEvent((event) => write(plainLines(event, plan, tailOf(feed, event))));
  const stopWaiting = feed.onWaiting((waiting) => write([waitingLine(waiting, plan, now())]));
  const stopBeats = everyHeartbeat(() => {
    const at = now();
    write(beats(feed.snapshot(), at).map((beat) => beatLine(beat, plan, at)));
  });
  return () => {
    stopEvents();
    stopWaiting();
    stopBeats();
  };
}

function tailOf(feed: RunFeed, event: JournalEvent) {
  return event.type === "step.ended" ? feed.snapshot().tails.get(event.step) : undefined;
}

/** The block a run ends with: result word, objectives, checks, what is where, where the report is. */
export function resultText(state: RunState, plan: Plan, places: ResultPlaces): string[] {
  const rows = resultRows(state, plan, places);
  const word = state.ended?.word ?? "NOT FINISHED";
  return [
    "",
    `${MODE_WORD[plan.mode]}  ${plan.system} / ${plan.runbook}  ${clean(word)}`,
    ...rows.flatMap((row) =>
      cleanLines(row.text).map((line, at) => `${(at === 0 ? row.label : "").padEnd(11)}  ${line}`),
    ),
  ];
}
