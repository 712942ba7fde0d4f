import { z } from "zod";
import { durationSchema, idSchema, objectivesSchema } from "./common-schema.ts";
import { hostSchema } from "./host-kinds/registry.ts";
import { storeSchema } from "./store-kinds/registry.ts";

const notify = z
  .strictObject({
    kind: z.enum(["webhook", "slack"]).describe("webhook gets the message as JSON, slack as its text"),
    url: z
      .string()
      .describe("where to send it; a secret: give it as ${NAME:-}, empty means that nobody is called"),
    after: durationSchema
      .default("5m")
      .describe("how long a gate or decision may wait before somebody is called"),
    drills: z.boolean().default(false).describe("drills call as well; dry runs never do"),
  })
  .describe("who is called when a run waits for somebody, and when a live run ends");

export const systemSchema = z
  .strictObject({
    title: z.string().describe("what the system is, for people"),
    environment: z
      .string()
      .default("production")
      .describe("production, staging, test …; a drill refuses production targets"),
    env: z
      .array(z.string())
      .default([])
      .describe("dotenv files, relative to this folder; the environment wins"),
    objectives: objectivesSchema.default({}),
    hosts: z
      .record(idSchema, hostSchema)
      .default({})
      .describe("where commands run: a name for each and its settings; local, this machine, is always there"),
    notify: z.array(notify).default([]).describe("who is called when a run waits, and when a live run ends"),
    stores: z.record(idSchema, storeSchema).describe("what holds data: a name for each and its settings"),
  })
  .describe("one application estate that is recovered as a whole");

export type System = z.infer<typeof systemSchema>;
