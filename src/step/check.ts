import { z } from "zod";
import { commandSchema } from "./command.ts";

/** Levels of proof, weakest last. `other` is for preflight and post-conditions. */
export const LEVELS = ["artifact", "shape", "counts", "content", "queries", "other"] as const;

/** One thing looked at. Not checked always says why. */
export const checkResultSchema = z.strictObject({
  name: z.string(),
  level: z.enum(LEVELS).default("other"),
  result: z.enum(["pass", "fail", "warning", "not checked"]),
  expected: z.string().optional(),
  found: z.string().optional(),
  why: z.string().optional().describe("for a failure its likely cause, for not checked the reason"),
  fix: z.string().optional().describe("what to do or type about it"),
  final: z.literal(true).optional().describe("of a failure: it cannot become good any more, so nobody waits"),
});
export type CheckResult = z.infer<typeof checkResultSchema>;

/** Names a pure function that reads a command's output; `args` is all it needs besides. */
const judgeRef = z.strictObject({ judge: z.string(), args: z.json().default({}) });
export type JudgeRef = z.infer<typeof judgeRef>;

/** Where a judge's command ran, for people: args of commands that are carried elsewhere say so. */
export const whereIn = (args: JudgeRef["args"]): string =>
  z.object({ where: z.string() }).safeParse(args).data?.where ?? "this machine";

/** Reading an artifact in full happens in this process; `byHand` are the commands that show the same. */
const inspectionSchema = z.strictObject({
  inspect: z.literal("artifact"),
  path: z.string(),
  byHand: z.array(z.string()),
});

/** Asked again and again until it is green or the time is over; a source that fails then means "not yet". */
const pollSchema = z.strictObject({
  upToMs: z.number().positive(),
  for: z.string().describe('what is waited for, after "waiting for": "postgres to be healthy"'),
});
export type Poll = z.infer<typeof pollSchema>;

/** Something read back and judged. It never changes anything. */
export const checkSchema = z.strictObject({
  title: z.string(),
  source: z.union([commandSchema, inspectionSchema]),
  ...judgeRef.shape,
  /** What a person has to see, a line each, where no judge is at hand. */
  shows: z.array(z.string()).optional(),
  /** A failing source (server unreachable, exit ≠ 0) becomes this result. */
  onError: z.enum(["fail", "not checked"]).default("fail"),
  poll: pollSchema.optional(),
});
export type Check = z.infer<typeof checkSchema>;

/** What a judge is told: the far end's words and how the program ended. */
export interface Evidence {
  stdout: string;
  stderr: string;
  exit: number | undefined;
}

/**
 * Pure: reads evidence, gives results. An empty list means nothing was compared, which the engine turns red.
 * `facts` is what an earlier step of the same run found out, by step id.
 */
export type Judge = (
  evidence: Evidence,
  args: JudgeRef["args"],
  facts: (step: string) => unknown,
) => CheckResult[];
