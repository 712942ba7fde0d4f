import { z } from "zod";
import { durationSchema as duration } from "./common-schema.ts";
import { drillKey, effectKey, stepKeys as common } from "./step-keys.ts";

const statusSchema = z.number().int().min(100).max(599);

/** What an answer must be. Everything that is given has to hold. */
export const httpExpectationSchema = z
  .strictObject({
    status: z
      .union([statusSchema, z.array(statusSchema).min(1)])
      .optional()
      .describe("one status or several; default: any from 200 to 299"),
    json: z.json().optional().describe("what the body must hold; keys that are not named may be there too"),
    matches: z.string().optional().describe("a regular expression that the body must match"),
    absent: z.string().optional().describe("a regular expression that the body must not match"),
  })
  .describe("what the answer must be: status, json, matches, absent");
export type HttpExpectation = z.infer<typeof httpExpectationSchema>;

const text = z.string();

/** A question to an application: is it healthy, can one log in. Asked from this machine. */
export const httpStepSchema = z.strictObject({
  ...common,
  kind: z.literal("http"),
  method: z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]).default("GET"),
  url: text.describe("http:// or https://; no user or password in it"),
  headers: z.record(text, text).default({}).describe("$NAME in a value is taken from env"),
  body: text.optional().describe("sent with it; $NAME in it is taken from env, $$ is a dollar sign"),
  env: z
    .record(text, text)
    .default({})
    .describe("for $NAME in headers and body: secrets go here, never into them"),
  expect: httpExpectationSchema.default({}),
  within: duration
    .optional()
    .describe("asks again and again until the answer is right, for so long; default: once"),
  follow: z.boolean().default(false).describe("follows redirects; headers and body only to the same server"),
  effect: effectKey.default("reads").describe("a login reads; say so where the question changes something"),
  target: text.optional().describe("what an irreversible question acts on: this name is typed at its gate"),
  drill: drillKey.default("print"),
});
export type HttpStep = z.infer<typeof httpStepSchema>;
