import { z } from "zod";
import { durationSchema as duration, idSchema as id } from "./common-schema.ts";

/** What a step of every kind may say. */
export const stepKeys = {
  id,
  title: z.string().optional().describe("what the operator reads; has a default for store actions"),
  why: z.string().optional().describe("one line: why this step exists"),
  needs: z.array(id).optional().describe("steps that must be done first; default: the step before"),
  timeout: duration.optional(),
  silence: duration.optional().describe("longest time without output before the step counts as hung"),
  optional: z.string().optional().describe("may be skipped; says what is lost then"),
  "on-failure": z.enum(["stop", "ask", "continue"]).default("ask"),
};

export const effectKey = z.enum(["reads", "reversible", "irreversible"]);

export const drillKey = z.enum(["run", "print"]).describe("what a drill does with it");
