import { join } from "node:path";
import { LifeboatError } from "../../base/errors.ts";
import { EXIT } from "../../base/exit-codes.ts";
import type { RestoreStep, RunbookStep } from "../../runbook/runbook-schema.ts";
import type { RedisConnection } from "../../runbook/store-kinds/redis-connection.ts";
import { queryStep } from "../action-step.ts";
import { connectionAs } from "../connection-as.ts";
import { asRestore, noSuchAction, only } from "../expansion.ts";
import type { Expansion, StoreContext, StoreInput, StoreKind } from "../store-kind.ts";
import type { Command } from "../../step/command.ts";
import { askFacts } from "./ask-facts.ts";
import { askContainer } from "./container/inspect.ts";
import { type ContainerWay, containerOf, helperName, inServer, wayOf } from "./container/way.ts";
import { liveScript } from "./client.ts";
import { queryScript } from "./queries.ts";
import { redisBackups } from "./backups.ts";
import { expandRestore } from "./expand-restore.ts";
import {
  dataFolderOf,
  describeFacts,
  factsSchema,
  identityOf,
  parseFacts,
  type RedisFacts,
  isUp,
} from "./facts.ts";
import { judgeCheckRdb, judgeFileKeys, judgeKept } from "./file-judges.ts";
import { redisHints } from "./hints.ts";
import { mustShow } from "./must-show.ts";
import { judgePreflight } from "./preflight.ts";
import { judgeRoom, judgeTool } from "./preflight-machine.ts";
import { type RestoreContext, isPod, restoreContext } from "./restore-context.ts";
import { safetyFile, safetyStep, verifyLiveSteps } from "./simple-steps.ts";
import { simulatedFacts } from "./simulated-facts.ts";
import { sourceOf } from "./source.ts";
import { judgeAnswerOnly, judgeManifest, judgeSame } from "./verify-judges.ts";

const connectionOf = (input: StoreInput): RedisConnection => connectionAs(input, "redis");

const factsIn = (facts: unknown): RedisFacts | undefined =>
  facts === undefined ? undefined : factsSchema.parse(facts);

const contextOf = (step: RestoreStep, context: StoreContext): RestoreContext =>
  restoreContext(step, context, connectionOf(context), factsIn(context.facts), sourceOf(context));

/** The container by its name: whether it is still the one that was asked first is what the answer shows. */
const lookingAt = (input: StoreInput): ContainerWay | undefined =>
  wayOf(input, connectionOf(input), undefined, { id: "look", tag: "look" });

function keeps({ mode, target, kept, copy, container }: RestoreContext): string[] {
  const where = container ? ` of ${container.way.words}` : "";
  return mode === "drill"
    ? [
        `${target} is not touched; the drill loads the backup into a server of its own in ${container ? helperName(container.way, "copy") : copy} and removes it`,
      ]
    : [`the present files of ${target} in ${kept}${where}, until you remove them`];
}

/** Asked where the server is. */
function question(input: StoreInput, command: Command): Command {
  const way = wayOf(input, connectionOf(input), factsIn(input.facts), { id: "ask", tag: "ask" });
  return way ? inServer(way, command) : command;
}

/** A server in a pod is never stopped: it takes over what the copy's server holds. That takes one that runs, and is not old. */
function refusePod({ mode, place, id, facts }: StoreContext): void {
  const known = factsIn(facts);
  const may = known === undefined || (known.running && Number.parseInt(known.version, 10) >= 7);
  if (mode === "drill" || !isPod(place) || may) return;
  throw new LifeboatError(EXIT.preflight, {
    what: `a Redis server in a pod that ${known.running ? `is of version ${known.version}` : "does not answer"} cannot be restored by Lifeboat`,
    where: `store ${id}, ${place?.words ?? ""}`,
    why: "it is the pod's own process: one of version 7 or newer that answers takes the backup over; of any other the files can only be exchanged while its deployment is scaled to 0, by a pod with the same claim",
    next: "bring it up on an empty folder and run again; or by hand: scale to 0, put the file onto the claim by a helper pod, scale back; with its append-only file on the server passes over an RDB file (see src/stores/README.md)",
  });
}

function restore(step: RestoreStep, context: StoreContext): Expansion {
  if (step.into !== undefined)
    throw new LifeboatError(EXIT.invalid, {
      what: "a Redis server cannot be restored under another name",
      where: `step ${step.id}, into: ${step.into}`,
      next: "leave into out; a drill restores beside",
    });
  refusePod(context);
  const made = contextOf(step, context);
  return { ...expandRestore(made), keeps: keeps(made), notes: made.source.notes };
}

function expand(step: RunbookStep, context: StoreContext): Expansion {
  const connection = connectionOf(context);
  switch (step.kind) {
    case "restore":
      return restore(step, context);
    case "query":
      return only(
        queryStep(
          step,
          context,
          question(context, liveScript(connection, queryScript("live", step.sql, connection.database))),
          "redis.answer",
        ),
      );
    case "safety-copy": {
      const folder = context.store["safety-copies"] ?? join(context.run.dir, "safety");
      const path = safetyFile(folder, context.run);
      const files = [{ step: step.id, path, isFolder: false, made: "there" as const }];
      return { ...only(safetyStep(step, context, connection, folder)), files };
    }
    case "verify":
      return only(...verifyLiveSteps(step, context, contextOf(asRestore(step), context)));
    default:
      throw noSuchAction("redis", step);
  }
}

/** Redis, spoken to with redis-cli; redis-server loads backups beside, redis-check-rdb reads them. */
export const redis: StoreKind = {
  kind: "redis",
  clients: ["redis-cli", "redis-server", "redis-check-rdb"],
  reaches: (place) => containerOf(place) !== undefined,
  factsCommand: (input) => {
    const way = lookingAt(input);
    return way ? askContainer(way) : askFacts(connectionOf(input));
  },
  parseFacts,
  identity: (facts) => identityOf(factsSchema.parse(facts)),
  // While this run has it stopped, a server tells none of these.
  changedByRestore: ["role", "version", "port", "dataFolder", "configuration"],
  describe: (facts) => describeFacts(factsSchema.parse(facts)),
  runs: (facts) => isUp(factsSchema.parse(facts)),
  dataFolder: (facts) => dataFolderOf(factsSchema.parse(facts)),
  simulatedFacts,
  simulatedFormat: { wrapper: "none", payload: "rdb" },
  target: (input) => input.connection.subject,
  writesTo: (context) =>
    context.mode === "drill" ? `a server of run ${context.run.tag}` : context.connection.subject,
  expand,
  backups: redisBackups(connectionOf),
  mustShow,
  hints: redisHints,
  judges: {
    "redis.preflight": judgePreflight,
    "redis.tool": judgeTool,
    "redis.room": judgeRoom,
    "redis.check-rdb": judgeCheckRdb,
    "redis.file-keys": judgeFileKeys,
    "redis.manifest": judgeManifest,
    "redis.same": judgeSame,
    "redis.kept": judgeKept,
    "redis.answer": judgeAnswerOnly,
  },
};
