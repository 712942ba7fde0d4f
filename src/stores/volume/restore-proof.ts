import { shellWord } from "../../base/quote.ts";
import type { Check } from "../../step/check.ts";
import type { Step } from "../../step/step.ts";
import { part } from "../part.ts";
import { askFacts } from "./ask-facts.ts";
import { type Engine, helper, provenThere, script } from "./engine.ts";
import { lookScript } from "./look.ts";
import { LISTING } from "./listing.ts";
import type { VolumeContext, VolumeSource } from "./restore-context.ts";

const MINUTE = 60_000;
/** Differences that are told of; all are counted. */
export const DIFFERENCES = 400;

/** Bytes the unpacked content takes: the manifest knows; otherwise a usual ratio. */
export function estimatedBytes({ manifest, bytes, format }: VolumeSource): number {
  return manifest?.bytes ?? bytes * (format.wrapper === "none" ? 1 : 4);
}

const has = (program: string): Check => ({
  title: `${program} is here`,
  source: { argv: [program, "--version"], env: {}, secrets: {} },
  judge: "exit",
  args: { name: `${program} on this machine` },
  onError: "fail",
});

export function preflightStep(context: VolumeContext): Step {
  const { engine, names, source, facts, renames, mode, root } = context;
  const isThere = facts !== undefined && facts.volume !== null;
  const programs = ["docker", "comm", ...{ none: [], gzip: ["gzip"], zstd: ["zstd"] }[source.format.wrapper]];
  return part(context, "preflight", [], {
    title: "Preflight",
    why: "everything that can be known before anything is touched, all at once",
    effect: "reads",
    checks: [
      ...programs.map(has),
      {
        title: "what the engine says about itself, the volume and who uses it",
        source: askFacts(engine, names.live),
        judge: "volume.preflight",
        args: { volume: names.live, image: engine.image, live: mode !== "drill", swaps: renames },
        onError: "fail",
      },
      {
        title: "what a container of the image can do, and how much room there is",
        source: lookScript(engine, names.live, isThere, renames ? root : undefined),
        judge: "volume.look",
        args: {
          needed: Math.ceil(estimatedBytes(source) * 1.1),
          image: engine.image,
          renames: renames && isThere && mode !== "drill",
        },
        onError: "fail",
      },
    ],
    timeoutMs: 5 * MINUTE,
    silenceMs: 2 * MINUTE,
    failsAs: "preflight",
  });
}

const looked = ({ bytes, modifiedMs }: VolumeSource) => ({ bytes, modifiedMs });

/**
 * Reads the archive. What is inside is known from the manifest when its sha256 agrees, so then nothing is unpacked; the
 * list of what has to be in the volume afterwards is written into the run's folder, from the one or the other.
 */
export function wholeCheck({ source }: Pick<VolumeContext, "source">): Check {
  const { path, manifest, manifestPath, listPath } = source;
  return {
    title: "the backup is whole",
    source: {
      inspect: "artifact",
      path,
      byHand: [`sha256sum ${shellWord(path)}`, `tar -tvf ${shellWord(path)} | less`],
    },
    judge: "artifact",
    args: {
      kind: "volume",
      sha256: manifest?.artifact.sha256 ?? null,
      chosen: looked(source),
      known: manifest !== undefined,
      list: { name: "members", to: listPath, ...(manifestPath === undefined ? {} : { from: manifestPath }) },
    },
    onError: "fail",
  };
}

/** Behind the load: what was unpacked is still the file that was judged before it. */
export function unchangedCheck({ source }: VolumeContext): Check {
  return {
    title: "the backup is still the one that was looked at",
    source: { inspect: "artifact", path: source.path, byHand: [`ls -l ${shellWord(source.path)}`] },
    judge: "artifact",
    args: { kind: "volume", chosen: looked(source), read: false },
    onError: "fail",
  };
}

export function artifactStep(context: VolumeContext): Step {
  return part(context, "artifact", ["preflight"], {
    title: "Backup is good",
    why: "reads the whole backup before anything depends on it",
    effect: "reads",
    checks: [wholeCheck(context)],
    failsAs: "preflight",
  });
}

/**
 * Every path of a volume, with content sums, against the list: `comm` prints what only one of both has. Nothing at all is
 * what one wants to see; the number of lines compared is behind it.
 */
export function compareCheck(engine: Engine, volume: string, source: VolumeSource): Check {
  const list = shellWord(source.listPath);
  const text = `${provenThere(volume)} && { ${helper(engine, LISTING, { volume })}; } | LC_ALL=C sort | LC_ALL=C comm -3 ${list} - | awk 'NR <= ${DIFFERENCES}; END { print "differences: " NR }' && echo "lines compared: $(wc -l < ${list})"`;
  return {
    title: `every path of ${volume} against the ${source.manifest ? "manifest" : "archive"}`,
    source: script(engine, text),
    judge: "volume.members",
    args: { volume, wanted: source.manifest ? "the manifest" : "the archive" },
    onError: "fail",
  };
}

export function queryChecks(
  engine: Engine,
  volume: string,
  queries: VolumeContext["step"]["queries"],
): Check[] {
  return queries.map((query) => ({
    title: query.title,
    source: script(engine, `${provenThere(volume)} && ${helper(engine, query.sql, { volume })}`),
    judge: "expectation",
    args: { name: query.title, expect: query.expect as Record<string, string | number | boolean> },
    onError: "fail",
  }));
}

export function verifyStep(context: VolumeContext): Step {
  const { engine, names, source, step, mode } = context;
  return part(context, "verify", ["load"], {
    gist: `every path of ${names.copy}: type, mode, owner, size, time, sha256, link`,
    title: source.manifest ? "Verify against the manifest" : "Verify against the archive",
    why: "proves the copy before anyone uses it: every path, its kind, mode, owner, size, time and content",
    effect: "reads",
    ...(mode === "dry-run"
      ? {
          does: "print" as const,
          printedBecause: "cannot be known before running: the copy does not exist yet",
        }
      : {}),
    checks: [compareCheck(engine, names.copy, source), ...queryChecks(engine, names.copy, step.queries)],
    failsAs: "red",
  });
}
