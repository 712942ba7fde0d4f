import { shellWord } from "../../base/quote.ts";
import type { Check } from "../../step/check.ts";
import type { Command } from "../../step/command.ts";
import type { Step } from "../../step/step.ts";
import { needsCheck } from "./needs-check.ts";
import { part } from "../part.ts";
import { type RestoreContext, type RestoreSource } from "./restore-context.ts";

const local = (argv: string[]): Command => ({ argv, env: {}, secrets: {} });

function byHand(source: RestoreSource): string[] {
  const path = shellWord(source.path);
  if (source.format.payload !== "plain") return [`sha256sum ${path}`];
  const unwrap = { none: "cat", gzip: "gunzip -c", zstd: "zstd -dc" }[source.format.wrapper];
  return [
    `sha256sum ${path}`,
    `${unwrap} < ${path} | tail -c 300`,
    `${unwrap} < ${path} | grep -n '^\\\\[^.N]'`,
  ];
}

/**
 * pg_restore reads and decompresses every member and writes nowhere: --list alone passes an archive cut to 20 %.
 * A tar archive that ends inside a member makes pg_restore 15 read for ever, or believe the part that is there: tar
 * itself has to reach the end first (measured), through a pipe: where it can seek its message is of no help.
 */
function readArchive({ format, path }: RestoreSource): Command {
  const file = shellWord(path);
  if (format.payload === "tar")
    return local(["sh", "-c", `cat ${file} | tar -tf - > /dev/null && pg_restore -f /dev/null ${file}`]);
  if (format.wrapper === "none") return local(["pg_restore", "-f", "/dev/null", path]);
  const unwrap = format.wrapper === "gzip" ? "gunzip -c" : "zstd -dcq";
  return local(["sh", "-c", `${unwrap} < ${file} | pg_restore -f /dev/null`]);
}

const looked = ({ bytes, modifiedMs }: RestoreSource) => ({ bytes, modifiedMs });

/** Behind the load: what was loaded is still the file that was judged before it. */
export function unchangedCheck({ source }: RestoreContext): Check {
  return {
    title: "the backup is still the one that was looked at",
    source: { inspect: "artifact", path: source.path, byHand: [`ls -l ${shellWord(source.path)}`] },
    judge: "artifact",
    args: { chosen: looked(source), read: false },
    onError: "fail",
  };
}

/**
 * Whether every member of an archive is read beforehand. When the manifest's sha256 agrees the archive is, byte for byte,
 * the one that was read back when it was made; and with strategy swap the load itself reads every member, into a copy
 * nobody uses. Where something is destroyed first, it is read all the same.
 */
function readsArchive({ source, strategy }: RestoreContext): boolean {
  return source.format.payload !== "plain" && (source.manifest === undefined || strategy === "replace");
}

export function artifactStep(context: RestoreContext): Step {
  const { source } = context;
  const whole: Check = {
    title: "the artifact is whole",
    source: { inspect: "artifact", path: source.path, byHand: byHand(source) },
    judge: "artifact",
    args: { sha256: source.manifest?.artifact.sha256 ?? null, chosen: looked(source) },
    onError: "fail",
  };
  const archive: Check = {
    title: `every member of ${source.path} can be read`,
    source: readArchive(source),
    judge: "postgres.archive",
    args: { path: source.path },
    onError: "fail",
  };
  return part(context, "artifact", ["preflight"], {
    title: "Backup is good",
    why: "reads the whole backup before anything depends on it",
    effect: "reads",
    checks: [
      whole,
      ...(readsArchive(context) ? [archive] : []),
      ...(source.manifest ? [] : [needsCheck(context)]),
    ],
    failsAs: "preflight",
  });
}
