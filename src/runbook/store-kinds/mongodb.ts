import { z } from "zod";
import { isPort, portSchema } from "../common-schema.ts";
import { declareStore, storeKeys, type StoreProblem } from "./declaration.ts";
import { connectMongodb } from "./mongodb-connection.ts";
import { parseMongodbUrl } from "./mongodb-url.ts";

const mongodbSchema = z.strictObject({
  ...storeKeys,
  kind: z.literal("mongodb"),
  url: z
    .string()
    .optional()
    .describe("mongodb://user:password@host:port/database?authSource=admin, instead of the parts below"),
  server: z.string().optional().describe("server name or address; default: localhost"),
  port: portSchema.optional(),
  user: z.string().optional(),
  password: z.string().optional().describe("a secret: give it as ${NAME}"),
  "auth-database": z.string().optional().describe("the database that knows the user; default: admin"),
  database: z.string().optional(),
  collection: z.string().optional().describe("backups are taken of this collection only"),
  "newer-collections": z
    .enum(["keep", "aside"])
    .default("keep")
    .describe(
      "collections that the backup does not know: left as they are, or moved aside with the old data (only for a backup with a manifest)",
    ),
});
export type MongodbStore = z.infer<typeof mongodbSchema>;

const PARTS = ["server", "port", "user", "auth-database"];

function problems(store: Readonly<Record<string, unknown>>): StoreProblem[] {
  const { url, port } = store;
  const both = url === undefined ? [] : PARTS.filter((key) => store[key] !== undefined);
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

export const mongodb = declareStore({
  schema: mongodbSchema,
  actions: ["restore", "safety-copy", "verify", "cleanup", "query"],
  restoreKeys: ["only", "tables", "queries"],
  subjectKey: "database",
  secretKeys: ["password"],
  secretUrls: {
    url: (text) => {
      const { url, fault } = parseMongodbUrl(text);
      return { at: url?.passwordAt, fault };
    },
  },
  simulatedUrl: "mongodb://simulated.invalid/simulated",
  problems,
  connect: connectMongodb,
});
export type { MongodbConnection } from "./mongodb-connection.ts";
