import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import { shellLine } from "../base/quote.ts";
import type { Launch, LaunchResult } from "../hosts/launcher.ts";
import type { Command } from "../step/command.ts";

/** A command of the practice from its parts. */
export function command(argv: string[], more: Partial<Omit<Command, "argv">> = {}): Command {
  return { argv, env: {}, secrets: {}, ...more };
}

/** Runs a command that has to end with 0. Throws exit 20 with its last words; `what` says what it was for. */
export async function must(
  launch: Launch,
  what: string,
  run: Command,
  signal?: AbortSignal,
): Promise<LaunchResult> {
  const ran = await launch(run, { effect: "irreversible", signal });
  if (ran.exit === 0) return ran;
  const interrupted = signal?.aborted === true;
  throw new LifeboatError(interrupted ? EXIT.interrupted : EXIT.failed, {
    what: interrupted ? "interrupted while the practice was being prepared" : `${what} did not work`,
    where: shellLine(run.argv),
    why: ran.stderr.trim() || (ran.signal === undefined ? `exit ${ran.exit}` : `ended by ${ran.signal}`),
    changed: "only the practice estate, which is thrown away",
    next: "run the practice again",
  });
}
