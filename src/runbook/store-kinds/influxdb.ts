import { z } from "zod";
import { argvSchema, durationSchema, isPort, portSchema } from "../common-schema.ts";
import { isRecord } from "../raw.ts";
import { declareStore, storeKeys, type StoreProblem } from "./declaration.ts";
import { connectInfluxdb } from "./influxdb-connection.ts";

const influxdbSchema = z.strictObject({
  ...storeKeys,
  kind: z.literal("influxdb"),
  server: z.string().default("localhost").describe("server name or address"),
  port: portSchema.default("8086").describe("of its HTTP API"),
  "backup-server": z
    .string()
    .optional()
    .describe("where influxd backup and restore reach it (bind-address); default: server"),
  "backup-port": portSchema.default("8088").describe("of its backup and restore service (bind-address)"),
  tls: z.boolean().default(false).describe("the HTTP API speaks https"),
  user: z.string().optional().describe("an admin user, where authentication is on"),
  password: z.string().optional().describe("a secret: give it as ${NAME}"),
  database: z.string(),
  offline: z
    .strictObject({
      folder: z.string().describe("holds the folders meta, data and wal, e.g. /var/lib/influxdb"),
      stop: argvSchema.describe(
        "stops the server and returns when it has ended, e.g. [systemctl, stop, influxdb]",
      ),
      start: argvSchema.describe("starts the server and returns"),
      wait: durationSchema.default("2m").describe("how long it may take until it answers"),
    })
    .optional()
    .describe(
      "for strategy replace: a legacy backup becomes the whole server while it is stopped, old folders kept",
    ),
});
export type InfluxdbStore = z.infer<typeof influxdbSchema>;

const PORTS = ["port", "backup-port"] as const;

function problems(store: Readonly<Record<string, unknown>>): StoreProblem[] {
  const bad = PORTS.filter((key) => {
    const value = store[key];
    return (typeof value === "string" || typeof value === "number") && !isPort(String(value));
  });
  const found: StoreProblem[] = bad.map((at) => ({
    at,
    says: `the ${at.replace("-", " ")} is not a number from 1 to 65535`,
  }));
  const { user, password, database } = store;
  if (user === undefined && typeof password === "string" && password !== "")
    found.push({ at: "password", on: "key", says: "a password without a user: say whose it is" });
  // The server takes a name as the name of a folder.
  if (typeof database === "string" && /^\.{0,2}$|[/\\\n]/.test(database))
    found.push({ at: "database", says: "no database can have this name" });
  const folder = isRecord(store["offline"]) ? store["offline"]["folder"] : undefined;
  if (typeof folder === "string" && !folder.startsWith("/"))
    found.push({ at: "offline", says: "the folder is given in full, from / on" });
  return found;
}

export const influxdb = declareStore({
  schema: influxdbSchema,
  actions: ["restore", "safety-copy", "verify", "query", "cleanup"],
  restoreKeys: ["tables", "queries", "strategy"],
  subjectKey: "database",
  secretKeys: ["password"],
  secretUrls: {},
  problems,
  connect: connectInfluxdb,
});
export type { InfluxdbConnection } from "./influxdb-connection.ts";
