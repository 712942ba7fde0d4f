import type { Step } from "../../step/step.ts";
import { clientEnv, clientSecrets, connectArguments, sql } from "./client.ts";
import { createCopyScript } from "./create-copy.ts";
import { dropScript } from "./drop.ts";
import { ident, literal } from "./identifiers.ts";
import { emptyCopyScript } from "./empty-copy.ts";
import { loadCommand } from "./load.ts";
import { maintenance, readMaintenance } from "./maintenance.ts";
import { copyMark } from "./names.ts";
import { unchangedCheck } from "./restore-artifact.ts";
import { part, tokenFor } from "../part.ts";
import { estimatedBytes, type RestoreContext } from "./restore-context.ts";
import { settingsScript } from "./settings.ts";

const MINUTE = 60_000;
/** Bytes of finished database in a millisecond, measured on 2 cores; only for the expected time on screen. */
const LOAD_BYTES_PER_MS = 40_000;

export function createStep(context: RestoreContext, after: string): Step {
  const { client, names, source, run } = context;
  const script = createCopyScript(
    names.copy,
    names.live,
    copyMark(run.id, "created"),
    source.manifest?.settings,
  );
  return part(context, "create", [after], {
    title: "Create the copy",
    why: "a new, empty database with the owner, encoding and locale of the live one",
    effect: "reversible",
    gist: `CREATE DATABASE ${ident(names.copy)}`,
    commands: [maintenance(client, script, tokenFor(context, "created"))],
    probe: readMaintenance(client, createProbe(context)),
    undo: {
      says: `drops ${names.copy}`,
      commands: [maintenance(client, `${dropScript(names.copy)}\n${dropScript(names.again)}`)],
      onFailure: false,
    },
    after: `the copy ${names.copy} exists`,
    timeoutMs: 5 * MINUTE,
  });
}

export function loadStep(context: RestoreContext, after: string): Step {
  const { client, names, source, run } = context;
  const drops = source.repairs.map((repair) => repair.drops);
  const load = loadCommand({
    client,
    database: names.copy,
    path: source.path,
    format: source.format,
    jobs: context.jobs,
    owners: context.step.owners,
    repairs: source.repairs.map((repair) => repair.expression),
    token: tokenFor(context, "loaded"),
  });
  const mark = `COMMENT ON DATABASE ${ident(names.copy)} IS ${literal(copyMark(run.id, "restored"))};`;
  return part(context, "load", [after], {
    title: context.strategy === "swap" ? "Restore beside" : "Restore",
    why: `into the copy; nobody uses it yet${drops.length > 0 ? `. Left out of the dump: ${drops.join("; ")}` : ""}`,
    effect: "reversible",
    gist: `${source.format.payload === "plain" ? "psql" : "pg_restore"} ${source.path} into ${names.copy}`,
    commands: [
      maintenance(client, emptyCopyScript(names, run.id), tokenFor(context, "empty")),
      load,
      maintenance(client, mark, tokenFor(context, "restored")),
    ],
    checks: [unchangedCheck(context)],
    probe: readMaintenance(client, loadProbe(context)),
    expectedMs: Math.ceil(estimatedBytes(source, context.facts) / LOAD_BYTES_PER_MS) + 1000,
  });
}

/** A name that only this run uses, so a copy without any mark is one that was just created and not yet marked. */
function createProbe({ names }: RestoreContext): string {
  return `SELECT coalesce((SELECT CASE WHEN shobj_description(oid, 'pg_database') IS NULL THEN 'PARTLY' ELSE 'DONE' END
  FROM pg_database WHERE datname = ${literal(names.copy)}), 'NOT DONE');`;
}

/** How far the load came, by the mark in the copy's comment. */
function loadProbe({ names, run }: RestoreContext): string {
  return `SELECT coalesce((SELECT CASE shobj_description(oid, 'pg_database')
    WHEN ${literal(copyMark(run.id, "restored"))} THEN 'DONE'
    WHEN ${literal(copyMark(run.id, "created"))} THEN 'NOT DONE'
    WHEN ${literal(copyMark(run.id, "restoring"))} THEN 'PARTLY'
    ELSE 'CANNOT TELL' END FROM pg_database WHERE datname = ${literal(names.copy)}),
  CASE WHEN EXISTS (SELECT FROM pg_database WHERE datname = ${literal(names.again)}) THEN 'PARTLY' ELSE 'CANNOT TELL' END);`;
}

export function settingsStep(context: RestoreContext, after: string): Step {
  const { client, names, source } = context;
  const script = settingsScript(names.live, names.copy, source.manifest?.settings);
  return part(context, "settings", [after], {
    title: "Carry settings across",
    why: "settings, privileges and connection limit of a database are not in a dump",
    effect: "reversible",
    gist: `ALTER DATABASE ${ident(names.copy)} SET …, GRANT … ON DATABASE`,
    commands: [maintenance(client, script, tokenFor(context, "settings"))],
    // Setting them twice gives the same: an interrupted attempt is simply made again.
    probe: readMaintenance(client, "SELECT 'NOT DONE';"),
    repeatable: true,
    timeoutMs: 5 * MINUTE,
  });
}

export function analyzeStep(context: RestoreContext, after: string): Step {
  const { client, names, jobs } = context;
  return part(context, "analyze", [after], {
    title: "Collect statistics",
    why: "a restored database has none: the first queries would be slow",
    effect: "reversible",
    gist: `vacuumdb --analyze-only ${names.copy}`,
    commands: [
      {
        argv: [
          "vacuumdb",
          "--analyze-only",
          "--quiet",
          "--jobs",
          String(jobs),
          ...connectArguments(client, names.copy),
        ],
        env: clientEnv(client),
        secrets: clientSecrets(client),
      },
    ],
    probe: sql(
      client,
      names.copy,
      "SELECT CASE WHEN EXISTS (SELECT FROM pg_statistic s JOIN pg_class c ON c.oid = s.starelid WHERE c.oid >= 16384) THEN 'DONE' ELSE 'NOT DONE' END;",
      { readOnly: true },
    ),
  });
}
