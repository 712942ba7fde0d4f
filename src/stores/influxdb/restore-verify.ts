import { join } from "node:path/posix";
import { shellLine, shellWord } from "../../base/quote.ts";
import type { Check } from "../../step/check.ts";
import type { Command } from "../../step/command.ts";
import type { Step } from "../../step/step.ts";
import { part } from "../part.ts";
import { ask, influx, script } from "./client.ts";
import { ident } from "./identifiers.ts";
import { queryCommand } from "./query-command.ts";
import { fromLine, type RestoreContext } from "./restore-context.ts";
import { policiesIn, shapeStatements } from "./shape.ts";
import { define, scratchLine } from "./shell.ts";
import { windowStatements } from "./windows.ts";

const MINUTE = 60_000;

/**
 * For scripts: the sums of the backup's shards as the artifact step found them while it read every byte; the load has proven that
 * the backup is still the same. Without that list (an archive that was not unpacked, or typed by hand) they are made here.
 */
function wantedLines(context: RestoreContext, isAlone: boolean): string[] {
  const { folders, source } = context;
  const unpacks = isAlone && source.isPacked;
  const unpacked = join(folders.scratch, "unpacked");
  return [
    `wanted=${shellWord(folders.shards)}; if [ ! -s "$wanted" ]; then wanted=$w/wanted`,
    ...(unpacks ? [`  mkdir "$w/unpacked"; tar -xf ${shellWord(source.path)} -C "$w/unpacked"`] : []),
    `  ${fromLine(unpacks ? { ...context, folders: { ...folders, unpacked } } : context)}`,
    `  sums "$from" > "$wanted"; fi`,
  ];
}

/**
 * For scripts: the sums of the shards' files as they lie on this machine's disk, where they do and may be read. What the
 * server has only in its write-ahead log is in no such file, and files that it is compacting vanish: then it is asked for
 * all of them.
 */
function diskLines({ localData, facts }: RestoreContext, database: string): string[] {
  if (localData === undefined || facts === undefined || facts.walFolder === "") return [`: > "$w/found"`];
  const [data, wal] = [localData, facts.walFolder].map((folder) => shellWord(join(folder, database)));
  return [
    `if [ -z "$(find ${wal} -type f -size +0 2>&1 | head -n 1)" ]; then tree ${data} > "$w/found" || : > "$w/found"; else : > "$w/found"; fi`,
  ];
}

/**
 * Prints {"identical": …, "now": …} and, where the files differ, the counts and sums of every field. Summing the restored
 * files is exact and the cheapest proof there is: asking for sums takes ten times as long as the restore. Files differ
 * when the server has compacted them, when points were deleted or written, or are missing.
 */
function contentCommand(context: RestoreContext, database: string, isAlone: boolean): Command {
  const { connection, folders, source } = context;
  const { manifest } = source;
  const counted = manifest
    ? [
        `  ${shellLine(influx(connection, "json", database))} <<'QUESTIONS'`,
        windowStatements(manifest.windows, manifest.until),
        "QUESTIONS",
      ]
    : [];
  return script(connection, [
    ...define(connection, ["backup", "sums"]),
    scratchLine(folders.scratch),
    ...wantedLines(context, isAlone),
    ...diskLines(context, database),
    `same=false; equal() { [ -s "$wanted" ] && cmp -s "$wanted" "$w/found"; }`,
    `if equal; then same=true; else backup ${shellWord(database)} "$w/back"; sums "$w/back" > "$w/found"; if equal; then same=true; fi; fi`,
    `printf '{"identical":%s,"shards":%s,"back":%s,"now":%s}\\n' $same "$(grep -c . "$wanted" || :)" "$(grep -c . "$w/found" || :)" "$(date +%s)"`,
    ...(manifest ? [`if [ $same = false ]; then`, ...counted, `fi`] : []),
  ]);
}

/** Checks of a database that was restored from the chosen backup, from its shape to the runbook's own queries. */
export function verifyChecks(
  context: RestoreContext,
  database: string,
  artifactStep: string,
  isAlone = false,
): Check[] {
  const { connection, source, step } = context;
  const { manifest } = source;
  const known = manifest !== undefined;
  const shape: Check[] = manifest
    ? [
        {
          title: "shape against the manifest",
          source: ask(connection, shapeStatements(database, policiesIn(manifest))),
          judge: "influxdb.shape",
          args: { artifactStep },
          onError: "fail",
        },
      ]
    : [];
  const shards: Check = {
    title: "shards that their retention policy has outlived",
    source: script(connection, [
      "date +%s",
      `printf 'SHOW SHARDS\\n' | ${shellLine(influx(connection, "json"))}`,
    ]),
    judge: "influxdb.expired",
    args: { database },
    onError: "fail",
  };
  const content: Check = {
    title: known ? "points and content against the manifest" : "content against the backup's files",
    source: contentCommand(context, database, isAlone),
    judge: "influxdb.content",
    args: { artifactStep, known },
    onError: "fail",
  };
  const named = step.tables.map((measurement): Check => ({
    title: `measurement ${measurement} holds points`,
    source: queryCommand(connection, database, `SELECT * FROM ${ident(measurement)} LIMIT 1`),
    judge: "influxdb.has-points",
    args: { measurement },
    onError: "fail",
  }));
  const queries = step.queries.map((query): Check => ({
    title: query.title,
    source: queryCommand(connection, database, query.sql),
    judge: "expectation",
    args: { name: query.title, expect: query.expect as Record<string, string | number | boolean> },
    onError: "fail",
  }));
  return [...shape, content, shards, ...named, ...queries];
}

export function verifyStep(context: RestoreContext): Step {
  const { source, names, mode, step } = context;
  const dry =
    mode === "dry-run"
      ? {
          does: "print" as const,
          printedBecause: "cannot be known before running: the copy does not exist yet",
        }
      : {};
  return part(context, "verify", ["load"], {
    gist: `shards or counts and sums, policies, queries of ${names.copy}`,
    title: source.manifest ? "Verify against the manifest" : "Verify as far as possible",
    why: "proves the copy before anyone uses it: shape, every shard byte for byte or every field by count and sum, the runbook's queries",
    effect: "reads",
    ...dry,
    checks: verifyChecks(context, names.copy, `${step.id}.artifact`),
    silenceMs: 60 * MINUTE,
    failsAs: "red",
  });
}
