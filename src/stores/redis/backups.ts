import { z } from "zod";
import { shellWord } from "../../base/quote.ts";
import { count, counted } from "../../base/size.ts";
import type { RedisConnection } from "../../runbook/store-kinds/redis-connection.ts";
import type { ManifestParts } from "../../checks/manifest.ts";
import type { BackupMaker } from "../backup-maker.ts";
import type { StoreInput } from "../store-kind.ts";
import { liveScript, localScript } from "./client.ts";
import { awaitCopy, COPY_CLI, inCopy, removeCopy, startCopy, unpackCommand } from "./copy-server.ts";
import { listFunction, SUM_METHOD } from "./listing-script.ts";
import { databasesOf, keysIn, listingSchema } from "./manifest.ts";

export const FORMATS = ["rdb", "rdb.gz", "rdb.zst"] as const;

const PACK: Record<string, string> = { "rdb.gz": "gzip -6", "rdb.zst": "zstd -q -3" };

/**
 * redis-cli asks for a snapshot as a replica would: it comes whole or with an error, from another machine too, and neither
 * the server's own file nor the time of its last save is touched. What INFO says before and after is for comparison.
 */
export function takeScript(path: string): string {
  const file = shellWord(path);
  return `said=$(live PING 2>&1)
[ "$said" = PONG ] || case $said in MISCONF* | MASTERDOWN*) ;; *) printf '%s\\n' "$said" >&2; exit 1 ;; esac
before=$(live INFO keyspace)
rm -f ${file}
said=$(umask 077; live --rdb ${file} 2>&1) && [ -s ${file} ] || { printf '%s\\n' "$said" | tail -n 4 >&2; rm -f ${file}; exit 1; }
echo @before
printf '%s\\n' "$before"
echo @after
live INFO keyspace`;
}

const formatByName = (path: string): string =>
  path.endsWith(".gz") ? "rdb.gz" : path.endsWith(".zst") ? "rdb.zst" : "rdb";

const rdbFacts = z.object({ rdb: z.number(), madeBy: z.string().default("") });

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
    return {
      commands: [
        liveScript(connection, `${takeScript(taken)}\n${packed}echo ${token("taken")}`, token("taken")),
      ],
      readBack: [
        unpackCommand({ folder: work, path, format: { wrapper, payload: "rdb" }, token: token("unpacked") }),
        startCopy(work),
        awaitCopy(work, token("loaded")),
        localScript(`${inCopy(work)}
${COPY_CLI} INFO memory | tr -d '\\r' | grep ^used_memory:
${listFunction({ every: undefined, values: "sums" })}
list ${COPY_CLI}
echo "every $every"`),
      ],
      cleanUp: [removeCopy(work), localScript(`rm -f ${shellWord(`${path}.rdb`)}`)],
      manifest: ({ printed, readBack, facts }) => partsFrom(printed[0] ?? "", readBack[3] ?? "", facts),
    };
  },
  words: (manifest) => {
    const { databases } = listingSchema.pick({ databases: true }).parse(manifest);
    const keys = databases.reduce((sum, one) => sum + one.keys, 0);
    const lasting = databases.reduce((sum, one) => sum + one.lasting, 0);
    return `${counted(keys, "key")} (${count(keys - lasting)} with TTL) in ${databases.length} databases`;
  },
});

/** Throws when the backup is empty and the server was not: a snapshot that lost everything is no backup. */
function partsFrom(taken: string, listed: string, facts: unknown): ManifestParts {
  const { rdb, madeBy } = rdbFacts.parse(facts);
  const databases = databasesOf(listed);
  const [before = "", after = ""] = taken.split("@after");
  const there = Math.min(keysIn(before), keysIn(after));
  const inside = databases.reduce((sum, { keys }) => sum + keys, 0);
  if (inside === 0 && there > 0) throw new Error(`the server holds ${there} keys, and its snapshot none`);
  return {
    server: { version: madeBy },
    bytes: Number(/^used_memory:(\d+)/m.exec(listed)?.[1] ?? 0),
    rdb,
    method: SUM_METHOD,
    every: Number(/^every (\d+)/m.exec(listed)?.[1] ?? 1),
    databases,
  };
}
