import { z } from "zod";
import { backupStepSchema } from "./backup-schema.ts";
import { durationSchema as duration, idSchema as id } from "./common-schema.ts";
import { httpStepSchema } from "./http-schema.ts";
import { drillKey, effectKey, stepKeys as common } from "./step-keys.ts";
import { servicesStepSchema } from "./services-schema.ts";
import { waitStepSchema } from "./wait-schema.ts";

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** What the first column of the first row of an answer must be. An empty answer never passes. */
export const expectationSchema = z
  .strictObject({
    equals: scalar.optional(),
    "at-least": z.number().optional(),
    "at-most": z.number().optional(),
    matches: z.string().optional().describe("a regular expression"),
  })
  .refine((e) => Object.keys(e).length > 0, "an expectation needs one of equals, at-least, at-most, matches")
  .describe("what the answer must be: equals, at-least, at-most or matches");

const QUESTION =
  "a question in the store's own language: SQL, InfluxQL, a mongosh expression, words for redis-cli";
const queryCheck = z.strictObject({
  title: z.string(),
  sql: z.string().describe(QUESTION),
  expect: expectationSchema,
});

const restore = z.strictObject({
  ...common,
  kind: z.literal("restore"),
  store: id,
  into: z
    .string()
    .optional()
    .describe("restore under this name instead of the store's own (database, bucket, volume)"),
  strategy: z.enum(["swap", "replace"]).optional().describe("default: swap"),
  owners: z
    .enum(["keep", "skip"])
    .default("keep")
    .describe("skip: everything belongs to the connecting role"),
  only: z
    .array(z.string())
    .default([])
    .describe("restore only these parts (collections, tables); everything else stays as it is"),
  tables: z
    .array(z.string())
    .default([])
    .describe("tables (collections, measurements) that must exist and hold rows after the restore"),
  queries: z.array(queryCheck).default([]).describe("the runbook's own checks, asked of the restored copy"),
});

/** Keys of a restore that not every kind of store knows; a declaration says which it does. */
export const RESTORE_KEYS = ["strategy", "owners", "only", "tables", "queries"] as const;

const storeAction = <K extends string>(kind: K) =>
  z.strictObject({ ...common, kind: z.literal(kind), store: id });

const query = z.strictObject({
  ...common,
  kind: z.literal("query"),
  store: id,
  sql: z.string().describe(QUESTION),
  expect: expectationSchema.optional().describe("without it the answer is recorded and nothing is judged"),
});

const command = z.strictObject({
  ...common,
  kind: z.enum(["command", "migrate"]),
  run: z.array(z.string()).min(1).describe("the argv; no shell is involved unless it names one"),
  cwd: z.string().optional().describe("where it runs; relative to the working directory"),
  env: z
    .record(z.string(), z.string())
    .default({})
    .describe("extra environment; values that are secrets stay out of the plan"),
  host: id.default("local"),
  store: id
    .optional()
    .describe(
      "the store it works on: in a drill, URLs of that store's database in env point to the scratch copy",
    ),
  effect: effectKey.default("irreversible"),
  target: z
    .string()
    .optional()
    .describe("what an irreversible command acts on: this name is typed at its gate"),
  stays: z.boolean().default(false).describe("it starts a server of its own, which outlives the run"),
  token: z.string().optional().describe("text the command must print when it has really finished"),
  drill: drillKey.default("print"),
  probe: z
    .array(z.string())
    .optional()
    .describe("read-only argv printing DONE, NOT DONE, PARTLY or CANNOT TELL"),
});

const manual = z.strictObject({
  ...common,
  kind: z.literal("manual"),
  instructions: z.string().describe("what the operator does by hand, then says done or failed"),
});

const confirm = z.strictObject({
  ...common,
  kind: z.literal("confirm"),
  says: z.string(),
  type: z.string().describe("what has to be typed"),
});

/** One step as the team wrote it; stores expand it into the plan's steps. */
export const stepSchema = z.discriminatedUnion("kind", [
  restore,
  storeAction("safety-copy"),
  storeAction("verify"),
  storeAction("quiesce"),
  storeAction("resume-connections"),
  storeAction("cleanup").extend({
    into: z.string().optional().describe("the name that is removed: what a restore had restored into"),
  }),
  backupStepSchema,
  query,
  command,
  httpStepSchema,
  waitStepSchema,
  servicesStepSchema,
  manual,
  confirm,
]);

export const runbookSchema = z
  .strictObject({
    title: z.string(),
    scenario: z.string().describe("when to use this runbook, one line"),
    objectives: z.strictObject({ rto: duration.optional(), rpo: duration.optional() }).optional(),
    "before-you-start": z
      .array(z.string())
      .default([])
      .describe("what the operator should know, a line each"),
    "bring-up": z
      .array(stepSchema)
      .default([])
      .describe("steps after which the stores' servers can be asked; run before all others"),
    steps: z.array(stepSchema).min(1),
  })
  .describe("an ordered, reviewable recipe for one scenario");

export type Runbook = z.infer<typeof runbookSchema>;

/** Where the steps of a runbook stand in its file, in the order they are run. */
export const STEP_LISTS = ["bring-up", "steps"] as const;

/** Kinds of steps that need no server: those that may stand in `bring-up`. */
export const BRING_UP_KINDS: readonly string[] = ["services", "wait", "manual", "command", "http"];

export const allSteps = (runbook: Runbook): RunbookStep[] => [...runbook["bring-up"], ...runbook.steps];
export type RunbookStep = z.infer<typeof stepSchema>;
export type RestoreStep = z.infer<typeof restore>;
export type Expectation = z.infer<typeof expectationSchema>;
