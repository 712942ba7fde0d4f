import type { RestoreStep, RunbookStep } from "../../runbook/runbook-schema.ts";
import type { ClickhouseConnection } from "../../runbook/store-kinds/clickhouse.ts";
import { queryStep } from "../action-step.ts";
import { connectionAs } from "../connection-as.ts";
import { asRestore, noSuchAction, only } from "../expansion.ts";
import type { Expansion, StepFile, StoreContext, StoreInput, StoreKind } from "../store-kind.ts";
import { askFacts } from "./ask-facts.ts";
import { clickhouseBackups } from "./backups.ts";
import { type ChFacts, describeFacts, factsSchema, identityOf } from "./facts.ts";
import { clickhouseHints } from "./hints.ts";
import { lockCommand, lockHolder } from "./lock.ts";
import { judgeDisk, judgeSchemaFile, judgeTool } from "./machine-judges.ts";
import { mustShow } from "./must-show.ts";
import { restoreNames, USUAL } from "./names.ts";
import { judgePreflight } from "./preflight.ts";
import { parseFacts } from "./read-facts.ts";
import { absentTables, type RestoreContext, restoreContext } from "./restore-context.ts";
import { loadStep, removeStep } from "./restore-load.ts";
import { artifactStep, preflightStep } from "./restore-proof.ts";
import { swapStep } from "./restore-swap.ts";
import { endSessionsOfRun, sessionsOfRun } from "./sessions.ts";
import { safetyFolder, safetyStep, standaloneVerify } from "./simple-steps.ts";
import { simulatedFacts } from "./simulated-facts.ts";
import { sourceOf } from "./source.ts";
import { verifyStep, question } from "./verify.ts";
import { judgeAnswer, judgeFiles, judgeNamedTables, judgeShape, judgeTables } from "./verify-judges.ts";

const connectionOf = (input: StoreInput): ClickhouseConnection => connectionAs(input, "clickhouse");

const factsIn = (facts: unknown): ChFacts | undefined =>
  facts === undefined ? undefined : factsSchema.parse(facts);

function liveName(input: StoreInput, step: RunbookStep | undefined): string {
  return step?.kind === "restore" && step.into !== undefined ? step.into : input.connection.subject;
}

function restoreOf(step: RestoreStep, context: StoreContext): RestoreContext {
  const connection = connectionOf(context);
  const facts = factsIn(context.facts);
  return restoreContext(step, context, {
    connection,
    facts,
    source: sourceOf(context, step, connection, facts),
  });
}

function keeps(restore: RestoreContext): string {
  const { names, mode, source } = restore;
  if (mode === "drill")
    return `${names.live} is not touched; the drill restores into ${names.copy} and removes it`;
  return absentTables(restore).length === source.tables.length
    ? `nothing is in the place of these tables in ${names.live} now, so there is nothing to keep`
    : `the present tables in ${names.kept}, until you remove it`;
}

/** A file of rows has its schema in a file of its own beside it. */
function schemaFiles({ source, step }: RestoreContext): StepFile[] {
  if (source.format.payload !== "native") return [];
  return source.tables.flatMap(({ schema }) =>
    schema !== "live" && "path" in schema
      ? [{ step: `${step.id}.artifact`, path: schema.path, isFolder: false, made: "before" as const }]
      : [],
  );
}

function expandRestore(step: RestoreStep, context: StoreContext): Expansion {
  const made = restoreOf(step, context);
  return {
    steps: [preflightStep(made), artifactStep(made), loadStep(made), verifyStep(made), swapStep(made)],
    last: context.mode === "drill" ? [removeStep(made)] : [],
    keeps: [keeps(made)],
    notes: made.source.notes,
    files: schemaFiles(made),
  };
}

function expand(step: RunbookStep, context: StoreContext): Expansion {
  const connection = connectionOf(context);
  switch (step.kind) {
    case "restore":
      return expandRestore(step, context);
    case "query":
      return only(
        queryStep(step, context, question({ connection }, connection.subject, step.sql), "clickhouse.answer"),
      );
    case "verify":
      return only(standaloneVerify(step, context, restoreOf(asRestore(step), context)));
    case "safety-copy": {
      const { id, mode, run, store } = context;
      const known = { step: asRestore(step), store: id, host: store.host, mode, run };
      const facts = factsIn(context.facts);
      const made = { ...known, connection, facts, localData: context.localData };
      const path = safetyFolder(context);
      const files = [{ step: step.id, path, isFolder: true, made: "there" as const }];
      return { ...only(safetyStep(step, context, made)), files };
    }
    default:
      throw noSuchAction("clickhouse", step);
  }
}

/** ClickHouse, spoken to with clickhouse-client over the native protocol: every command can be typed. */
export const clickhouse: StoreKind = {
  kind: "clickhouse",
  clients: ["clickhouse-client"],
  factsCommand: (input) => askFacts(connectionOf(input), input.subject),
  parseFacts,
  identity: (facts) => identityOf(factsSchema.parse(facts)),
  changedByRestore: [],
  describe: (facts) => describeFacts(factsSchema.parse(facts)),
  dataFolder: (facts) => factsSchema.parse(facts).dataPath || undefined,
  server: () => ({ program: "clickhouse*", pidFile: "status" }),
  simulatedFacts,
  simulatedFormat: { wrapper: "none", payload: "native-directory" },
  sessions: {
    look: (input, run) => sessionsOfRun(connectionOf(input), run),
    end: (input, run) => endSessionsOfRun(connectionOf(input), run),
  },
  lock: {
    command: (input, name, run, takeOver) => lockCommand(connectionOf(input), name, run, takeOver),
    holder: lockHolder,
  },
  target: liveName,
  writesTo: (context, step) => {
    const drill = context.mode === "drill";
    const { tag } = context.run;
    const names = restoreNames(liveName(context, step), { tag, step: step?.id ?? USUAL, drill });
    return drill ? names.copy : names.live;
  },
  expand,
  backups: clickhouseBackups(connectionOf),
  mustShow,
  hints: clickhouseHints,
  judges: {
    "clickhouse.preflight": judgePreflight,
    "clickhouse.tool": judgeTool,
    "clickhouse.disk": judgeDisk,
    "clickhouse.schema-file": judgeSchemaFile,
    "clickhouse.shape": judgeShape,
    "clickhouse.tables": judgeTables,
    "clickhouse.files": judgeFiles,
    "clickhouse.named-tables": judgeNamedTables,
    "clickhouse.answer": judgeAnswer,
  },
};
