import { z } from "zod";
import { commandSchema } from "../step/command.ts";
import { identitySchema } from "../step/identity.ts";
import { modeSchema, strategySchema } from "../step/mode.ts";
import { stepSchema } from "../step/step.ts";

/** One store the plan writes to. */
const targetSchema = z.strictObject({
  store: z.string(),
  kind: z.string(),
  name: z.string().describe("what the operator types at a gate: the database's name"),
  writesTo: z.string().describe("the name that really receives the data in this mode"),
  aside: z
    .boolean()
    .optional()
    .describe("the runbook restores it under another name: the store stays as it is"),
  address: z.string(),
  describes: z.string().describe("one line: role, size, sessions, or why it could not be asked"),
  identity: identitySchema.optional(),
  sessions: z
    .strictObject({ look: commandSchema, end: commandSchema })
    .optional()
    .describe("what finds, and ends, sessions this run still has at the server when Lifeboat is gone"),
});

/** A host whose services the plan controls, or on which its own commands run. */
const planHostSchema = z.strictObject({
  host: z.string(),
  words: z.string().describe("where it is, for people"),
  identity: identitySchema.describe(
    "who it said it is: its engine, namespace, machine; empty when it could not be asked",
  ),
});
export type PlanHost = z.infer<typeof planHostSchema>;

const chosenBackupSchema = z.strictObject({
  store: z.string(),
  id: z.string(),
  path: z.string(),
  time: z.string().describe("ISO, UTC"),
  tier: z.string().optional(),
  bytes: z.number(),
  format: z.string(),
  manifest: z.string().optional(),
  imagined: z.boolean().optional().describe("there is none: the plan is only to be read"),
  modifiedMs: z.number().describe("mtime when chosen; a backup that changed since is refused"),
});
export type ChosenBackup = z.infer<typeof chosenBackupSchema>;

/** A runbook resolved against a system, a mode and chosen backups. Immutable, hashable, printable; holds no secrets. */
export const planSchema = z.strictObject({
  version: z.literal(1),
  run: z.string().describe("the id of the run it is for"),
  tag: z.string().describe("the part of the run's id used in database names"),
  system: z.string(),
  runbook: z.string(),
  title: z.string(),
  environment: z.string(),
  mode: modeSchema,
  strategy: strategySchema,
  createdAt: z.string(),
  sources: z.array(z.strictObject({ path: z.string(), sha256: z.string() })),
  targets: z.array(targetSchema),
  hosts: z.array(planHostSchema).optional(),
  backups: z.array(chosenBackupSchema),
  rtoMs: z.number().optional(),
  ownRto: z.literal(true).optional().describe("the RTO is the runbook's own, not the system's"),
  rpoMs: z.number().optional(),
  loses: z.array(z.string()).describe("what is lost, a line each: the writes after the backup"),
  keeps: z.array(z.string()).describe("what is kept and where"),
  notes: z.array(z.string()).describe("before you start, and what the planner wants said"),
  warnings: z.array(z.string()).optional().describe("about how it is being started, shown at the gate"),
  changes: z
    .array(z.string())
    .describe("what differs from the last run of this runbook; empty when there was none"),
  leftOut: z
    .array(z.strictObject({ step: z.string(), title: z.string(), loses: z.string(), because: z.string() }))
    .optional()
    .describe("optional steps of the runbook that the operator left out beforehand, with the reason"),
  bringsUp: z
    .strictObject({ rest: z.string().describe("the command that plans and runs the rest") })
    .optional()
    .describe("it only brings the servers up: what comes after is planned when they can be asked"),
  continues: z
    .strictObject({
      run: z.string(),
      startedAt: z.string().describe("ISO; the time of recovery counts from here"),
    })
    .optional()
    .describe("the run that brought the servers up"),
  steps: z.array(stepSchema),
  hash: z.string().describe("sha256 over everything but what differs from run to run"),
});
export type Plan = z.infer<typeof planSchema>;
