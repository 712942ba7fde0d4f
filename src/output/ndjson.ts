import type { RunFeed } from "../journal/feed.ts";
import { beats, everyHeartbeat } from "./heartbeat.ts";

/** Anything text can be written to. */
export interface TextSink {
  write(text: string): unknown;
}

/**
 * The run as newline-delimited JSON: every journal event exactly as the journal holds it. While something runs there is
 * a `{"type":"heartbeat"}` every 30 s, while a step waits a `{"type":"waiting"}` for each new answer; neither is in the
 * journal, so they have no seq. Returns the function that stops it.
 */
export function presentNdjson(feed: RunFeed, sink: TextSink, now: () => Date): () => void {
  const write = (value: object): unknown => sink.write(`${JSON.stringify(value)}\n`);
  const stopEvents = feed.onEvent(write);
  const stopWaiting = feed.onWaiting((waiting) => write({ ...waiting, at: now().toISOString() }));
  const stopBeats = everyHeartbeat(() => {
    const at = now();
    for (const beat of beats(feed.snapshot(), at))
      write({ type: "heartbeat", at: at.toISOString(), ...beat });
  });
  return () => {
    stopEvents();
    stopWaiting();
    stopBeats();
  };
}
