import { type Hop, wayWords } from "../step/hop.ts";
import type { ChildResult } from "./child.ts";
import type { MarkReader } from "./mark-reader.ts";

/** Why nobody knows how a far command ended. */
export interface TransportFailure {
  what: string;
  why?: string;
  next: string;
  /** Whether the command was begun there: "no" means that nothing was changed. */
  begun: "no" | "yes" | "unknown";
}

/** What carriers say when they did not get as far as starting anything. */
const NOT_EVEN_THERE = [
  /No such container|is not running|is paused|Cannot connect to the Docker daemon|permission denied while trying to connect/i,
  /^ssh: |Permission denied \(|Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED|Connection (?:timed out|refused)|kex_exchange_identification/im,
  /pods? ".*" not found|namespaces? ".*" not found|Error from server|Unable to connect to the server|context ".*" does not exist|error dialing backend/i,
  /OCI runtime exec failed|executable file not found|unable to find user|sudo: .*(?:password is required|not allowed|unknown user)/i,
];

/** What the carrier's own end means when the end line is missing. */
export function transportFailure(
  hops: readonly Hop[],
  marks: MarkReader,
  result: ChildResult,
): TransportFailure | undefined {
  const where = wayWords(hops);
  const said = [result.stderr.trim(), marks.begun ? "" : marks.noise]
    .filter((words) => words !== "")
    .join("\n");
  const why = said === "" ? {} : { why: said.split("\n").slice(-6).join("\n") };
  if (marks.altered)
    return {
      what: `carriage returns are added to everything that comes from ${where}`,
      ...why,
      next: "something on the way opens a terminal (RequestTTY, a tty in a wrapper): take that away, then try again",
      begun: "yes",
    };
  if (marks.exit !== undefined) return undefined;
  if (marks.begun)
    return {
      what: `the connection to ${where} was lost while the command ran`,
      ...why,
      next: "what it had done by then is not known: look, or let the probe look, before it is run again",
      begun: "yes",
    };
  const isClear = NOT_EVEN_THERE.some((pattern) => pattern.test(said));
  return {
    what: isClear ? `${where} cannot be reached` : `${where} never said that the command was begun`,
    ...why,
    next: nextFor(said, hops),
    begun: isClear ? "no" : "unknown",
  };
}

/**
 * Whether sshd had too many logins at once and dropped this one before a word was said (MaxStartups, by default from 10 on at
 * random): it happens to commands that find no room on the kept connection (MaxSessions), and another try is due.
 */
export function isTurnedAway({ begun, why = "" }: TransportFailure): boolean {
  return (
    begun === "no" && /kex_exchange_identification: (?:Connection closed|read: Connection reset)/.test(why)
  );
}

const NEXT: readonly [RegExp, string][] = [
  [
    /Host key verification failed|IDENTIFICATION HAS CHANGED/i,
    "the machine is not the one that was known: find out why its host key differs before you accept it (ssh-keygen -R NAME, then log in once by hand)",
  ],
  [
    /Permission denied \(/i,
    "log in once by hand with the same name and key: ssh has to get in without asking for a password",
  ],
  [/sudo: .*password/i, "sudo there has to work without a password: give the user NOPASSWD for it"],
  [/No such container/i, "look which containers there are: docker ps -a"],
  [/is paused/i, "find out who paused the container, then let it go on: docker unpause"],
  [/is not running/i, "start the container, and look in its log why it stands still"],
  [
    /Cannot connect to the Docker daemon/i,
    "is the engine running, and is it the right one (engine, context in system.yaml; DOCKER_HOST)?",
  ],
  [/permission denied/i, "this user may not talk to the engine: join its group, or be another user"],
  [/context ".*" does not exist/i, "look which contexts there are: kubectl config get-contexts"],
  [/Forbidden|forbidden/, "this account may not run programs in pods: ask for the right pods/exec"],
  [/unable to find user/i, 'that container does not know this user: correct "as" of the host in system.yaml'],
  [
    /executable file not found|OCI runtime exec failed/i,
    "there is no sh in that container: nothing can be run in it; use a published port and a client of this machine",
  ],
];

/** What to do about words of a carrier that are known. */
export function knownNext(said: string): string | undefined {
  return NEXT.find(([pattern]) => pattern.test(said))?.[1];
}

function nextFor(said: string, hops: readonly Hop[]): string {
  return knownNext(said) ?? `try by hand whether ${wayWords(hops)} can be reached, then run again`;
}
