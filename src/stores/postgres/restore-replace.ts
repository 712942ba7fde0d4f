import { dirname, join } from "node:path";
import { shellLine } from "../../base/quote.ts";
import type { Check } from "../../step/check.ts";
import type { Command } from "../../step/command.ts";
import type { Step } from "../../step/step.ts";
import { clientEnv, clientSecrets, connectArguments, sql } from "./client.ts";
import { createCopyScript } from "./create-copy.ts";
import { dropScript } from "./drop.ts";
import { ident, literal } from "./identifiers.ts";
import { maintenance, readMaintenance } from "./maintenance.ts";
import { copyMark } from "./names.ts";
import { part, tokenFor } from "../part.ts";
import { type RestoreContext } from "./restore-context.ts";
import { existsVariable } from "./sessions.ts";
import { settingsScript } from "./settings.ts";

const MINUTE = 60_000;
const local = (argv: string[]): Command => ({ argv, env: {}, secrets: {} });

export function safetyPath(context: RestoreContext): string {
  return join(context.safetyFolder, `before-${context.run.id}-${context.step.id}.dir`);
}

/** Directory format with the lightest compression: 6 s where `| gzip -9` takes 28 s (1 GB, 2 cores). */
export function dumpCommand(context: RestoreContext, database: string, path: string): Command {
  const { client, jobs } = context;
  return {
    argv: [
      "pg_dump",
      "--format",
      "directory",
      "--jobs",
      String(jobs),
      "--compress",
      "1",
      "--file",
      path,
      ...connectArguments(client, database),
    ],
    env: clientEnv(client),
    secrets: clientSecrets(client),
  };
}

/** The dump must hold data of every table the database has: an exit code of 0 proves nothing. */
export function dumpChecks(context: RestoreContext, database: string, path: string): Check[] {
  const count =
    "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = c.oid AND e.classid = 'pg_class'::regclass AND e.deptype = 'e');";
  const tables = sql(context.client, database, count, { readOnly: true });
  const psql = [...tables.argv.slice(0, -2), "-c", count];
  return [
    {
      title: "the safety copy can be read to its end",
      source: local(["pg_restore", "-f", "/dev/null", path]),
      judge: "postgres.archive",
      args: { path },
      onError: "fail",
    },
    {
      title: "the safety copy holds the data of every table",
      source: {
        argv: [
          "sh",
          "-c",
          `"$@" && pg_restore --list "$0" | { grep -c ' TABLE DATA ' || [ $? = 1 ]; }`,
          path,
          ...psql,
        ],
        env: tables.env,
        secrets: tables.secrets,
      },
      judge: "postgres.safety-copy",
      args: {},
      onError: "fail",
    },
  ];
}

export function safetyStep(context: RestoreContext, after: string): Step {
  const { names } = context;
  const path = safetyPath(context);
  return part(context, "safety-copy", [after], {
    title: "Safety copy",
    why: "a verified dump of the present data, before anything is destroyed",
    effect: "reversible",
    gist: `pg_dump ${names.live} to ${path}, read back`,
    commands: [
      { argv: ["mkdir", "-p", "-m", "700", dirname(path)], env: {}, secrets: {} },
      { argv: ["rm", "-rf", path], env: {}, secrets: {} },
      dumpCommand(context, names.live, path),
    ],
    checks: dumpChecks(context, names.live, path),
    after: `a verified safety copy of ${names.live} lies at ${path}`,
    probe: {
      argv: ["sh", "-c", `if [ -e "$0" ]; then echo PARTLY; else echo NOT DONE; fi`, path],
      env: {},
      secrets: {},
    },
    cleanup: {
      says: `removes the safety copy ${path}; the replace can then not be undone`,
      commands: [{ argv: ["rm", "-rf", path], env: {}, secrets: {} }],
      expect: names.live,
      onFailure: false,
    },
    expectedMs: Math.ceil((context.facts?.database?.bytes ?? 0) / 150_000) + 1000,
    ...(context.skipSafetyCopy
      ? { does: "print" as const, printedBecause: "skipped by --skip-safety-copy" }
      : {}),
  });
}

/**
 * Puts the dropped database back from the safety copy. It is restored under a name of its own and takes the live name only
 * when it is whole, so that an undo which is itself interrupted can be made again. When the drop did not happen after all
 * (it was interrupted behind the fence), the database is only opened again.
 */
function undropCommands(context: RestoreContext): Command[] {
  const { client, names, run, jobs, source, facts } = context;
  const present = facts?.database?.comment ?? null;
  const comment = present === null ? "NULL" : literal(present);
  const isNeeded = `SELECT count(*) FROM pg_database WHERE datname = ${literal(names.undo)}`;
  const psql = [...readMaintenance(client, "").argv.slice(0, -2), "-c", isNeeded];
  const where = connectArguments(client, names.undo);
  const restore = ["pg_restore", "--exit-on-error", "--jobs", String(jobs), ...where, safetyPath(context)];
  return [
    maintenance(
      client,
      `${existsVariable("there", names.live)}
\\if :there
ALTER DATABASE ${ident(names.live)} ALLOW_CONNECTIONS true;
\\else
${createCopyScript(names.undo, names.copy, copyMark(run.id, "created"), source.manifest?.settings)}
\\endif`,
    ),
    {
      argv: ["sh", "-c", `if [ "$(${shellLine(psql)})" = 1 ]; then ${shellLine(restore)}; fi`],
      env: clientEnv(client),
      secrets: clientSecrets(client),
    },
    maintenance(
      client,
      `${existsVariable("restored", names.undo)}
\\if :restored
${settingsScript(names.copy, names.undo, source.manifest?.settings)}
COMMENT ON DATABASE ${ident(names.undo)} IS ${comment};
ALTER DATABASE ${ident(names.undo)} RENAME TO ${ident(names.live)};
\\endif`,
      tokenFor(context, "undropped"),
    ),
  ];
}

export function dropStep(context: RestoreContext, after: string): Step {
  const { names, client, facts, skipSafetyCopy } = context;
  const sessions = facts?.sessions.reduce((sum, s) => sum + s.sessions, 0) ?? 0;
  const kept = skipSafetyCopy
    ? "There is NO safety copy: this cannot be undone."
    : `A verified safety copy lies at ${safetyPath(context)}.`;
  return part(context, "drop", [after], {
    title: "Drop the live database",
    why: "makes room: strategy replace has no space for two copies",
    effect: "irreversible",
    touchesLive: true,
    gate: {
      kind: "confirm",
      expect: names.live,
      prompt: "Type the name of the database to go on",
      says: [
        `This ends ${sessions} sessions and DROPS ${names.live}.`,
        kept,
        "Applications have no database until the restore is done.",
      ],
      flag: `--confirm ${names.live}`,
    },
    gist: `DROP DATABASE ${ident(names.live)}`,
    commands: [maintenance(client, dropScript(names.live), tokenFor(context, "dropped"))],
    after: `${names.live} was dropped`,
    probe: readMaintenance(
      client,
      `SELECT CASE WHEN EXISTS (SELECT FROM pg_database WHERE datname = ${literal(names.live)} AND datallowconn) THEN 'NOT DONE'
  WHEN EXISTS (SELECT FROM pg_database WHERE datname = ${literal(names.live)}) THEN 'PARTLY' ELSE 'DONE' END;`,
    ),
    ...(skipSafetyCopy
      ? {}
      : {
          undo: {
            says: `restores ${names.live} from the safety copy`,
            commands: undropCommands(context),
            until: "the safety copy is removed",
            onFailure: false,
          },
        }),
    timeoutMs: 5 * MINUTE,
  });
}
