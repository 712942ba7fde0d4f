import { shellLine } from "../../base/quote.ts";
import type { Command } from "../../step/command.ts";

/** Asks a question on the way, where docker or kubectl runs. Resolves with its stdout; rejects when it failed. */
export type AskOnTheWay = (command: Command) => Promise<string>;

/** A hop whose container or pod was looked up: what the command line that leads over it is made from. */
export type Located =
  | { via: "ssh"; ssh: readonly string[] }
  | { via: "docker"; docker: readonly string[]; container: string; user?: string | undefined }
  | { via: "kubernetes"; kubectl: readonly string[]; pod: string; container: string | undefined }
  | { via: "sudo"; user: string };

/** The argv that runs `inner` over one hop. No terminal is ever asked for: it would alter the bytes. */
function over(hop: Located, inner: readonly string[]): string[] {
  switch (hop.via) {
    case "ssh":
      // The login shell there reads this line, whichever it is: one pair of quotes, no newline, nothing it could expand.
      return [...hop.ssh, shellLine(inner)];
    case "docker":
      return [
        ...hop.docker,
        "exec",
        "-i",
        ...(hop.user === undefined ? [] : ["--user", hop.user]),
        hop.container,
        ...inner,
      ];
    case "kubernetes":
      return [
        ...hop.kubectl,
        "exec",
        "-i",
        hop.pod,
        ...(hop.container === undefined ? [] : ["-c", hop.container]),
        "--",
        ...inner,
      ];
    case "sudo":
      return ["sudo", "-n", "-H", "-u", hop.user, "--", ...inner];
  }
}

/** The argv to start on this machine so that `inner` runs at the end of the way; hops outermost first. */
export function argvOver(hops: readonly Located[], inner: readonly string[]): string[] {
  return hops.reduceRight((words, hop) => over(hop, words), [...inner]);
}
