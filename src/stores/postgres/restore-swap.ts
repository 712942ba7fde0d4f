import type { Check } from "../../step/check.ts";
import type { Step } from "../../step/step.ts";
import { sql } from "./client.ts";
import { dropScript } from "./drop.ts";
import { ident, literal } from "./identifiers.ts";
import { maintenance } from "./maintenance.ts";
import { copyMark } from "./names.ts";
import { part, tokenFor } from "../part.ts";
import { type RestoreContext } from "./restore-context.ts";
import { swapProbe, swapScript, unswapScript } from "./swap-scripts.ts";

const MINUTE = 60_000;

export function swapStep(context: RestoreContext): Step {
  const { client, names, run, source, facts } = context;
  const wasAbsent = context.strategy === "replace" || (facts !== undefined && facts.database === null);
  const own = context.step.into !== undefined;
  // A replace has dropped the database that bore the comment: what it was is known from planning.
  const present = facts?.database ? facts.database.comment : (source.manifest?.settings.comment ?? null);
  const comment = own ? copyMark(run.id, "restored") : present;
  const printed = context.mode === "drill" ? { does: "print" as const, printedBecause: "live only" } : {};
  const kept: Check = {
    title: "the old data is kept",
    source: sql(
      client,
      client.connection.maintenanceDatabase,
      `SELECT count(*) FROM pg_database WHERE datname = ${literal(names.kept)};`,
      { readOnly: true },
    ),
    judge: "expectation",
    args: { name: `${names.kept} is there`, expect: { equals: 1 } },
    onError: "fail",
  };
  const answers: Check = {
    title: "the live name answers",
    source: sql(
      client,
      names.live,
      "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p') AND oid >= 16384;",
      { readOnly: true },
    ),
    judge: "expectation",
    args: { name: `${names.live} takes connections and has tables`, expect: { "at-least": 1 } },
    onError: "fail",
  };
  return part(context, "swap", ["verify"], {
    title: wasAbsent ? "Put it in place" : "Swap",
    why: wasAbsent
      ? `gives the copy the name ${names.live}`
      : "both renames in one transaction: old data, refusals, new data, never a mixture",
    effect: "reversible",
    ...printed,
    touchesLive: true,
    // With nothing in its place there is nothing to lose, and every minute of waiting is outage.
    ...(wasAbsent ? {} : { gate: swapGate(context) }),
    gist: `${wasAbsent ? "" : `ALTER DATABASE ${ident(names.live)} RENAME TO ${ident(names.kept)}; `}ALTER DATABASE ${ident(names.copy)} RENAME TO ${ident(names.live)}`,
    commands: [maintenance(context.client, swapScript(names, run.id, comment), tokenFor(context, "swapped"))],
    outdates: ["create", "drop"].map((id) => `${context.step.id}.${id}`),
    after: wasAbsent
      ? `${names.live} is the restored copy`
      : `${names.live} is the restored copy; the data from before is kept as ${names.kept}`,
    checks: wasAbsent ? [answers] : [answers, kept],
    probe: sql(client, client.connection.maintenanceDatabase, swapProbe(names), { readOnly: true }),
    undo: {
      says: wasAbsent
        ? `renames ${names.live} to ${names.copy}`
        : `puts the old data back: ${names.kept} becomes ${names.live} again`,
      commands: [maintenance(context.client, unswapScript(names, run.id, wasAbsent))],
      until: wasAbsent ? `${names.live} is used` : `${names.kept} is removed`,
      onFailure: true,
    },
    ...(wasAbsent
      ? {}
      : {
          cleanup: {
            says: `drops ${names.kept}, the data from before this restore; the swap can then not be undone`,
            commands: [maintenance(context.client, dropScript(names.kept))],
            expect: names.kept,
            onFailure: false,
          },
        }),
    timeoutMs: 5 * MINUTE,
    silenceMs: 2 * MINUTE,
    expectedMs: 1000,
  });
}

function cutInWords(sessions: number | undefined): string {
  if (sessions === undefined) return "All sessions are cut";
  if (sessions === 0) return "No session was connected when the plan was made; any that is by then is cut";
  return sessions === 1 ? "1 session is cut" : `${sessions} sessions are cut`;
}

function swapGate(context: RestoreContext): NonNullable<Step["gate"]> {
  const { names, facts, run } = context;
  const sessions = facts?.sessions.reduce((sum, s) => sum + s.sessions, 0);
  const says = [
    `This renames ${names.live} → ${names.kept} and ${names.copy} → ${names.live}.`,
    `${cutInWords(sessions)}. Undo: lifeboat undo ${run.id} (< 1 s)`,
  ];
  const prompt = "Type the name of the database to go on";
  return { kind: "confirm", expect: names.live, prompt, says, flag: `--confirm ${names.live}` };
}
