import { z } from "zod";
import { shellWord } from "../../base/quote.ts";
import { count, counted } from "../../base/size.ts";
import type { RedisConnection } from "../../runbook/store-kinds/redis-connection.ts";
import type { Command } from "../../step/command.ts";
import type { ManifestParts } from "../../checks/manifest.ts";
import type { BackupMaker } from "../backup-maker.ts";
import type { StoreInput } from "../store-kind.ts";
import { liveScript, localScript } from "./client.ts";
import { awaitCopy, COPY_CLI, inCopy, removeCopy, startCopy, unpackCommand } from "./copy-server.ts";
import { containerCopy } from "./container/read-back.ts";
import { removeTaken, takeFromContainer } from "./container/take.ts";
import { wayOf } from "./container/way.ts";
import { factsSchema } from "./facts.ts";
import { listFunction, SUM_METHOD } from "./listing-script.ts";
import { takeScript } from "./take-script.ts";
import { databasesOf, keysIn, listingSchema } from "./manifest.ts";

export const FORMATS = ["rdb", "rdb.gz", "rdb.zst"] as const;

const PACK: Record<string, string> = { "rdb.gz": "gzip -6", "rdb.zst": "zstd -q -3" };

const formatByName = (path: string): string =>
  path.endsWith(".gz") ? "rdb.gz" : path.endsWith(".zst") ? "rdb.zst" : "rdb";

const rdbFacts = z.object({ rdb: z.number(), madeBy: z.string().default("") });

/** What the copy in a folder holds, every value read. */
const listed = (folder: string): Command =>
  localScript(`${inCopy(folder)}
${COPY_CLI} INFO memory | tr -d '\\r' | grep ^used_memory:
${listFunction({ every: undefined, values: "sums" })}
list ${COPY_CLI}
echo "every $every"`);

/** The manifest is read from the artifact itself, loaded into a server of its own: nobody writes there meanwhile. */
export const redisBackups = (connectionOf: (input: StoreInput) => RedisConnection): BackupMaker => ({
  formats: FORMATS,
  formatByName,
  make: (input, { path, format, nonce }) => {
    const connection = connectionOf(input);
    const work = `${path}.copy`;
    const token = (what: string): string => `lifeboat-${what}-${nonce}`;
    const pack = PACK[format];
    const taken = pack === undefined ? path : `${path}.rdb`;
    const packed =
      pack === undefined
        ? ""
        : `${pack} < ${shellWord(taken)} > ${shellWord(path)} && rm -f ${shellWord(taken)} || exit 1\n`;
    const wrapper = format === "rdb.gz" ? "gzip" : format === "rdb.zst" ? "zstd" : "none";
    const unpacking = { wrapper, payload: "rdb" } as const;
    const folder = factsSchema.safeParse(input.facts).data?.settings["dir"];
    const way = wayOf(input, connection, undefined, { id: `backup of ${input.id}`, tag: `backup-${nonce}` });
    const removePacked = localScript(`rm -f ${shellWord(`${path}.rdb`)}`);
    const how = way
      ? {
          commands: takeFromContainer(way, { path: taken, folder, after: packed, token: token("taken") }),
          readBack: containerCopy(way, { path, format: unpacking }, { token, listed }),
          cleanUp: [removeTaken(way, folder), removePacked],
        }
      : {
          commands: [
            liveScript(
              connection,
              `${takeScript(shellWord(taken))}\n${packed}echo ${token("taken")}`,
              token("taken"),
            ),
          ],
          readBack: [
            unpackCommand({ folder: work, path, format: unpacking, token: token("unpacked") }),
            startCopy(work),
            awaitCopy(work, token("loaded")),
            listed(work),
          ],
          cleanUp: [removeCopy(work), removePacked],
        };
    return {
      ...how,
      manifest: ({ printed, readBack, facts }) => partsFrom(printed[0] ?? "", readBack.at(-1) ?? "", facts),
    };
  },
  words: (manifest) => {
    const { databases } = listingSchema.pick({ databases: true }).parse(manifest);
    const keys = databases.reduce((sum, one) => sum + one.keys, 0);
    const lasting = databases.reduce((sum, one) => sum + one.lasting, 0);
    return `${counted(keys, "key")} (${count(keys - lasting)} with TTL) in ${counted(databases.length, "database")}`;
  },
});

/** Throws when the backup is empty and the server was not: a snapshot that lost everything is no backup. */
function partsFrom(taken: string, held: string, facts: unknown): ManifestParts {
  const { rdb, madeBy } = rdbFacts.parse(facts);
  const databases = databasesOf(held);
  const [before = "", after = ""] = taken.split("@after");
  const there = Math.min(keysIn(before), keysIn(after));
  const inside = databases.reduce((sum, { keys }) => sum + keys, 0);
  if (inside === 0 && there > 0) throw new Error(`the server holds ${there} keys, and its snapshot none`);
  return {
    server: { version: madeBy },
    bytes: Number(/^used_memory:(\d+)/m.exec(held)?.[1] ?? 0),
    rdb,
    method: SUM_METHOD,
    every: Number(/^every (\d+)/m.exec(held)?.[1] ?? 1),
    databases,
  };
}
