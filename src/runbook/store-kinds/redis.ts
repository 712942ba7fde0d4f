import { z } from "zod";
import { argvSchema, isPort, portSchema } from "../common-schema.ts";
import { declareStore, storeKeys, type StoreProblem } from "./declaration.ts";
import { connectRedis } from "./redis-connection.ts";
import { parseRedisUrl } from "./redis-url.ts";

const redisSchema = z.strictObject({
  ...storeKeys,
  kind: z.literal("redis"),
  name: z.string().min(1).optional().describe("what is typed at gates; default: the name of the store"),
  url: z
    .string()
    .optional()
    .describe("redis://user:password@host:port, rediss:// for TLS, unix:///path, instead of the parts below"),
  server: z.string().optional().describe("server name or address; default: localhost"),
  port: portSchema.optional(),
  socket: z.string().optional().describe("path of the server's socket, instead of server and port"),
  user: z.string().optional().describe("ACL user; without it the password alone is sent"),
  password: z.string().optional().describe("a secret: give it as ${NAME}"),
  tls: z.boolean().default(false),
  "ca-file": z.string().optional().describe("certificates that vouch for the server's, for TLS"),
  start: argvSchema
    .optional()
    .describe(
      "starts the server and returns, e.g. [redis-server, /etc/redis/redis.conf]; settings such as --appendonly no are added at its end",
    ),
  stop: argvSchema.optional().describe("stops the server; default: SHUTDOWN by redis-cli"),
  "data-folder": z
    .string()
    .optional()
    .describe(
      "where its files lie, for when it is stopped and cannot be asked (relative to the working directory); otherwise it says so itself",
    ),
  "data-file": z.string().default("dump.rdb").describe("name of its RDB file, for when it cannot be asked"),
});
export type RedisStore = z.infer<typeof redisSchema>;

function problems(store: Readonly<Record<string, unknown>>): StoreProblem[] {
  const { url, port, socket } = store;
  const [instead, keys] =
    url === undefined ? ["socket", ["server", "port"]] : ["url", ["server", "port", "socket", "user"]];
  const both =
    url === undefined && socket === undefined ? [] : keys.filter((key) => store[key] !== undefined);
  const bad = typeof port === "string" || typeof port === "number" ? !isPort(String(port)) : false;
  return [
    ...both.map((at) => ({
      at,
      on: "key" as const,
      says: `"${at}" and "${instead}" are both given: keep one of them`,
    })),
    ...(bad ? [{ at: "port", says: "the port is not a number from 1 to 65535" }] : []),
  ];
}

export const redis = declareStore({
  schema: redisSchema,
  actions: ["restore", "safety-copy", "verify", "query"],
  restoreKeys: ["queries"],
  subjectKey: "name",
  secretKeys: ["password"],
  secretUrls: {
    url: (text) => {
      const { url, fault } = parseRedisUrl(text);
      return { at: url?.passwordAt, fault };
    },
  },
  simulatedUrl: "redis://simulated.invalid:6379",
  problems,
  connect: connectRedis,
});
export type { RedisConnection } from "./redis-connection.ts";
