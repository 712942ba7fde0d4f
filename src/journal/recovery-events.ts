import { z } from "zod";

const step = z.string();

/** Why a step failed, as the journal keeps it. */
export const failureSchema = z.strictObject({
  what: z.string(),
  why: z.string().optional(),
  next: z.string().optional(),
});

/** What a probe may say of an interrupted step. */
export const PROBE_ANSWERS = ["DONE", "NOT DONE", "PARTLY", "CANNOT TELL"] as const;
export type ProbeAnswer = (typeof PROBE_ANSWERS)[number];

/** What can be decided about a step that failed. */
export const DECISIONS = ["retry", "edit", "fixed", "skip", "shell", "undo", "leave"] as const;
export type DecisionChoice = (typeof DECISIONS)[number];

export const choiceSchema = z.strictObject({
  choice: z.enum(DECISIONS),
  title: z.string(),
  says: z.string().describe("what it would do, one line"),
  type: z
    .string()
    .optional()
    .describe("has to be typed first, e.g. to skip what the runbook does not allow to skip"),
});
export type OfferedChoice = z.infer<typeof choiceSchema>;

/** Events of things going wrong and being put right: probes, decisions, resumed runs. */
export const recoveryBodies = [
  z.strictObject({
    type: z.literal("probe.answered"),
    step,
    answer: z.enum(PROBE_ANSWERS),
    says: z.string().describe("what the probe printed, or why it could not be asked"),
  }),
  z.strictObject({
    type: z.literal("decision.opened"),
    step,
    failure: failureSchema,
    changed: z.array(z.string()).describe("what has been changed so far, a line each"),
    choices: z.array(choiceSchema),
  }),
  z.strictObject({
    type: z.literal("decision.made"),
    step,
    choice: z.enum(DECISIONS),
    how: z.enum(["typed", "flag", "nobody"]),
    because: z.string().optional(),
    diff: z.array(z.string()).optional().describe("for an edited command: lines that went and came"),
  }),
  z.strictObject({
    type: z.literal("differences.accepted"),
    differences: z.array(z.string()).describe("what had changed since the run was stopped"),
    how: z.enum(["typed", "flag"]),
  }),
  z.strictObject({
    type: z.literal("lock.taken-over"),
    store: z.string(),
    holder: z.string(),
    because: z.string(),
  }),
] as const;
