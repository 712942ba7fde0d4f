import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import { shellLine } from "../base/quote.ts";
import type { Command } from "../step/command.ts";
import type { Effect } from "../step/step.ts";
import { createCarrier, type TransportFailure } from "./carry.ts";
import { childEnv, type ChildEnvConfig } from "./child-env.ts";
import { type ChildOptions, type ChildResult, NOT_BEGUN, NotStarted, runChild } from "./child.ts";

export interface LaunchOptions extends Pick<ChildOptions, "signal" | "onChunk" | "keepBytes" | "onPid"> {
  effect: Effect;
}

export interface LaunchResult extends ChildResult {
  /** The way to its host failed, so that its own end is not known; `exit` says nothing then. */
  transport?: TransportFailure;
}

export type Launch = (command: Command, options: LaunchOptions) => Promise<LaunchResult>;

export interface LauncherConfig extends ChildEnvConfig {
  /** `reads` refuses to start anything that could change something: this is what keeps a dry run honest. */
  allow: "reads" | "everything";
  graceMs?: number;
}

const GRACE_MS = 5_000;
/** The one place where programs are started. */
export function createLauncher(config: LauncherConfig): Launch {
  const graceMs = config.graceMs ?? GRACE_MS;
  const carry = createCarrier(config, graceMs);
  return async (command, options) => {
    refuseIfDry(config, command, options.effect);
    // Stopped in the moment before: not even begun is better than ended at once.
    if (options.signal?.aborted) return NOT_BEGUN;
    const { argv, cwd, stdin } = command;
    try {
      if ((command.on ?? []).length > 0) return await carry(command, options);
      return await runChild({ argv, cwd, env: childEnv(config, command), input: stdin, graceMs }, options);
    } catch (error) {
      throw error instanceof NotStarted ? notStarted(command, error) : error;
    }
  };
}

function refuseIfDry(config: LauncherConfig, command: Command, effect: Effect): void {
  if (config.allow === "everything" || effect === "reads") return;
  throw new LifeboatError(EXIT.bug, {
    what: "a dry run tried to start a command that changes something",
    where: shellLine(command.argv),
    next: "report this: the plan marks the step wrongly",
  });
}

function notStarted(command: Command, { program, message }: NotStarted): LifeboatError {
  return new LifeboatError(EXIT.failed, {
    what: `${program} could not be started`,
    where: shellLine(command.argv),
    why: message.includes("ENOENT") ? "the program (or its working folder) does not exist" : message,
    next: "install it or correct the PATH, then run again",
  });
}
