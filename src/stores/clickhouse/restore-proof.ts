import { shellWord } from "../../base/quote.ts";
import type { Check } from "../../step/check.ts";
import type { Command } from "../../step/command.ts";
import type { Step } from "../../step/step.ts";
import { part } from "../part.ts";
import { askFacts } from "./ask-facts.ts";
import type { RestoreContext } from "./restore-context.ts";

const MINUTE = 60_000;
const local = (argv: string[]): Command => ({ argv, env: {}, secrets: {} });

export function preflightStep(context: RestoreContext): Step {
  const { connection, names, source, mode } = context;
  const schemas = source.tables.flatMap(({ schema }) =>
    schema !== "live" && "columns" in schema
      ? [
          {
            table: schema.table,
            columns: schema.columns.map(({ name, type }) => `${name} ${type}`),
            engine: schema.engine,
          },
        ]
      : [],
  );
  const files = source.tables.flatMap(({ schema }) =>
    schema !== "live" && "path" in schema ? [schema.path] : [],
  );
  const about: Check = {
    title: "what the server says about itself and the database",
    source: askFacts(connection, names.live),
    judge: "clickhouse.preflight",
    args: {
      database: names.live,
      live: mode !== "drill",
      tables: source.tables.map(({ table }) => table),
      schemas,
      ownBackup: source.format.payload === "clickhouse-backup",
      bytes: source.manifest?.bytes ?? source.bytes * 2,
    },
    onError: "fail",
  };
  const tool: Check = {
    title: "clickhouse-client is here",
    source: local(["clickhouse-client", "--version"]),
    judge: "clickhouse.tool",
    args: {},
    onError: "fail",
  };
  const schemaFiles = files.map((path): Check => ({
    title: `the schema ${path}`,
    source: local(["cat", path]),
    judge: "clickhouse.schema-file",
    args: { path },
    onError: "fail",
  }));
  return part(context, "preflight", [], {
    title: "Preflight",
    why: "everything that can be known before anything is touched, all at once",
    effect: "reads",
    checks: [tool, about, ...schemaFiles, diskCheck(context)],
    timeoutMs: 2 * MINUTE,
    silenceMs: MINUTE,
    failsAs: "preflight",
  });
}

function diskCheck({ facts, localData, source }: RestoreContext): Check {
  const name = "free disk for the copy";
  if (localData === undefined)
    return {
      title: name,
      source: local(["echo", "unknown"]),
      judge: "not-asked",
      args: {
        name,
        why:
          facts?.free == null
            ? "the server's disk cannot be seen from where its programs run"
            : "the server says it itself, above",
      },
      onError: "not checked",
    };
  return {
    title: name,
    source: local(["df", "-Pk", localData]),
    judge: "clickhouse.disk",
    args: { needed: Math.ceil((source.manifest?.bytes ?? source.bytes * 2) * 1.2) },
    onError: "not checked",
  };
}

export function artifactStep(context: RestoreContext): Step {
  const { source } = context;
  const path = shellWord(source.path);
  const byHand =
    source.format.payload === "native-directory"
      ? `cd ${path} && find -L . -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 sha256sum -- | sha256sum`
      : `sha256sum ${path}`;
  return part(context, "artifact", ["preflight"], {
    title: "Backup is good",
    why: "reads the whole backup before anything depends on it",
    effect: "reads",
    checks: [
      {
        title: "the artifact is whole",
        source: { inspect: "artifact", path: source.path, byHand: [byHand] },
        judge: "artifact",
        args: {
          kind: "clickhouse",
          sha256: source.manifest?.artifact.sha256 ?? null,
          known: source.manifest !== undefined,
          chosen: { bytes: source.bytes, modifiedMs: source.modifiedMs },
        },
        onError: "fail",
      },
    ],
    failsAs: "preflight",
  });
}
