import { createHash } from "node:crypto";
import type { RedisClient, Reply } from "./redis-client.ts";

/** Every key of a server, "3 user:1" → "hash, no ttl, md5": equal before and after means that nothing was lost or changed. */
export type RedisSnapshot = Record<string, string>;

const READ: Record<string, (key: Buffer) => (string | Buffer)[]> = {
  string: (key) => ["GET", key],
  list: (key) => ["LRANGE", key, "0", "-1"],
  set: (key) => ["SMEMBERS", key],
  zset: (key) => ["ZRANGE", key, "0", "-1", "WITHSCORES"],
  hash: (key) => ["HGETALL", key],
  stream: (key) => ["XRANGE", key, "-", "+"],
};

const listOf = (reply: Reply): Reply[] => (Array.isArray(reply) ? reply : []);

/** Sets and hashes have no order of their own: it differs from process to process. */
function canonical(type: string, value: Reply): Reply {
  if (type === "set") return listOf(value).toSorted();
  if (type !== "hash") return value;
  const words = listOf(value).map(String);
  return words.flatMap((field, at) => (at % 2 === 0 ? [`${field} ${words[at + 1]}`] : [])).toSorted();
}

export async function snapshotRedis(client: RedisClient): Promise<RedisSnapshot> {
  const found: RedisSnapshot = {};
  const keyspace = String(await client.send("INFO", "keyspace"));
  for (const [, db = "0"] of keyspace.matchAll(/^db(\d+):/gm)) {
    await client.send("SELECT", db);
    for (const name of listOf(await client.send("KEYS", "*")).map(String)) {
      const key = Buffer.from(name, "latin1");
      const type = String(await client.send("TYPE", key));
      const read = READ[type];
      const ttl = Number(await client.send("PTTL", key));
      if (read === undefined || ttl === -2) continue;
      const value = JSON.stringify(canonical(type, await client.send(...read(key))));
      const sum = createHash("md5").update(value).digest("hex");
      found[`${db} ${name}`] = `${type}, ${ttl === -1 ? "no ttl" : "ttl"}, ${sum}`;
    }
  }
  await client.send("SELECT", "0");
  return Object.fromEntries(Object.entries(found).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
