import type { RunbookStep } from "../../runbook/runbook-schema.ts";
import { queryStep } from "../action-step.ts";
import { asRestore, noSuchAction, only } from "../expansion.ts";
import type { Expansion, StepFile, StoreContext, StoreKind } from "../store-kind.ts";
import { influxdbBackups } from "./backups.ts";
import { judgeContent } from "./content-judge.ts";
import { describeFacts, factsCommand, factsSchema, identityOf, isStopped, parseFacts } from "./facts.ts";
import { expandRestore, keepsOf } from "./expand-restore.ts";
import { expandOffline } from "./expand-offline.ts";
import { judgeFolders } from "./offline-judges.ts";
import { hints } from "./hints.ts";
import { judgeAnswerOnly, judgeExpired, judgeHasPoints, judgeShape } from "./more-judges.ts";
import { mustShow } from "./must-show.ts";
import { restoreNames } from "./names.ts";
import { judgeDisk, judgePreflight } from "./preflight.ts";
import { connectionOf, liveName, type RestoreContext, restoreContext } from "./restore-context.ts";
import { queryCommand } from "./query-command.ts";
import { cleanupStep, standaloneSafety, standaloneVerify } from "./simple-steps.ts";
import { simulatedFacts } from "./simulated-facts.ts";

/** What an archive is unpacked into, so that it can be judged, and the safety copy. */
function filesOf({ source, folders, step }: RestoreContext, safety: string): StepFile[] {
  const unpacked = { step: `${step.id}.unpack`, path: folders.unpacked, made: "here" as const };
  const copy = { step: safety, path: folders.safety, made: "there" as const };
  return [...(source.isPacked ? [unpacked] : []), copy].map((file) => ({ ...file, isFolder: true }));
}

function expand(step: RunbookStep, context: StoreContext): Expansion {
  switch (step.kind) {
    case "restore": {
      const restore = restoreContext(step, context);
      const files = filesOf(restore, `${step.id}.safety-copy`);
      if (context.strategy === "replace" && context.mode !== "drill")
        return { ...expandOffline(restore), files: files.filter(({ made }) => made === "here") };
      return { ...expandRestore(restore), keeps: keepsOf(restore), notes: restore.source.notes, files };
    }
    case "query": {
      const connection = connectionOf(context);
      const source = queryCommand(connection, connection.database, step.sql);
      return only(queryStep(step, context, source, "influxdb.answer"));
    }
    case "cleanup":
      return only(cleanupStep(step, context));
    case "safety-copy": {
      const restore = restoreContext(asRestore(step), context, false);
      return { ...only(standaloneSafety(step, context, restore)), files: filesOf(restore, step.id) };
    }
    case "verify":
      return only(standaloneVerify(step, context, restoreContext(asRestore(step), context)));
    default:
      throw noSuchAction("influxdb", step);
  }
}

/** InfluxDB 1.x, spoken to with influx and influxd backup and restore: every command can be typed. */
export const influxdb: StoreKind = {
  kind: "influxdb",
  clients: ["influx"],
  factsCommand: (input) => factsCommand(connectionOf(input), input.subject),
  parseFacts,
  identity: (facts) => identityOf(factsSchema.parse(facts)),
  // A restore offline may find the server stopped, and then its version is not known.
  changedByRestore: ["databaseExists", "version"],
  describe: (facts) => describeFacts(factsSchema.parse(facts)),
  runs: (facts) => !isStopped(factsSchema.parse(facts)),
  dataFolder: (facts) => factsSchema.parse(facts).dataFolder || undefined,
  server: ({ facts }) => ({ program: "influxd*", pid: factsSchema.parse(facts).processId }),
  simulatedFacts,
  simulatedFormat: { wrapper: "none", payload: "influx-portable" },
  target: liveName,
  writesTo: (context, step) => {
    const names = restoreNames(liveName(context, step), context.run.tag, context.mode === "drill");
    return context.mode === "drill" ? names.copy : names.live;
  },
  expand,
  backups: influxdbBackups(connectionOf),
  mustShow,
  hints,
  judges: {
    "influxdb.preflight": judgePreflight,
    "influxdb.disk": judgeDisk,
    "influxdb.shape": judgeShape,
    "influxdb.content": judgeContent,
    "influxdb.expired": judgeExpired,
    "influxdb.has-points": judgeHasPoints,
    "influxdb.answer": judgeAnswerOnly,
    "influxdb.folders": judgeFolders,
  },
};
