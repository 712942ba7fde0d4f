import type { RestoreStep, RunbookStep } from "../../runbook/runbook-schema.ts";
import type { MongodbConnection } from "../../runbook/store-kinds/mongodb.ts";
import { queryStep } from "../action-step.ts";
import { connectionAs } from "../connection-as.ts";
import { asRestore, noSuchAction, only } from "../expansion.ts";
import type { Expansion, StoreContext, StoreInput, StoreKind } from "../store-kind.ts";
import { mongodbBackups } from "./backups.ts";
import { appName, type Client, shell } from "./client.ts";
import { queryScript } from "./query-script.ts";
import { describeFacts, factsIn, factsSchema, identityOf, parseFacts } from "./facts.ts";
import { askFacts } from "./facts-script.ts";
import { judgeCollections } from "./fits-judge.ts";
import { hints } from "./hints.ts";
import { judgeAnswer, judgeSafetyCopy } from "./more-judges.ts";
import { mustShow } from "./must-show.ts";
import { restoreNames } from "./names.ts";
import { judgeDisk, judgePreflight, judgeTool, preflightStep } from "./preflight.ts";
import { redirectedUrl } from "./redirected-url.ts";
import { artifactStep } from "./restore-artifact.ts";
import { movesAside, newerThan, nothingThere, type RestoreContext } from "./restore-context.ts";
import { loadStep, removeStep } from "./restore-load.ts";
import { swapStep } from "./restore-swap.ts";
import { verifyStep } from "./restore-verify.ts";
import { endSessions, lookForSessions } from "./sessions.ts";
import { cleanupStep, safetyPath, safetyStep } from "./simple-steps.ts";
import { simulatedFacts } from "./simulated-facts.ts";
import { sourceOf } from "./source.ts";
import { standaloneVerify } from "./standalone-verify.ts";
import { judgeContents } from "./verify-judges.ts";

const connectionOf = (input: StoreInput): MongodbConnection => connectionAs(input, "mongodb");

const clientOf = (input: StoreInput, name = "lifeboat"): Client => ({
  connection: connectionOf(input),
  appName: name,
});

const liveName = (input: StoreInput, step: RunbookStep | undefined): string =>
  step?.kind === "restore" && step.into !== undefined ? step.into : connectionOf(input).database;

const namesOf = (context: StoreContext, step: RunbookStep | undefined) =>
  restoreNames(liveName(context, step), {
    tag: context.run.tag,
    step: step?.id ?? "restore",
    drill: context.mode === "drill",
  });

function restoreContext(step: RestoreStep, context: StoreContext): RestoreContext {
  const connection = connectionOf(context);
  return {
    step,
    store: context.id,
    host: context.store.host,
    mode: context.mode,
    run: context.run,
    client: clientOf(context, appName(context.run.id)),
    names: namesOf(context, step),
    source: sourceOf(context, connection),
    facts: factsIn(context.facts),
    newer: connection.newer,
    localData: context.localData,
  };
}

function keeps(restore: RestoreContext): string[] {
  const { names, mode } = restore;
  if (mode === "drill")
    return [
      `${names.live} is not touched; the drill restores into the database ${names.target} and removes it`,
    ];
  const newer = newerThan(restore);
  const others =
    newer.length === 0 || restore.step.only.length > 0
      ? []
      : [
          `collections that the backup does not know ${movesAside(restore) ? "move aside too" : "stay as they are"}: ${newer.join(", ")}`,
        ];
  if (nothingThere(restore))
    return [`none of its collections is in ${names.live} now, so there is nothing to keep`, ...others];
  return [
    `the present data as collections named …${names.kept} in ${names.live}, until you remove them`,
    ...others,
  ];
}

function expandRestore(step: RestoreStep, context: StoreContext): Expansion {
  const restore = restoreContext(step, context);
  const steps = [
    preflightStep(restore),
    artifactStep(restore),
    loadStep(restore),
    verifyStep(restore),
    swapStep(restore),
  ];
  const last = context.mode === "drill" ? [removeStep(restore)] : [];
  return { steps, last, keeps: keeps(restore), notes: restore.source.notes };
}

function expand(step: RunbookStep, context: StoreContext): Expansion {
  const client = clientOf(context, appName(context.run.id));
  switch (step.kind) {
    case "restore":
      return expandRestore(step, context);
    case "query":
      return only(
        queryStep(
          step,
          context,
          shell(client, client.connection.database, queryScript(step.sql, "")),
          "mongodb.answer",
        ),
      );
    case "safety-copy": {
      const path = safetyPath(step, context);
      const files = [{ step: step.id, path, isFolder: false, made: "there" as const }];
      return { ...only(safetyStep(step, context, client)), files };
    }
    case "cleanup":
      return only(cleanupStep(step, context, client));
    case "verify":
      return only(standaloneVerify(step, context, restoreContext(asRestore(step), context)));
    default:
      throw noSuchAction("mongodb", step);
  }
}

/** MongoDB, spoken to with mongosh, mongorestore and mongodump: every command can be typed. */
export const mongodb: StoreKind = {
  kind: "mongodb",
  clients: ["mongosh", "mongorestore", "mongodump"],
  factsCommand: (input) => askFacts(clientOf(input), input.subject),
  parseFacts,
  identity: (facts) => identityOf(factsSchema.parse(facts)),
  changedByRestore: [],
  describe: (facts) => describeFacts(factsSchema.parse(facts)),
  dataFolder: (facts) => factsSchema.parse(facts).dataFolder || undefined,
  server: () => ({ program: "mongod*", pidFile: "mongod.lock" }),
  simulatedFacts,
  simulatedFormat: { wrapper: "gzip", payload: "mongo-archive" },
  sessions: {
    look: (input, run) => lookForSessions(clientOf(input), run),
    end: (input, run) => endSessions(clientOf(input), run),
  },
  target: liveName,
  writesTo: (context, step) => namesOf(context, step).target,
  expand,
  redirected: redirectedUrl,
  backups: mongodbBackups(connectionOf),
  mustShow,
  hints,
  judges: {
    "mongodb.tool": judgeTool,
    "mongodb.preflight": judgePreflight,
    "mongodb.disk": judgeDisk,
    "mongodb.collections": judgeCollections,
    "mongodb.contents": judgeContents,
    "mongodb.safety-copy": judgeSafetyCopy,
    "mongodb.answer": judgeAnswer,
  },
};
