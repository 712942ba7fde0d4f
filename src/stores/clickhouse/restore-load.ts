import { counted } from "../../base/size.ts";
import { shellWord } from "../../base/quote.ts";
import type { Check } from "../../step/check.ts";
import type { Step } from "../../step/step.ts";
import { part, tokenFor } from "../part.ts";
import { sql } from "./client.ts";
import { literal } from "./identifiers.ts";
import { createCommands, loadCommand, markLoaded, mergesHeldOff, restoreCommand } from "./load.ts";
import { LOADED } from "./names.ts";
import { databaseExists, removeDatabase } from "./remove-database.ts";
import type { RestoreContext } from "./restore-context.ts";

/** Bytes of a backup loaded in a millisecond, measured on 2 cores; only for the expected time on screen. */
const LOAD_BYTES_PER_MS = 30_000;

/** Behind the load: what was loaded is still what was judged before it. */
function unchanged({ source }: RestoreContext): Check {
  return {
    title: "the backup is still the one that was looked at",
    source: { inspect: "artifact", path: source.path, byHand: [`ls -l ${shellWord(source.path)}`] },
    judge: "artifact",
    args: {
      kind: "clickhouse",
      chosen: { bytes: source.bytes, modifiedMs: source.modifiedMs },
      read: false,
    },
    onError: "fail",
  };
}

function probe({ connection, names }: RestoreContext) {
  const loaded = `(SELECT count() FROM system.tables WHERE database = ${literal(names.copy)} AND name = ${literal(LOADED)})`;
  return sql(
    connection,
    `SELECT multiIf(${loaded} > 0, 'DONE', ${databaseExists(names.copy)} > 0, 'PARTLY', 'NOT DONE');`,
    { readOnly: true },
  );
}

export function loadStep(context: RestoreContext): Step {
  const { connection, names, source } = context;
  const held = source.tables.filter((one) => mergesHeldOff(context, one)).map(({ table }) => table);
  const rows =
    source.format.payload === "clickhouse-backup" ? [restoreCommand(context)] : [loadCommand(context)];
  return part(context, "load", ["artifact"], {
    gist: `CREATE DATABASE ${names.copy}; INSERT INTO … FORMAT Native of ${counted(source.tables.length, "table")}`,
    title: "Restore beside",
    why: `into ${names.copy}, which nobody uses${held.length > 0 ? `; merges of ${held.join(", ")} wait until it is proven, because they remove rows` : ""}`,
    effect: "reversible",
    commands: [...createCommands(context), ...rows, markLoaded(context)],
    checks: [unchanged(context)],
    probe: probe(context),
    undo: {
      says: `drops ${names.copy}`,
      commands: [removeDatabase(connection, names.copy)],
      onFailure: false,
    },
    after: `the copy ${names.copy} exists`,
    expectedMs: Math.ceil(source.bytes / LOAD_BYTES_PER_MS) + 1000,
  });
}

export function removeStep(context: RestoreContext): Step {
  const { connection, names } = context;
  const exists = databaseExists(names.copy);
  return part(context, "remove", ["verify"], {
    gist: `DROP DATABASE ${names.copy}`,
    title: "Remove the drill's copy",
    why: "a drill leaves nothing behind",
    effect: "reversible",
    outdates: [`${context.step.id}.load`],
    commands: [removeDatabase(connection, names.copy, tokenFor(context, "removed"))],
    checks: [
      {
        title: "the copy is gone",
        source: sql(connection, `SELECT ${exists};`, { readOnly: true }),
        judge: "expectation",
        args: { name: `${names.copy} is gone`, expect: { equals: 0 } },
        onError: "fail",
      },
    ],
    probe: sql(connection, `SELECT if(${exists} = 0, 'DONE', 'NOT DONE');`, { readOnly: true }),
  });
}
