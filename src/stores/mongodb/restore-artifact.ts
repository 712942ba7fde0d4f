import { shellWord } from "../../base/quote.ts";
import type { Check } from "../../step/check.ts";
import type { Step } from "../../step/step.ts";
import { part } from "../part.ts";
import { askFacts } from "./facts-script.ts";
import { movesAside, type RestoreContext } from "./restore-context.ts";
import type { RestoreSource } from "./source.ts";

function byHand({ path, format }: RestoreSource): string[] {
  const file = shellWord(path);
  if (format.payload === "mongo-archive") return [`sha256sum ${file}`];
  return [
    `cd ${file} && find -L . -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 sha256sum -- | sha256sum`,
    `for f in $(find ${file} -name '*.bson'); do bsondump --quiet --outFile=/dev/null "$f" || echo "$f"; done`,
  ];
}

/** Reads the artifact to its end; what it holds is kept as facts for later checks. */
export function artifactCheck(source: RestoreSource): Check {
  const { path, manifest, manifestPath, bytes, modifiedMs } = source;
  return {
    title: "the artifact is whole",
    source: { inspect: "artifact", path, byHand: byHand(source) },
    judge: "artifact",
    args: {
      kind: "mongodb",
      sha256: manifest?.artifact.sha256 ?? null,
      chosen: { bytes, modifiedMs },
      ...(manifestPath === undefined ? {} : { manifest: manifestPath }),
    },
    onError: "fail",
  };
}

export function artifactStep(context: RestoreContext): Step {
  const { source, client, names, step, mode } = context;
  const fits: Check = {
    title: "what the restore does to the collections that are there",
    source: askFacts(client, names.live),
    judge: "mongodb.collections",
    args: {
      artifactStep: `${step.id}.artifact`,
      database: source.database,
      only: step.only,
      views: mode === "drill",
      live: names.live,
      suffix: names.copy,
      kept: names.kept,
      aside: movesAside(context),
      planned: source.listed.filter(({ type }) => type === "view").map(({ name }) => name),
    },
    onError: "fail",
  };
  return part(context, "artifact", ["preflight"], {
    title: "Backup is good",
    why: "reads the whole backup before anything depends on it, and says what becomes of each collection",
    effect: "reads",
    checks: [artifactCheck(source), fits],
    failsAs: "preflight",
  });
}
