import { clean, cleanLines } from "../base/clean.ts";
import { errorLines, LifeboatError, messageOf } from "../base/errors.ts";

/**
 * What is printed for anything thrown, a line each and without escape codes: an expected failure as what, where, why,
 * changed, next; everything else as a bug, with its stack, because then the stack is what helps.
 */
export function errorText(error: unknown): string[] {
  if (error instanceof LifeboatError)
    return errorLines(error).flatMap((fact, at) =>
      cleanLines(fact).map((line, more) =>
        more > 0 ? `    ${line}` : at === 0 ? `lifeboat: ${line}` : `  ${line}`,
      ),
    );
  const stack = error instanceof Error && error.stack !== undefined ? error.stack.split("\n").slice(1) : [];
  return [
    `lifeboat: this is a bug in Lifeboat: ${clean(messageOf(error))}`,
    ...stack.map((line) => `  ${clean(line.trim())}`),
    "  changed: what the run's journal says, if a run had begun",
    "  next: keep the run's folder, and go on by hand with its handover.md",
  ];
}
