import { shellWord } from "../../base/quote.ts";
import type { Check } from "../../step/check.ts";
import type { Step } from "../../step/step.ts";
import { part } from "../part.ts";
import type { RestoreContext } from "./restore-context.ts";

/** How a person looks at the same: the sum of the whole, and that every shard can be unpacked to its end. */
function byHand({ source }: RestoreContext, path: string): string[] {
  const file = shellWord(path);
  if (path === source.path && source.isPacked) return [`sha256sum ${file}`, `tar -tvf ${file}`];
  const files = source.format.payload === "influx-portable" ? "*.tar.gz" : "*.[0-9][0-9]";
  return [
    `cd ${file} && find -L . -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 sha256sum -- | sha256sum`,
    files === "*.tar.gz"
      ? `cd ${file} && find . -name '*.tar.gz' -exec gzip -t {} \\; && find . -name '*.manifest' -exec cat {} \\;`
      : `cd ${file} && for f in ${files}; do case $f in meta.*) ;; *) tar -tf "$f" ;; esac; done`,
  ];
}

export function inspectCheck(context: RestoreContext, title: string, path: string): Check {
  const { source, folders } = context;
  const isFolder = path !== source.path || !source.isPacked;
  const chosen =
    path === source.path
      ? {
          sha256: source.manifest?.artifact.sha256 ?? null,
          chosen: { bytes: source.bytes, modifiedMs: source.modifiedMs },
          ...(source.manifestPath === undefined ? {} : { manifest: source.manifestPath }),
        }
      : {};
  return {
    title,
    source: { inspect: "artifact", path, byHand: byHand(context, path) },
    judge: "artifact",
    args: {
      kind: "influxdb",
      ...chosen,
      // Only of what lies unpacked: nobody looks into the shards of an archive.
      ...(isFolder ? { list: { name: "shardSums", to: folders.shards } } : {}),
    },
    onError: "fail",
  };
}

/** Behind the load: what was loaded is still what was judged before it. */
export function unchangedCheck({ source }: RestoreContext): Check {
  return {
    title: "the backup is still the one that was looked at",
    source: { inspect: "artifact", path: source.path, byHand: [`ls -l ${shellWord(source.path)}`] },
    judge: "artifact",
    args: {
      kind: "influxdb",
      chosen: { bytes: source.bytes, modifiedMs: source.modifiedMs },
      read: false,
    },
    onError: "fail",
  };
}

export function artifactStep(context: RestoreContext): Step {
  return part(context, "artifact", ["preflight"], {
    title: "Backup is good",
    why: "reads the whole backup before anything depends on it: influxd restores what is left of a damaged one and exits 0",
    effect: "reads",
    checks: [inspectCheck(context, "the artifact is whole", context.source.path)],
    failsAs: "preflight",
  });
}
