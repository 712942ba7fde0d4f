import { dirname } from "node:path";
import { shellWord } from "../../base/quote.ts";
import type { Check } from "../../step/check.ts";
import type { Step } from "../../step/step.ts";
import { part } from "../part.ts";
import { askFacts, isAbsent } from "./facts.ts";
import { presentLines, type S3Restore, wantedLines } from "./restore-context.ts";
import { comparison, listing, ODD, script } from "./script.ts";
import { urlOf } from "./tool.ts";

const local = (argv: string[]) => ({ argv, env: {}, secrets: {} });

/** What a restore would do to the live bucket, counted before anything is touched. */
function changesCheck(restore: S3Restore): Check {
  const { source, settings, mode, live } = restore;
  const title = `what the restore changes in ${live.bucket}`;
  if (source.form === "tar" && source.keys === undefined)
    return {
      title,
      source: local(["echo", "unknown"]),
      judge: "not-asked",
      args: {
        name: title,
        why: "an archive without a manifest is only known once it is unpacked; it is counted before the swap",
      },
      onError: "not checked",
    };
  return {
    title,
    source: script(restore.tooling, [
      ...wantedLines(restore, '"$T/wanted"'),
      ...presentLines(restore, live, '"$T/live"'),
      comparison('"$T/wanted"', '"$T/live"'),
      ...(restore.tooling.tool.name === "built-in"
        ? []
        : [`awk -F "$TAB" 'NF != 3 || ${ODD} { odd++ } END { print "! odd " odd + 0 }' "$T/live"`]),
    ]),
    judge: "s3.changes",
    args: {
      limit: settings["max-deletes"],
      extra: settings.extra,
      over: mode === "drill" ? "warning" : "fail",
    },
    onError: "fail",
  };
}

function toolCheck({ choice }: S3Restore): Check {
  const { tool, why, missing } = choice;
  const version = tool.name === "built-in" ? ["lifeboat", "--version"] : [tool.name, "--version"];
  return {
    title: "the program that does the work",
    source: local(missing === undefined ? version : ["echo", "not installed"]),
    judge: "s3.tool",
    args: { tool: tool.name, why, missing: missing ?? null },
    onError: "fail",
  };
}

/** The list is what everything goes by: it has to be the one that was written with the backup. */
function keysCheck({ source }: S3Restore): Check[] {
  if (source.keys === undefined || source.manifest === undefined) return [];
  return [
    {
      title: "the key list of the backup",
      source: local(["sha256sum", source.keys]),
      judge: "s3.digest",
      args: { sha256: source.manifest.keys.sha256, path: source.keys },
      onError: "fail",
    },
  ];
}

/** An archive is unpacked into the run's folder first. */
function diskCheck({ run, source }: S3Restore): Check[] {
  if (source.form !== "tar") return [];
  const needed = source.manifest?.bytes ?? source.bytes * (source.wrapper === "none" ? 1 : 3);
  return [
    {
      title: "free disk for unpacking",
      source: local(["df", "-Pk", dirname(run.dir)]),
      judge: "s3.disk",
      args: { needed: Math.ceil(needed * 1.1) },
      onError: "not checked",
    },
  ];
}

export function preflightStep(restore: S3Restore): Step {
  const { connection, tooling, live, facts } = restore;
  const answers: Check = {
    title: "the server answers",
    source: askFacts(tooling, connection, live.bucket),
    judge: "s3.preflight",
    args: { wasAbsent: isAbsent(facts) },
    onError: "fail",
  };
  return part(restore, "preflight", [], {
    title: "Preflight",
    why: "everything that can be known beforehand, at once; changes nothing",
    effect: "reads",
    // Without the program nothing else can be asked.
    checks:
      restore.choice.missing === undefined
        ? [toolCheck(restore), answers, ...diskCheck(restore), ...keysCheck(restore), changesCheck(restore)]
        : [toolCheck(restore)],
    failsAs: "preflight",
  });
}

const UNWRAP = { none: "cat", gzip: "gunzip -c", zstd: "zstd -dc" } as const;

function byHand({ source }: S3Restore): string[] {
  const path = shellWord(source.path);
  if (source.form === "tar")
    return [`sha256sum ${path}`, `${UNWRAP[source.wrapper]} < ${path} | tar -tf - | tail`];
  if (source.form === "bucket") return [`cat ${path}`];
  return [
    `cd ${path} && find -L . -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 sha256sum -- | sha256sum`,
  ];
}

/** The backup read in full; of one that is a bucket, its list against the list that was written with it. */
export function artifactStep(restore: S3Restore): Step {
  const { source, tooling } = restore;
  const { bytes, modifiedMs } = source;
  const whole: Check = {
    title: "the artifact is whole",
    source: { inspect: "artifact", path: source.path, byHand: byHand(restore) },
    judge: "artifact",
    args: { kind: "s3", sha256: source.manifest?.artifact.sha256 ?? null, chosen: { bytes, modifiedMs } },
    onError: "fail",
  };
  const bucket: Check[] =
    source.from === undefined
      ? []
      : [
          {
            title: `the objects of ${urlOf(source.from)}`,
            source: script(tooling, [
              ...listing(tooling, source.from, '"$T/found"'),
              ...(source.keys === undefined
                ? ['cp "$T/found" "$T/wanted"']
                : wantedLines(restore, '"$T/wanted"')),
              comparison('"$T/wanted"', '"$T/found"'),
            ]),
            judge: "s3.compare",
            args: { what: "the backup's bucket", wanted: "its key list", extra: "warning" },
            onError: "fail",
          },
        ];
  return part(restore, "artifact", ["preflight"], {
    title: "Backup is good",
    why: "looks at all of the backup before anything depends on it",
    effect: "reads",
    checks: [...(source.isFile ? [whole] : []), ...bucket],
    failsAs: "preflight",
  });
}
