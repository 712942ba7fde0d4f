import type { Check } from "../../step/check.ts";
import type { Command } from "../../step/command.ts";
import type { Gate, Step } from "../../step/step.ts";
import { liveOnly, part } from "../part.ts";
import { AS_BEFORE } from "./open-scripts.ts";
import type { RestoreContext } from "./restore-context.ts";

const MINUTE = 60_000;
/** A large server is stopped, started and compared in this time. */
export const SWAP_LIMITS = { timeoutMs: 120 * MINUTE, silenceMs: 60 * MINUTE };

/** What is its own of each way to put the proven data in place. */
export interface Swap extends Pick<Step, "gist" | "title" | "why" | "commands" | "checks"> {
  gate: Gate;
  probe: Command;
  /** Where `kept` lies, after its path: " of container cache"; "" on the server's machine. */
  where: string;
  undo: { says: string; commands: Command[] };
  cleanUp: Command;
}

/** The proven data in place of the server's own, behind a gate; what was there is kept until it is cleaned up. */
export function swapPart(context: RestoreContext, swap: Swap): Step {
  const { kept, target, mode } = context;
  const { gate, where, undo, cleanUp, ...own } = swap;
  return part(context, "swap", ["verify"], {
    ...own,
    effect: "reversible",
    ...liveOnly(context),
    touchesLive: true,
    ...(mode === "live" ? { gate } : {}),
    after: `${target} holds the backup and takes no writes yet; the data from before is kept in ${kept}${where}`,
    undo: {
      says: `${undo.says}; what was written to ${target} since is lost`,
      commands: undo.commands,
      until: `${kept} is removed`,
      onFailure: true,
    },
    cleanup: {
      says: `removes ${kept}${where}, the data from before this restore; the swap can then not be undone`,
      commands: [cleanUp],
      expect: kept,
      onFailure: false,
    },
    ...SWAP_LIMITS,
  });
}

/** What is its own of each way to let writes in again. */
export interface Opening extends Pick<Step, "gist" | "title" | "why" | "commands"> {
  probe: Command;
  where: string;
  /** Prints AS_BEFORE when append-only file and writes are as they were. */
  asks: Check["source"];
}

/** Writes, when all is proven. */
export function openPart(context: RestoreContext, { where, asks, ...own }: Opening): Step {
  const { target, kept, step } = context;
  return part(context, "open", ["swap"], {
    ...own,
    effect: "reversible",
    ...liveOnly(context),
    touchesLive: true,
    outdates: [`${step.id}.swap`],
    after: `${target} holds the backup; the data from before is kept in ${kept}${where}`,
    checks: [
      {
        title: "it is set as it was",
        source: asks,
        judge: "expectation",
        args: { name: "append-only file and writes are as before", expect: { equals: AS_BEFORE } },
        onError: "fail",
      },
    ],
    ...SWAP_LIMITS,
  });
}
