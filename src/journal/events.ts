import { z } from "zod";
import { checkResultSchema } from "../step/check.ts";
import { identitySchema } from "../step/identity.ts";
import { modeSchema } from "../step/mode.ts";
import { effectSchema, gateSchema } from "../step/step.ts";
import { failureSchema, recoveryBodies } from "./recovery-events.ts";

const envelope = {
  seq: z.number().int(),
  at: z.string().describe("wall clock, ISO UTC"),
  mono: z.number().describe("monotonic ms since the process started; restarts at each opening"),
  prev: z.string().describe("sha256 of the line before, of nothing for the first"),
};
const step = z.string();

export const STEP_RESULTS = ["done", "failed", "skipped", "printed", "cancelled"] as const;
export type StepResult = (typeof STEP_RESULTS)[number];

/** What happened, as the journal keeps it. The bodies are what the engine emits; the journal adds the envelope. */
const bodies = [
  z.strictObject({
    type: z.literal("run.opened"),
    version: z.literal(1),
    run: z.string(),
    system: z.string(),
    runbook: z.string(),
    title: z.string(),
    mode: modeSchema,
    plan: z.string().describe("the plan's hash"),
    planFile: z.string().optional().describe("sha256 of plan.json, whose commands are run later too"),
    operator: z.string(),
    machine: z.string(),
    pid: z.number(),
    pidStarted: z.string().describe("clock ticks since boot; empty where unknown"),
    lifeboat: z.string(),
  }),
  z.strictObject({
    type: z.literal("identity.read"),
    store: z.string(),
    identity: identitySchema,
    when: z.string(),
  }),
  z.strictObject({ type: z.literal("gate.opened"), step: step.nullable(), gate: gateSchema }),
  z.strictObject({
    type: z.literal("gate.answered"),
    step: step.nullable(),
    answer: z.enum(["confirmed", "refused"]),
    how: z.enum(["typed", "flag", "nobody"]),
    note: z.string().optional(),
  }),
  z.strictObject({ type: z.literal("step.started"), step, effect: effectSchema, attempt: z.number().int() }),
  z.strictObject({ type: z.literal("command.started"), step, index: z.number().int(), line: z.string() }),
  z.strictObject({
    type: z.literal("command.spawned"),
    step,
    index: z.number().int(),
    pid: z.number().int().describe("leader of the command's process group"),
    pidStarted: z.string().describe("clock ticks since boot; empty where unknown"),
  }),
  z.strictObject({
    type: z.literal("command.ended"),
    step,
    index: z.number().int(),
    exit: z.number().nullable(),
    signal: z.string().nullable(),
    ms: z.number(),
  }),
  z.strictObject({
    type: z.literal("step.ended"),
    step,
    result: z.enum(STEP_RESULTS),
    ms: z.number(),
    checks: z.array(checkResultSchema),
    error: failureSchema.optional(),
    output: z
      .strictObject({ file: z.string(), lines: z.number(), bytes: z.number(), sha256: z.string() })
      .optional(),
  }),
  ...recoveryBodies,
  z.strictObject({
    type: z.literal("deviation"),
    step: step.nullable(),
    what: z.string(),
    because: z.string(),
  }),
  z.strictObject({ type: z.literal("note"), text: z.string(), by: z.string() }),
  z.strictObject({
    type: z.literal("run.ended"),
    exit: z.number().int(),
    word: z.string().describe('the headline: "RECOVERED", "DRILL PASSED", "FAILED" …'),
    state: z.array(z.string()).describe("what is where now, a line each: complete copies of the data first"),
    next: z.array(z.string()),
  }),
  z.strictObject({ type: z.literal("kept.removed"), step, name: z.string() }),
] as const;

export const eventBodySchema = z.discriminatedUnion("type", bodies);
export type EventBody = z.infer<typeof eventBodySchema>;

const [first, ...rest] = bodies;
export const journalEventSchema = z.discriminatedUnion("type", [
  first.extend(envelope),
  ...rest.map((body) => body.extend(envelope)),
]);
export type JournalEvent = EventBody & { seq: number; at: string; mono: number; prev: string };

/** What presenters also hear but the journal does not keep: the newest output lines (not all of them), and how many there were. */
export type Signal =
  | { type: "output"; step: string; lines: string[]; total: number }
  | { type: "progress"; step: string; fraction: number; words: string }
  | Waiting;

/** A step waits, and what it waits for has given a new answer. */
export interface Waiting {
  type: "waiting";
  step: string;
  words: string;
}
