import { messageOf } from "../base/errors.ts";
import { parseDuration } from "../base/duration.ts";
import { emit, type RunContext } from "../engine/run-context.ts";
import { callOut, type Receiver, type Send } from "../notify/call-out.ts";
import { notifyKey } from "../runbook/read-system.ts";
import type { System } from "../runbook/system-schema.ts";

const PATIENCE_MS = 10_000;

/** The receivers of a system that have an address. */
export function receiversOf(system: System, vault: ReadonlyMap<string, string>): Receiver[] {
  return system.notify.flatMap(({ kind, after, drills }, at) => {
    const url = vault.get(notifyKey(at));
    return url === undefined ? [] : [{ kind, url, afterMs: parseDuration(after) ?? 0, drills }];
  });
}

const post: Send = async (url, body, hungUp) => {
  let response: Response;
  try {
    response = await fetch(url, {
      method: "POST",
      body,
      headers: { "content-type": "application/json" },
      // An address that sends elsewhere is not the one the team wrote down.
      redirect: "manual",
      signal: AbortSignal.any([hungUp, AbortSignal.timeout(PATIENCE_MS)]),
    });
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : "";
    throw new Error(cause === "" ? messageOf(error) : cause, { cause: error });
  }
  await response.body?.cancel();
  if (!response.ok) throw new Error(`the receiver answered ${response.status}`);
};

/** Lets a run call somebody; a call that fails is a note in its journal and nothing more. */
export function callSomebody(context: RunContext, receivers: readonly Receiver[]): () => Promise<void> {
  const { plan, feed, redactor, clock } = context;
  return callOut({
    plan,
    feed,
    receivers,
    send: post,
    redact: redactor.text,
    now: clock.now,
    onFailure: (what) => {
      try {
        emit(context, { type: "note", by: "Lifeboat", text: `nobody could be called ${what}` });
      } catch {
        // The journal is closed or cannot be written: that is told elsewhere.
      }
    },
  });
}
