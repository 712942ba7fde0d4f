import { inWords } from "../base/duration.ts";
import { LifeboatError, messageOf } from "../base/errors.ts";
import type { CheckResult } from "../step/check.ts";
import type { LaunchResult } from "../hosts/launcher.ts";
import { hintFor } from "./hints.ts";
import type { StopReason } from "./watchdog.ts";

/** Why a step failed, as the journal keeps it. */
export interface Failure {
  what: string;
  why?: string;
  next?: string;
}

const LINES = 6;

/** Of clickhouse-client: "14. clickhouse-client(+0x1dc41) [0x562eacebfc41]", newer "3. main @ 0x0c61ff37 in /usr/bin/…". */
const FRAME = /^\s*\d+\. .*(?:\[0x[\da-f]+\]|@ 0x[\da-f]+\b.*)$|^Stack trace.*:$/i;

/** The last lines that say something; psql and pg_restore put the reason there. A stack says nothing to an operator. */
export function lastWords(text: string): string {
  const lines = text
    .trim()
    .split("\n")
    .filter((line) => !FRAME.test(line));
  return lines.slice(-LINES).join("\n").trim();
}

export function failureOfCommand(
  program: string,
  result: LaunchResult,
  token: string | undefined,
  kinds: readonly string[],
): Failure {
  // Of a far end nobody heard the end of, an exit code would be the transport's.
  if (result.transport) return failureOfTransport(result.transport);
  const said = lastWords(result.stderr);
  const hint = hintFor(result.stderr, kinds);
  const ended =
    result.exit === undefined ? `was ended by ${result.signal ?? "a signal"}` : `exit ${result.exit}`;
  const what =
    result.exit === 0
      ? `${program} ended without an error, but never said that it was done${token === undefined ? "" : ": its input was cut off or it stopped early"}`
      : `${program}: ${ended}`;
  const why = [said, hint ? `likely: ${hint.likely}` : ""].filter((part) => part !== "").join("\n");
  return { what, ...(why === "" ? {} : { why }), ...(hint ? { next: hint.next } : {}) };
}

export function failureOfTransport({ what, why, next }: NonNullable<LaunchResult["transport"]>): Failure {
  return { what, ...(why === undefined ? {} : { why }), next };
}

export function failureOfStop(program: string, reason: StopReason): Failure {
  if (reason.kind === "interrupted") return { what: `${program} was stopped by the operator` };
  const limit = inWords(reason.limitMs);
  if (reason.kind === "timeout")
    return {
      what: `${program} took longer than ${limit} and was ended`,
      next: "set a longer timeout on the step, or find out what it waits for",
    };
  return {
    what: `${program} printed nothing for ${limit} and was ended`,
    next: "set a longer silence limit on the step, or find out what it waits for",
  };
}

/** A program that could not be started, output that could not be written. A lost journal is thrown on: nothing may follow. */
export function failureOfThrown(error: unknown): Failure {
  if (!(error instanceof LifeboatError)) return { what: messageOf(error) };
  const { what, why, next, changed } = error.facts;
  if (changed !== undefined) throw error;
  return { what, ...(why ? { why } : {}), ...(next ? { next } : {}) };
}

export function failureOfChecks(failed: CheckResult[]): Failure {
  const [first] = failed;
  const what =
    failed.length === 1
      ? `check failed: ${first?.name}`
      : `${failed.length} checks failed: ${failed
          .map((f) => f.name)
          .slice(0, 3)
          .join("; ")}${failed.length > 3 ? " …" : ""}`;
  const why = failed.flatMap((f) =>
    f.why ? [f.why] : f.expected ? [`${f.name}: expected ${f.expected}, found ${f.found ?? "nothing"}`] : [],
  );
  const next = [...new Set(failed.flatMap((f) => (f.fix ? [f.fix] : [])))];
  return {
    what,
    ...(why.length > 0 ? { why: why.slice(0, LINES).join("\n") } : {}),
    ...(next.length > 0 ? { next: next.slice(0, 3).join("\n") } : {}),
  };
}
