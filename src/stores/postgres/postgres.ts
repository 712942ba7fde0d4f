import { join } from "node:path";
import type { RestoreStep, RunbookStep } from "../../runbook/runbook-schema.ts";
import type { PostgresConnection } from "../../runbook/store-kinds/postgres-connection.ts";
import { queryStep } from "../action-step.ts";
import { connectionAs } from "../connection-as.ts";
import { asRestore, noSuchAction, only } from "../expansion.ts";
import type { Expansion, StepFile, StoreContext, StoreInput, StoreKind } from "../store-kind.ts";
import { askFacts } from "./ask-facts.ts";
import { hints } from "./hints.ts";
import { postgresBackups } from "./backups.ts";
import { redirectedUrl } from "./redirected-url.ts";
import { lockCommand, lockHolder } from "./advisory-lock.ts";
import { applicationName, type Client, sql } from "./client.ts";
import { expandRestore } from "./expand-restore.ts";
import { describeFacts, factsSchema, identityOf, parseFacts, type PgFacts } from "./facts.ts";
import { mustShow } from "./must-show.ts";
import { judgeAnswerOnly, judgeArchive, judgeDumpRows, judgeSafetyCopy } from "./more-judges.ts";
import { judgeNeeds } from "./needs-check.ts";
import { maintenance, readMaintenance } from "./maintenance.ts";
import { endSessionsOfRun, sessionsOfRun } from "./sessions.ts";
import { restoreNames } from "./names.ts";
import { safetyPath } from "./restore-replace.ts";
import { judgePreflight } from "./preflight.ts";
import { judgeFreeDisk, judgeTool } from "./preflight-machine.ts";
import { standaloneSafety, standaloneVerify } from "./standalone.ts";
import type { RestoreContext, RestoreSource } from "./restore-context.ts";
import { cleanupStep, quiesceStep, resumeStep } from "./simple-steps.ts";
import { simulatedFacts } from "./simulated-facts.ts";
import { sourceOf } from "./source.ts";
import { judgeIntegrity, judgeNamedTables, judgeShape, judgeTables } from "./verify-judges.ts";

const connectionOf = (input: StoreInput): PostgresConnection => connectionAs(input, "postgres");

const clientOf = (input: StoreInput, run?: string): Client => ({
  connection: connectionOf(input),
  applicationName: run === undefined ? "lifeboat" : applicationName(run),
});

const factsIn = (facts: unknown): PgFacts | undefined =>
  facts === undefined ? undefined : factsSchema.parse(facts);

function liveName(input: StoreInput, step: RunbookStep | undefined): string {
  return step?.kind === "restore" && step.into !== undefined ? step.into : input.connection.subject;
}

/** For actions that read no backup. */
const NO_SOURCE: RestoreSource = {
  path: "",
  bytes: 0,
  modifiedMs: 0,
  format: { wrapper: "none", payload: "empty" },
  manifest: undefined,
  repairs: [],
  roles: [],
  extensions: [],
  madeBy: undefined,
  notes: [],
};

function restoreContext(step: RestoreStep, context: StoreContext, needsBackup = true): RestoreContext {
  const facts = factsIn(context.facts);
  return {
    step,
    store: context.id,
    host: context.store.host,
    mode: context.mode,
    strategy: context.strategy,
    run: context.run,
    client: clientOf(context, context.run.id),
    names: restoreNames(liveName(context, step), context.run.tag, context.mode === "drill"),
    source: needsBackup ? sourceOf(context, facts) : NO_SOURCE,
    facts,
    jobs: context.jobs,
    localDataDirectory: context.localData,
    safetyFolder: context.store["safety-copies"] ?? join(context.run.dir, "safety"),
    skipSafetyCopy: context.skipSafetyCopy,
  };
}

function keeps(restore: RestoreContext, steps: Expansion["steps"]): string[] {
  const { names, mode, skipSafetyCopy } = restore;
  if (mode === "drill")
    return [`${names.live} is not touched; the drill restores into ${names.copy} and removes it`];
  if (steps.some((s) => s.id.endsWith(".drop"))) {
    return skipSafetyCopy
      ? ["nothing of the present data is kept: there is no safety copy"]
      : [`the present data as a verified dump in ${restore.safetyFolder}, until you remove it`];
  }
  if (restore.facts && !restore.facts.database)
    return [`there is no database ${names.live} now, so there is nothing to keep`];
  return [`the present data as ${names.kept}, until you remove it`];
}

/** The step that makes a safety copy names it among what is cleaned up. */
function safetyFiles(restore: RestoreContext, steps: Expansion["steps"]): StepFile[] {
  const path = safetyPath(restore);
  return steps
    .filter(({ cleanup }) => cleanup?.commands.some(({ argv }) => argv.includes(path)))
    .map(({ id }) => ({ step: id, path, isFolder: true, made: "there" }));
}

function expand(step: RunbookStep, context: StoreContext): Expansion {
  const client = clientOf(context, context.run.id);
  switch (step.kind) {
    case "restore": {
      const restore = restoreContext(step, context);
      const { steps, last } = expandRestore(restore);
      const files = safetyFiles(restore, steps);
      return { steps, last, keeps: keeps(restore, steps), notes: restore.source.notes, files };
    }
    case "query":
      return only(
        queryStep(
          step,
          context,
          sql(client, client.connection.database, step.sql, { readOnly: true }),
          "postgres.answer",
        ),
      );
    case "quiesce":
      return only(quiesceStep(step, context, client));
    case "resume-connections":
      return only(resumeStep(step, context, client));
    case "cleanup":
      return only(cleanupStep(step, context, client));
    case "safety-copy": {
      const restore = restoreContext(asRestore(step), { ...context, strategy: "replace" }, false);
      const steps = [standaloneSafety(step, restore)];
      return { ...only(...steps), files: safetyFiles(restore, steps) };
    }
    case "verify":
      return only(standaloneVerify(step, context, restoreContext(asRestore(step), context)));
    default:
      throw noSuchAction("postgres", step);
  }
}

/** PostgreSQL, spoken to with psql, pg_restore, pg_dump and vacuumdb: every command can be typed. */
export const postgres: StoreKind = {
  kind: "postgres",
  clients: ["psql"],
  factsCommand: (input) => askFacts(clientOf(input), input.subject),
  parseFacts,
  identity: (facts) => identityOf(factsSchema.parse(facts)),
  changedByRestore: ["databaseOid"],
  describe: (facts) => describeFacts(factsSchema.parse(facts)),
  dataFolder: (facts) => factsSchema.parse(facts).dataDirectory || undefined,
  // Its line with the port: another server of this machine may have a folder of the same name.
  server: (input) => ({
    program: "postgres* | postmaster*",
    pidFile: "postmaster.pid",
    pidFileLine: connectionOf(input).port,
  }),
  simulatedFacts,
  simulatedFormat: { wrapper: "none", payload: "custom" },
  sessions: {
    look: (input, run) => readMaintenance(clientOf(input), sessionsOfRun(run)),
    end: (input, run) => maintenance(clientOf(input), endSessionsOfRun(run)),
  },
  lock: {
    command: (input, name, run, takeOver) => lockCommand(clientOf(input), name, run, takeOver),
    holder: lockHolder,
  },
  target: liveName,
  writesTo: (context, step) => {
    const names = restoreNames(liveName(context, step), context.run.tag, context.mode === "drill");
    return context.mode === "drill" ? names.copy : names.live;
  },
  expand,
  redirected: redirectedUrl,
  backups: postgresBackups(connectionOf),
  mustShow,
  hints,
  judges: {
    "postgres.preflight": judgePreflight,
    "postgres.disk": judgeFreeDisk,
    "postgres.tool": judgeTool,
    "postgres.archive": judgeArchive,
    "postgres.safety-copy": judgeSafetyCopy,
    "postgres.shape": judgeShape,
    "postgres.tables": judgeTables,
    "postgres.dump-rows": judgeDumpRows,
    "postgres.integrity": judgeIntegrity,
    "postgres.named-tables": judgeNamedTables,
    "postgres.answer": judgeAnswerOnly,
    "postgres.needs": judgeNeeds,
  },
};
