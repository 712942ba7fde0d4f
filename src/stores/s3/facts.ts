import { z } from "zod";
import { shellWord } from "../../base/quote.ts";
import type { S3Connection } from "../../runbook/store-kinds/s3.ts";
import type { Command } from "../../step/command.ts";
import type { Identity } from "../../step/identity.ts";
import { listing, script, type Tooling } from "./script.ts";

const factsSchema = z.object({
  server: z.string(),
  bucket: z.string(),
  /** When the bucket was made, as the program tells it; "absent", or "" when these keys may not list buckets. */
  created: z.string(),
  tool: z.string(),
});
export type S3Facts = z.infer<typeof factsSchema>;

export const factsIn = (facts: unknown): S3Facts | undefined =>
  facts === undefined ? undefined : factsSchema.parse(facts);

/** Lines "server …", "bucket …", "created …", "tool …". */
export function askFacts(tooling: Tooling, connection: S3Connection, bucket: string): Command {
  const { tool } = tooling;
  const place = { remote: connection.remote, bucket, prefix: connection.prefix };
  return script({ ...tooling, remotes: [connection.remote] }, [
    `echo ${shellWord(`server ${connection.address}`)}`,
    `echo ${shellWord(`bucket ${bucket}`)}`,
    `echo ${shellWord(`tool ${tool.name}`)}`,
    // In braces: for some programs these are several commands, and any may be the one that is refused.
    `if { ${tool.buckets(connection.remote, '"$T/buckets"')}; } 2> "$T/trouble"; then`,
    `awk -F "$TAB" -v bucket=${shellWord(bucket)} '$1 == bucket { there = $2 } END { print "created " (there == "" ? "absent" : there) }' "$T/buckets"`,
    // Keys that may use one bucket may not always list all of them.
    `elif grep -qi 'AccessDenied\\|access denied\\|forbidden' "$T/trouble"; then`,
    ...listing(tooling, place, '"$T/objects"'),
    "echo 'created '",
    'else cat "$T/trouble" >&2; exit 1; fi',
  ]);
}

export function parseFacts(stdout: string): S3Facts {
  const said = stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line): [string, string] => {
      const space = line.indexOf(" ");
      return [line.slice(0, space), line.slice(space + 1)];
    });
  return factsSchema.parse(Object.fromEntries(said));
}

export const identityOf = ({ server, bucket, created }: S3Facts): Identity => ({ server, bucket, created });

export function describeFacts({ created, tool }: S3Facts): string {
  if (created === "absent") return `the bucket does not exist (asked with ${tool})`;
  return created === "" ? `asked with ${tool}` : `bucket made ${created}, asked with ${tool}`;
}

export const isAbsent = (facts: S3Facts | undefined): boolean => facts?.created === "absent";

export const simulatedFacts = (bucket: string): S3Facts => ({
  server: "simulated",
  bucket,
  created: "2026-01-01T00:00:00Z",
  tool: "simulated",
});
