import type { JournalEvent } from "../journal/events.ts";
import type { RunFeed } from "../journal/feed.ts";
import type { Plan } from "../plan/plan-schema.ts";
import { bodyOf, endedMessage, type Message, type NotifyKind, waitingMessage } from "./message.ts";

/** Where a call goes. The address is a secret: whoever has it can write there. */
export interface Receiver {
  kind: NotifyKind;
  url: string;
  /** How long a gate or decision may wait before somebody is called. */
  afterMs: number;
  /** Drills call only where this is wanted; dry runs never. */
  drills: boolean;
}

/** Sends one body; rejects with the reason. It ends by itself, or at once when the signal says so. */
export type Send = (url: string, body: string, signal: AbortSignal) => Promise<void>;

export interface CallOut {
  plan: Plan;
  feed: RunFeed;
  receivers: readonly Receiver[];
  send: Send;
  redact: (text: string) => string;
  now: () => Date;
  /** Told why somebody could not be called. */
  onFailure: (what: string) => void;
}

/** The end of a run must not wait long for a receiver that does not answer. */
const LAST_WORDS_MS = 3_000;

/**
 * Calls somebody when a gate or a decision has waited too long, once each, and when a live run ends. Presenter-like: it
 * hears the feed and never holds the run up. Returns what waits, for a moment, until the last calls are out.
 */
export function callOut(out: CallOut): () => Promise<void> {
  const { plan, feed } = out;
  const receivers = out.receivers.filter(
    (one) => plan.mode === "live" || (plan.mode === "drill" && one.drills),
  );
  if (receivers.length === 0) return async () => undefined;
  const waiting = new Map<string | null, NodeJS.Timeout[]>();
  const calls = new Set<Promise<void>>();
  const hangUp = new AbortController();
  const quiet = (step: string | null): void => {
    for (const timer of waiting.get(step) ?? []) clearTimeout(timer);
    waiting.delete(step);
  };
  const call = (receiver: Receiver, message: Message): void => {
    const body = bodyOf(receiver.kind, redacted(message, out.redact));
    const sent = out
      .send(receiver.url, body, hangUp.signal)
      .catch((error: unknown) => {
        if (!hangUp.signal.aborted) out.onFailure(failure(receiver, error));
      })
      .finally(() => calls.delete(sent));
    calls.add(sent);
  };
  const hear = (event: JournalEvent): void => {
    switch (event.type) {
      case "gate.opened":
      case "decision.opened":
        quiet(event.step);
        waiting.set(
          event.step,
          receivers.map((receiver) =>
            setTimeout(
              () => call(receiver, waitingMessage(plan, feed.snapshot().state, event, out.now())),
              receiver.afterMs,
            ).unref(),
          ),
        );
        break;
      case "gate.answered":
      case "decision.made":
        quiet(event.step);
        break;
      case "run.ended":
        for (const step of waiting.keys()) quiet(step);
        if (plan.mode === "live")
          for (const receiver of receivers) call(receiver, endedMessage(plan, feed.snapshot().state, event));
        break;
    }
  };
  feed.onEvent(hear);
  return () =>
    lastCalls(calls, () => {
      hangUp.abort();
      out.onFailure("that the run ended: the receiver did not answer in time");
    });
}

/** Every text of a message, before it is made into a body in which a secret might look different. */
function redacted(message: Message, redact: CallOut["redact"]): Message {
  const { text, asks, step } = message;
  return {
    ...message,
    text: redact(text),
    ...(asks === undefined ? {} : { asks: redact(asks) }),
    ...(step === undefined ? {} : { step: redact(step) }),
  };
}

async function lastCalls(calls: ReadonlySet<Promise<void>>, onLate: () => void): Promise<void> {
  if (calls.size === 0) return;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), LAST_WORDS_MS);
  });
  const over = await Promise.race([Promise.all(calls), late]);
  clearTimeout(timer);
  if (over === "late") onLate();
}

/** Without the address, and without what a foreign server says at length. */
function failure({ kind }: Receiver, error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  return `by ${kind}: ${why.slice(0, 200)}`;
}
