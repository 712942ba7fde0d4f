import { shellWord } from "../../base/quote.ts";
import type { Step } from "../../step/step.ts";
import { part, tokenFor } from "../part.ts";
import { script } from "./client.ts";
import { type OfflineContext, offlineVariables } from "./offline-context.ts";
import { fromLine, local } from "./restore-context.ts";

const MINUTE = 60_000;

export function offlinePreflightStep({ restore, offline }: OfflineContext): Step {
  const folder = shellWord(offline.folder);
  return part(restore, "preflight", [], {
    title: "Preflight",
    why: "everything that can be known before anything is touched, all at once",
    effect: "reads",
    checks: [
      {
        title: "influxd is here",
        source: local(["influxd", "version"]),
        judge: "exit",
        args: { name: "influxd is here" },
        onError: "fail",
      },
      {
        title: "the server's folders, and the databases in them",
        source: local([
          "sh",
          "-c",
          `cd ${folder} && for d in meta data wal; do [ ! -d $d ] || echo $d; done; ls -1 data 2>/dev/null | sed 's/^/= /'`,
        ]),
        judge: "influxdb.folders",
        args: { database: restore.names.live, folder: offline.folder },
        onError: "fail",
      },
      {
        title: "its folder may be written",
        source: local([
          "sh",
          "-c",
          `test -w ${folder} || { echo "this user may not write into" ${folder} >&2; exit 1; }`,
        ]),
        judge: "exit",
        args: { name: "its folder may be written" },
        onError: "fail",
      },
      {
        title: "free disk for the new folders",
        source: local(["df", "-Pk", offline.folder]),
        judge: "influxdb.disk",
        args: { needed: Math.ceil(restore.source.bytes * 1.2), what: "the new folders" },
        onError: "not checked",
      },
    ],
    timeoutMs: 2 * MINUTE,
    silenceMs: MINUTE,
    failsAs: "preflight",
  });
}

/**
 * influxd makes the metadata; the shards are unpacked by tar: `influxd restore -database` puts shard 60 into a folder 6, as every
 * shard whose number ends in 0, and exits with 0 (measured with 1.6.7).
 */
export function offlineBuildStep(context: OfflineContext, after: string): Step {
  const { restore, places } = context;
  return part(restore, "build", [after], {
    title: "Build the new folders",
    why: "meta, data and wal beside the live ones; the server goes on meanwhile",
    effect: "reversible",
    commands: [
      script(
        restore.connection,
        [
          ...offlineVariables(context),
          fromLine(restore),
          `rm -rf "$built"; mkdir -m 700 "$built"; mkdir "$built/data" "$built/wal"`,
          `influxd restore -metadir "$built/meta" "$from"`,
          `wanted=0; for f in "$from"/*.[0-9][0-9]; do case $f in */meta.*) continue ;; esac`,
          `  tar -xf "$f" -C "$built/data" --no-same-owner; wanted=$((wanted + $(tar -tf "$f" | grep -vc '/$'))); done`,
          `found=$(find "$built/data" -type f | wc -l)`,
          `[ "$wanted" -gt 0 ] && [ "$wanted" = "$found" ] || { echo "$wanted files in the backup, $found in the new folder" >&2; exit 1; }`,
          `for d in meta data wal; do chmod --reference="$folder/$d" "$built/$d"; chown -R --reference="$folder/$d" "$built/$d"; done`,
        ],
        tokenFor(restore, "built"),
      ),
    ],
    probe: local([
      "sh",
      "-c",
      `if [ -e ${shellWord(places.built)} ]; then echo PARTLY; else echo NOT DONE; fi`,
    ]),
    repeatable: true,
    undo: {
      says: `removes ${places.built}`,
      commands: [local(["rm", "-rf", places.built])],
      onFailure: false,
    },
    after: `new folders lie in ${places.built}`,
    silenceMs: 60 * MINUTE,
  });
}

export function offlineTidyStep(context: OfflineContext): Step {
  const { restore, places } = context;
  const { folders, source } = restore;
  const gone = [places.built, ...(source.isPacked ? [folders.unpacked] : [])].map(shellWord).join(" ");
  return part(restore, "tidy", ["swap"], {
    title: "Remove what is empty now",
    why: "the new folders have moved to their place",
    effect: "reversible",
    outdates: [`${restore.step.id}.build`],
    commands: [script(restore.connection, [`rm -rf ${gone}`], tokenFor(restore, "tidy"))],
    probe: local([
      "sh",
      "-c",
      `for d in ${gone}; do [ ! -e "$d" ] || { echo NOT DONE; exit; }; done; echo DONE`,
    ]),
    repeatable: true,
  });
}
