import type { Plan } from "../plan/plan-schema.ts";
import type { Hint } from "../stores/hint.ts";
import { hintsOf } from "../stores/registry.ts";
import type { Step } from "../step/step.ts";

/** What programs of no kind in particular say, and what it means. First match wins; those of the store's kind come before. */
const HINTS: readonly Hint[] = [
  {
    says: /^(\S+) could not be started: the program/m,
    likely: "$1 is not installed, or not on the PATH",
    next: "install it, or correct the PATH",
  },
  {
    // A run's folder at a far end goes with its container, or with a clean-up of /tmp.
    says: /\/lifeboat-\d{8}T\d{6}-[^\n]*No such file or directory/,
    likely: "what this run had put there is gone: the container was made anew, or the folder was cleared",
    next: "undo this run, then start a new one, which sends it again: a resume would look for it in vain",
  },
  {
    says: /[Cc]onnection refused|could not connect|No such file or directory\s+Is the server running/,
    likely: "no server listens there, or it was stopped",
    next: "start the server, or correct server and port",
  },
  {
    says: /timeout expired|timed out/,
    likely: "the server's address does not answer (firewall, wrong host?)",
    next: "check address, port and firewall",
  },
  {
    says: /no such service: (\S+)/i,
    likely: "the compose file has no service $1",
    next: "look which it has (docker compose config --services), then correct service in system.yaml",
  },
  { says: /No space left on device/, likely: "a disk is full", next: "free space there, then run again" },
  {
    says: /could not read from input file: end of file|input file is too short|could not find header for file|Unexpected EOF in archive|Truncated input file|unexpected end of file/i,
    likely: "the archive was cut off: its end is missing",
    next: "copy it again from where it was made, or choose another backup",
  },
  {
    says: /(?:relation|column|type|constraint|index) "([^"]+)"[^\n]* already exists/,
    likely:
      '"$1" was made before: by hand, by an attempt that was interrupted, or before the backup was taken',
    next: "look whether the rest of the step was done as well; then skip it, or go on with an edited command",
  },
  {
    says: /permission denied/i,
    likely: "the role or account may not do this",
    next: "grant what the message names, or connect as a role that may",
  },
];

/**
 * The likely cause of a message and the next step; undefined when nothing is known. `kinds` are those of the stores it may
 * be about: "No space left" of one server is not the disk of another.
 */
export function hintFor(
  message: string,
  kinds: readonly string[],
): { likely: string; next: string } | undefined {
  for (const { says, likely, next } of [...hintsOf(kinds), ...HINTS]) {
    const match = says.exec(message);
    if (!match) continue;
    // A function: in a replacement text a role named $& would be more than a name.
    const filled = (text: string): string => text.replaceAll("$1", () => match[1] ?? "");
    return { likely: filled(likely), next: filled(next) };
  }
  return undefined;
}

/** Kinds of the stores that a step may speak of: its own, or, for a command of the runbook, all of the plan. */
export function kindsOf(plan: Plan, step: Step): string[] {
  const own = plan.targets.filter(({ store }) => step.store === undefined || store === step.store);
  return [...new Set(own.map(({ kind }) => kind))];
}
