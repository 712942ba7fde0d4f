import type { Check } from "../../step/check.ts";
import type { Step } from "../../step/step.ts";
import { count } from "../../base/size.ts";
import { liveOnly, part, tokenFor } from "../part.ts";
import { queryId, script, sql } from "./client.ts";
import { literal } from "./identifiers.ts";
import { mergesHeldOff } from "./load.ts";
import { removeDatabase } from "./remove-database.ts";
import { absentTables, canExchange, liveTable, type RestoreContext } from "./restore-context.ts";
import { type SwapScript, swapProbe, swapScript, unswapScript } from "./swap-scripts.ts";

const MINUTE = 60_000;

function inputOf(context: RestoreContext): SwapScript {
  const { names, source, run, facts, step } = context;
  const tables = source.tables.map(({ table }) => table);
  const absent = absentTables(context);
  const present = tables.filter((table) => !absent.includes(table));
  const held = source.tables.filter((one) => mergesHeldOff(context, one)).map(({ table }) => table);
  const uuids = new Map(present.map((table) => [table, liveTable(context, table)?.uuid ?? ""]));
  const isNew = facts !== undefined && facts.database === null;
  const id = queryId(run.id, `${step.id} swap`);
  return { names, tables, absent, held, id, isNew, uuids: canExchange(context) ? uuids : undefined };
}

const countOf = (database: string, wanted: readonly string[]): string =>
  `SELECT count() FROM system.tables WHERE database = ${literal(database)} AND name IN (${wanted.map(literal).join(", ")});`;

function presence(context: RestoreContext, { tables, absent, names }: SwapScript): Check[] {
  const check = (database: string, wanted: readonly string[], title: string): Check => ({
    title,
    source: sql(context.connection, countOf(database, wanted), { readOnly: true }),
    judge: "expectation",
    args: { name: `${wanted.join(", ")} in ${database}`, expect: { equals: wanted.length } },
    onError: "fail",
  });
  const kept = tables.filter((table) => !absent.includes(table));
  return [
    check(names.live, tables, "every table is in place"),
    ...(kept.length > 0 ? [check(names.kept, kept, "the old data is kept")] : []),
  ];
}

export function swapStep(context: RestoreContext): Step {
  const { connection, names, mode } = context;
  const input = inputOf(context);
  const nothingThere = input.absent.length === input.tables.length;
  const how = input.uuids
    ? "EXCHANGE TABLES: each table is the old one or the new one, never neither"
    : "one RENAME of all tables; queries wait for it";
  return part(context, "swap", ["verify"], {
    gist: `${input.uuids ? "EXCHANGE TABLES" : "RENAME TABLE"} ${names.live}.* with ${names.copy}.*, the old ones to ${names.kept}`,
    title: nothingThere ? "Put it in place" : "Swap",
    why: nothingThere ? `moves the copy into ${names.live}` : how,
    effect: "reversible",
    ...liveOnly(context),
    touchesLive: true,
    ...(nothingThere || mode !== "live" ? {} : { gate: gate(context, input) }),
    commands: [
      script(connection, swapScript(input, tokenFor(context, "swapped")), {
        token: tokenFor(context, "swapped"),
      }),
    ],
    checks: presence(context, input),
    probe: sql(connection, swapProbe(input), { readOnly: true }),
    outdates: [`${context.step.id}.load`],
    after: nothingThere
      ? `${names.live} has the restored tables`
      : `${names.live} has the restored tables; the data from before is kept in ${names.kept}`,
    undo: {
      says: nothingThere
        ? `moves the tables back to ${names.copy}`
        : `puts the old tables back from ${names.kept}`,
      commands: [script(connection, unswapScript(input))],
      until: nothingThere ? `${names.live} is used` : `${names.kept} is removed`,
      onFailure: true,
    },
    ...(nothingThere
      ? {}
      : {
          cleanup: {
            says: `drops ${names.kept}, the data from before this restore; the swap can then not be undone`,
            commands: [removeDatabase(connection, names.kept)],
            expect: names.kept,
            onFailure: false,
          },
        }),
    timeoutMs: 10 * MINUTE,
    silenceMs: 10 * MINUTE,
    expectedMs: 1000,
  });
}

function gate(context: RestoreContext, { tables, absent }: SwapScript): NonNullable<Step["gate"]> {
  const { names, facts, run } = context;
  const running = facts?.queries.length ?? 0;
  const kept = tables.filter((table) => !absent.includes(table));
  return {
    kind: "confirm",
    expect: names.live,
    prompt: "Type the name of the database to go on",
    says: [
      `This moves ${kept.join(", ")} of ${names.live} to ${names.kept}, and the restored ${tables.join(", ")} to ${names.live}.`,
      `${running === 0 ? "No query ran when the plan was made" : `${count(running)} ${running === 1 ? "query" : "queries"} ran when the plan was made`}: one that reads these tables is waited for, and others behind it.`,
      `What was written since the backup is then only in ${names.kept}. Undo: lifeboat undo ${run.id} (< 1 s)`,
    ],
    flag: `--confirm ${names.live}`,
  };
}
