import { z } from "zod";
import { checkSchema } from "./check.ts";
import { commandSchema } from "./command.ts";

export const EFFECTS = ["reads", "reversible", "irreversible"] as const;
export const effectSchema = z.enum(EFFECTS);
export type Effect = z.infer<typeof effectSchema>;

/** A point where a human decides. `expect` is what has to be typed. */
export const gateSchema = z.strictObject({
  kind: z.enum(["confirm", "manual"]),
  expect: z.string().optional(),
  prompt: z.string().describe('what is asked, e.g. "Type the name of the database to go on"'),
  says: z.array(z.string()).describe("what the operator is told first, a line each"),
  flag: z.string().optional().describe("the flag that answers it without a terminal"),
  shows: z
    .array(z.string())
    .optional()
    .describe(
      "steps whose findings are told first: numbers that are only known when the run comes to the gate",
    ),
});
export type Gate = z.infer<typeof gateSchema>;

const undoSchema = z.strictObject({
  says: z.string().describe("what undoing does, one line"),
  commands: z.array(commandSchema).min(1),
  /** For how long it can be undone, e.g. "until plotzed__before_1120 is removed". */
  until: z.string().optional(),
  /** Run at once when the step fails half way, because what it left must not stay (a fence on the live database). */
  onFailure: z.boolean().default(false),
});

/** The unit that is run, journaled, retried, skipped, undone. Plain data: it is stored in plan.json. */
export const stepSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  why: z.string(),
  kind: z.string().describe("the kind in the runbook it came from"),
  store: z.string().optional(),
  host: z.string(),
  needs: z.array(z.string()),
  effect: effectSchema,
  /** Whether this mode runs it or only prints it, and why it is only printed. */
  does: z.enum(["run", "print"]),
  printedBecause: z.string().optional(),
  gate: gateSchema.optional(),
  /** It changes what applications use: the server is asked again who it is first, and results say whether it was reached. */
  touchesLive: z.boolean().optional(),
  /** The store's host is asked again who it is first, though nothing is changed: what follows relies on it. */
  asksHost: z.boolean().optional(),
  /** What its commands come to, in a line for lists, e.g. "ALTER DATABASE shop RENAME TO …"; the commands follow whole. */
  gist: z.string().optional(),
  commands: z.array(commandSchema),
  checks: z.array(checkSchema).describe("post-conditions, or the whole of a step that only looks"),
  /** Read-only; the last line of its output is DONE, NOT DONE, PARTLY or CANNOT TELL. */
  probe: commandSchema.optional(),
  /** Doing it twice gives the same as doing it once: an interrupted attempt is simply made again. */
  repeatable: z.boolean().optional(),
  undo: undoSchema.optional(),
  /** Removes what the run leaves on purpose (the kept old data); `lifeboat cleanup` runs it. */
  cleanup: undoSchema.extend({ expect: z.string() }).optional(),
  timeoutMs: z.number(),
  silenceMs: z.number(),
  expectedMs: z.number().optional(),
  optional: z.string().optional(),
  /** What is true once it is done, for "changed so far", e.g. "shop is the restored copy". */
  after: z.string().optional(),
  /** Steps whose `after` is no longer true once this one is done. */
  outdates: z.array(z.string()).optional(),
  onFailure: z.enum(["stop", "ask", "continue"]),
  /** The exit code a failure of this step means: 11 before anything was touched, 24 for a red verification. */
  failsAs: z.enum(["failed", "preflight", "red"]).default("failed"),
});
export type Step = z.infer<typeof stepSchema>;

/** The runbook's step a planned step comes from: one store action is several steps, `<id>.<part>`. */
export const runbookStepOf = (id: string): string => id.split(".")[0] ?? id;
