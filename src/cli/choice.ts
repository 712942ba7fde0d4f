import { shellLine } from "../base/quote.ts";
import type { Mode, Strategy } from "../step/mode.ts";

/** What somebody wants to be planned. */
export interface Choice {
  system: string;
  runbook: string;
  mode: Mode;
  backup: string;
  strategy?: Strategy | undefined;
  skipSafetyCopy?: string | undefined;
  /** Optional steps of the runbook that are left out, and why. */
  leaveOut?: ReadonlyMap<string, string> | undefined;
  /** The run that has brought the servers up: its steps are not planned again. */
  continues?: string | undefined;
  /** Nobody is going to run it: what cannot be asked is planned as far as it is known. */
  onlyLook?: boolean | undefined;
  /** Why the lock of a living run is taken over. */
  takeOver?: string | undefined;
}

/** The command that plans and runs the rest, once `run` has brought the servers up. */
export function restCommand(choice: Choice, run: string): string {
  const {
    system,
    runbook,
    backup,
    strategy,
    skipSafetyCopy,
    takeOver,
    leaveOut = new Map<string, string>(),
  } = choice;
  const because = skipSafetyCopy ?? takeOver ?? [...leaveOut.values()][0];
  return shellLine([
    "lifeboat",
    "run",
    system,
    runbook,
    "--live",
    ...(backup === "latest" ? [] : ["--backup", backup]),
    ...(strategy === undefined ? [] : ["--strategy", strategy]),
    ...(skipSafetyCopy === undefined ? [] : ["--skip-safety-copy"]),
    ...(takeOver === undefined ? [] : ["--take-over"]),
    ...[...leaveOut.keys()].flatMap((step) => ["--leave-out", step]),
    ...(because === undefined ? [] : ["--because", because]),
    "--continues",
    run,
  ]);
}
