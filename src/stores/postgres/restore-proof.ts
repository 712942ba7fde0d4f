import { shellWord } from "../../base/quote.ts";
import type { Check } from "../../step/check.ts";
import type { Command } from "../../step/command.ts";
import type { Step } from "../../step/step.ts";
import { askFacts } from "./ask-facts.ts";
import { sql } from "./client.ts";
import { INTEGRITY_SCRIPT } from "./integrity-query.ts";
import { part } from "../part.ts";
import { estimatedBytes, type RestoreContext } from "./restore-context.ts";
import { PINNED, SHAPE_QUERY } from "./shape-query.ts";
import { CONTENT_SCRIPT, COUNTS_SCRIPT } from "./tables-query.ts";

const MINUTE = 60_000;
const local = (argv: string[]): Command => ({ argv, env: {}, secrets: {} });

export function preflightStep(context: RestoreContext): Step {
  const { client, names, facts, source } = context;
  const tool = (name: string): Check => ({
    title: `${name} is here and new enough`,
    source: local([name, "--version"]),
    judge: "postgres.tool",
    args: {
      tool: name,
      serverMajor: facts ? Math.floor(facts.versionNum / 10_000) : null,
      archive: source.madeBy ?? null,
    },
    onError: "fail",
  });
  const tools = source.format.payload === "plain" ? ["psql"] : ["psql", "pg_restore"];
  if (context.strategy === "replace") tools.push("pg_dump");
  const about: Check = {
    title: "what the server says about itself and the database",
    source: askFacts(client, names.live),
    judge: "postgres.preflight",
    args: {
      database: names.live,
      strategy: context.strategy,
      live: context.mode !== "drill",
      known: source.manifest !== undefined,
      roles: context.step.owners === "skip" ? [] : source.roles,
      extensions: source.extensions,
      encoding: source.manifest?.settings.encoding ?? null,
      jobs: context.jobs,
    },
    onError: "fail",
  };
  return part(context, "preflight", [], {
    title: "Preflight",
    why: "everything that can be known before anything is touched, all at once",
    effect: "reads",
    checks: [...tools.map(tool), about, ...diskChecks(context)],
    timeoutMs: 2 * MINUTE,
    silenceMs: MINUTE,
    failsAs: "preflight",
  });
}

function diskChecks(context: RestoreContext): Check[] {
  const { source, facts, localDataDirectory, strategy, safetyFolder } = context;
  const safety: Check[] =
    strategy === "replace" && !context.skipSafetyCopy
      ? [
          {
            title: "free disk for the safety copy",
            source: local([
              "sh",
              "-c",
              `d=${shellWord(safetyFolder)}; while [ ! -d "$d" ]; do d=$(dirname "$d"); done; df -Pk "$d"`,
            ]),
            judge: "postgres.disk",
            // A compressed dump is a fraction of the database; half of it is a careful guess.
            args: { needed: Math.ceil((facts?.database?.bytes ?? 0) / 2), what: "the safety copy" },
            onError: "not checked",
          },
        ]
      : [];
  if (localDataDirectory === undefined) {
    return [
      {
        title: "free disk",
        source: local(["echo", "unknown"]),
        judge: "not-asked",
        args: {
          name: "free disk on the server",
          why: "the server's disk cannot be seen from where its programs run",
        },
        onError: "not checked",
      },
    ];
  }
  const needed = Math.ceil(estimatedBytes(source, facts) * 1.2);
  // Replace drops the live database first, so its space comes back; the safety dump goes elsewhere.
  const freed = strategy === "replace" ? (facts?.database?.bytes ?? 0) : 0;
  const check: Check = {
    title: "free disk for the copy",
    source: local(["df", "-Pk", localDataDirectory]),
    judge: "postgres.disk",
    args: { needed: Math.max(0, needed - freed), what: "the restored copy" },
    onError: "not checked",
  };
  return [...safety, check];
}

/** Checks of the restored copy, from its shape to the runbook's own queries. */
export function verifyChecks(context: RestoreContext, database: string): Check[] {
  const { client, source, step } = context;
  const ask = (script: string): Command => sql(client, database, `${PINNED}\n${script}`, { readOnly: true });
  const manifest = source.manifest;
  const compared: Check[] = manifest
    ? [
        {
          title: "shape against the manifest",
          source: ask(SHAPE_QUERY),
          judge: "postgres.shape",
          args: { shape: manifest.shape },
          onError: "fail",
        },
        {
          title: "rows and content against the manifest",
          source: ask(CONTENT_SCRIPT),
          judge: "postgres.tables",
          args: { tables: manifest.tables, level: "content" },
          onError: "fail",
        },
      ]
    : [
        {
          title: "rows against what the dump holds",
          source: ask(COUNTS_SCRIPT),
          judge: "postgres.dump-rows",
          args: { artifactStep: `${step.id}.artifact` },
          onError: "fail",
        },
      ];
  const integrity: Check = {
    title: "indexes, constraints, sequences",
    source: ask(INTEGRITY_SCRIPT),
    judge: "postgres.integrity",
    args: { known: manifest?.problems ?? [] },
    onError: "fail",
  };
  const named: Check[] =
    step.tables.length > 0
      ? [
          {
            title: "tables the runbook names",
            source: ask(COUNTS_SCRIPT),
            judge: "postgres.named-tables",
            args: { tables: step.tables },
            onError: "fail",
          },
        ]
      : [];
  const queries = step.queries.map((query): Check => ({
    title: query.title,
    source: sql(client, database, query.sql, { readOnly: true }),
    judge: "expectation",
    args: { name: query.title, expect: query.expect as Record<string, string | number | boolean> },
    onError: "fail",
  }));
  return [...compared, integrity, ...named, ...queries];
}

export function verifyStep(context: RestoreContext): Step {
  const dry = context.mode === "dry-run";
  return part(context, "verify", ["analyze"], {
    gist: context.source.manifest
      ? `tables, rows, content sums, indexes, sequences of ${context.names.copy} against the manifest`
      : `rows of ${context.names.copy} against what the dump holds, indexes, sequences`,
    title: context.source.manifest ? "Verify against the manifest" : "Verify as far as possible",
    why: "proves the copy before anyone uses it: shape, counts, content, the runbook's queries",
    effect: "reads",
    ...(dry
      ? {
          does: "print" as const,
          printedBecause: "cannot be known before running: the copy does not exist yet",
        }
      : {}),
    checks: verifyChecks(context, context.names.copy),
    failsAs: "red",
  });
}
