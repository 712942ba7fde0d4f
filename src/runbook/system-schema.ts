import { z } from "zod";
import { DURATION_PATTERN } from "../base/duration.ts";

const id = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, "lower case letters, digits and dashes, starting with a letter")
  .describe("a name in lower case letters, digits and dashes");
const duration = z.string().regex(DURATION_PATTERN, 'a duration such as "30m" or "24h"');

const objectives = z
  .strictObject({
    rto: duration.optional().describe("how long recovery may take"),
    rpo: duration.optional().describe("how much time's worth of writes may be lost"),
  })
  .describe("recovery objectives");

const backups = z.strictObject({
  path: z
    .string()
    .describe(
      "where backups lie, relative to the working directory: a path with {tier}, {timestamp} and * (any characters but /), e.g. backups/{tier}/app-{timestamp}.sql.gz",
    ),
  timezone: z.enum(["utc", "local"]).default("utc").describe("the clock the names were written by"),
  "usual-size": z
    .strictObject({ min: z.string().optional(), max: z.string().optional() })
    .optional()
    .describe('sizes outside this range are a warning, e.g. { min: "5MB", max: "50MB" }'),
});

const host = z
  .discriminatedUnion("kind", [z.strictObject({ kind: z.literal("local") })])
  .describe("where commands run");

const postgresStore = z.strictObject({
  kind: z.literal("postgres"),
  title: z.string().optional(),
  host: id.default("local").describe("the host its commands run on"),
  critical: z.boolean().default(true),
  url: z
    .string()
    .optional()
    .describe("postgresql://user:password@host:port/database, instead of the parts below"),
  server: z.string().optional().describe("server name, address or socket directory"),
  port: z.union([z.string(), z.number()]).transform(String).optional(),
  user: z.string().optional(),
  password: z.string().optional().describe("a secret: give it as ${NAME}"),
  database: z.string().optional(),
  "maintenance-database": z.string().default("postgres").describe("where CREATE and RENAME are run from"),
  "safety-copies": z
    .string()
    .optional()
    .describe("folder for safety dumps, relative to the working directory; default: the run's folder"),
  objectives: objectives.optional(),
  backups: z.array(backups).default([]),
});

const notify = z
  .strictObject({
    kind: z.enum(["webhook", "slack"]).describe("webhook gets the message as JSON, slack as its text"),
    url: z
      .string()
      .describe("where to send it; a secret: give it as ${NAME:-}, empty means that nobody is called"),
    after: duration.default("5m").describe("how long a gate or decision may wait before somebody is called"),
    drills: z.boolean().default(false).describe("drills call as well; dry runs never do"),
  })
  .describe("who is called when a run waits for somebody, and when a live run ends");

/** The kinds of store; adding one adds its schema here and its file in src/stores. */
export const storeSchema = z.discriminatedUnion("kind", [postgresStore]);

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
    objectives: objectives.default({}),
    hosts: z.record(id, host).default({ local: { kind: "local" } }),
    notify: z.array(notify).default([]).describe("who is called when a run waits, and when a live run ends"),
    stores: z.record(id, storeSchema).describe("what holds data: a name for each and its settings"),
  })
  .describe("one application estate that is recovered as a whole");

export type System = z.infer<typeof systemSchema>;
export type Store = z.infer<typeof storeSchema>;
export type PostgresStore = z.infer<typeof postgresStore>;
export type Host = z.infer<typeof host>;
export type BackupPattern = z.infer<typeof backups>;
