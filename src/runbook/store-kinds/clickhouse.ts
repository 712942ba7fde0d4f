import { z } from "zod";
import { isPort, portSchema } from "../common-schema.ts";
import { addressOf, type ConnectionBase, isLocalServer } from "./connection.ts";
import { type ConnectResult, declareStore, secretKey, storeKeys, type StoreProblem } from "./declaration.ts";

const clickhouseSchema = z.strictObject({
  ...storeKeys,
  kind: z.literal("clickhouse"),
  server: z.string().optional().describe("server name or address; default: localhost"),
  port: portSchema.optional().describe("of the native protocol; default: 9000, with `secure` 9440"),
  secure: z.boolean().default(false).describe("TLS"),
  user: z.string().optional().describe("default: default"),
  password: z.string().optional().describe("a secret: give it as ${NAME}"),
  database: z.string().min(1),
  files: z
    .record(z.string(), z.string())
    .default({})
    .describe(
      "tables of backup files that are not named for theirs, by how the file's name begins, e.g. { heartbeats: device_heartbeats } for heartbeats_20260115.native.gz",
    ),
});
export type ClickhouseStore = z.infer<typeof clickhouseSchema>;

/** Where a ClickHouse store is. */
export interface ClickhouseConnection extends ConnectionBase {
  kind: "clickhouse";
  server: string;
  port: string;
  secure: boolean;
  /** Tables of files that are not named for theirs, by how the name begins. */
  files: Readonly<Record<string, string>>;
  /** Vault key of the password; undefined when none is configured. */
  secretKey: string | undefined;
}

const RESERVED = ["system", "information_schema", "INFORMATION_SCHEMA", "_temporary_and_external_tables"];

function connect(name: string, store: ClickhouseStore): ConnectResult<ClickhouseConnection> {
  const { server = "localhost", secure, database, files, password } = store;
  const port = store.port ?? (secure ? "9440" : "9000");
  if (RESERVED.includes(database))
    return { fault: `"${database}" is the server's own database`, at: "database" };
  const hasPassword = password !== undefined && password !== "";
  return {
    connection: {
      kind: "clickhouse",
      address: addressOf({ server, port }),
      user: store.user ?? "default",
      subject: database,
      isLocal: isLocalServer(server),
      reserved: RESERVED,
      server,
      port,
      secure,
      files,
      secretKey: hasPassword ? secretKey(name, "password") : undefined,
    },
    secrets: hasPassword ? { password } : {},
    remarks: [],
  };
}

function problems({ port }: Readonly<Record<string, unknown>>): StoreProblem[] {
  const isBad = (typeof port === "string" || typeof port === "number") && !isPort(String(port));
  return isBad ? [{ at: "port", says: "the port is not a number from 1 to 65535" }] : [];
}

/**
 * There is no `quiesce`: ClickHouse has no way to keep new connections out, and renaming needs none (a query that runs is
 * waited for). A tar of the server's folder is the business of a `volume` store.
 */
export const clickhouse = declareStore({
  schema: clickhouseSchema,
  actions: ["restore", "safety-copy", "verify", "query"],
  restoreKeys: ["only", "tables", "queries"],
  subjectKey: "database",
  secretKeys: ["password"],
  secretUrls: {},
  problems,
  connect,
});
