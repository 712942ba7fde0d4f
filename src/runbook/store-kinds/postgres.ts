import { z } from "zod";
import { isPort, portSchema } from "../common-schema.ts";
import { declareStore, storeKeys, type StoreProblem, type UrlSecret } from "./declaration.ts";
import { connectPostgres } from "./postgres-connection.ts";
import { parsePostgresUrl } from "./postgres-url.ts";

const postgresSchema = z.strictObject({
  ...storeKeys,
  kind: z.literal("postgres"),
  url: z
    .string()
    .optional()
    .describe("postgresql://user:password@host:port/database, instead of the parts below"),
  server: z.string().optional().describe("server name, address or socket directory"),
  port: portSchema.optional(),
  user: z.string().optional(),
  password: z.string().optional().describe("a secret: give it as ${NAME}"),
  database: z.string().optional(),
  "maintenance-database": z.string().default("postgres").describe("where CREATE and RENAME are run from"),
});
export type PostgresStore = z.infer<typeof postgresSchema>;

function urlSecret(text: string): UrlSecret {
  const { url, fault } = parsePostgresUrl(text);
  return { at: url?.passwordAt, fault };
}

function problems(store: Readonly<Record<string, unknown>>): StoreProblem[] {
  const { url, port } = store;
  const both = url === undefined ? [] : ["server", "port", "user"].filter((key) => store[key] !== undefined);
  const bad = typeof port === "string" || typeof port === "number" ? !isPort(String(port)) : false;
  return [
    ...both.map((at) => ({
      at,
      on: "key" as const,
      says: `"${at}" and "url" are both given: keep one of them`,
    })),
    ...(bad ? [{ at: "port", says: "the port is not a number from 1 to 65535" }] : []),
  ];
}

export const postgres = declareStore({
  schema: postgresSchema,
  actions: ["restore", "safety-copy", "verify", "quiesce", "resume-connections", "cleanup", "query"],
  restoreKeys: ["owners", "tables", "queries", "strategy"],
  subjectKey: "database",
  secretKeys: ["password"],
  secretUrls: { url: urlSecret },
  simulatedUrl: "postgresql://simulated@simulated.invalid/simulated",
  problems,
  connect: connectPostgres,
});
