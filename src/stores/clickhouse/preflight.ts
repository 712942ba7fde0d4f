import { z } from "zod";
import { counted, sizeInWords } from "../../base/size.ts";
import { fail, pass, warn } from "../../checks/results.ts";
import type { CheckResult, Judge } from "../../step/check.ts";
import { isReplicated, leftOut } from "./engines.ts";
import { type ChFacts, dataTables, isAtLeast } from "./facts.ts";
import { isLeftover } from "./names.ts";
import { parseFacts } from "./read-facts.ts";

const argsSchema = z.object({
  database: z.string(),
  /** Whether this mode touches the live tables. */
  live: z.boolean(),
  /** Of the backup, and wanted. */
  tables: z.array(z.string()),
  /** As the manifest has them. */
  schemas: z.array(z.object({ table: z.string(), engine: z.string(), columns: z.array(z.string()) })),
  /** It is a BACKUP of the server's own. */
  ownBackup: z.boolean(),
  bytes: z.number(),
});
type Args = z.infer<typeof argsSchema>;

/** Everything knowable about the server, all at once, each with its fix. */
export const judgePreflight: Judge = (evidence, rawArgs) => {
  const args = argsSchema.parse(rawArgs);
  const facts = parseFacts(evidence.stdout);
  return [
    ...server(facts, args),
    ...replicated(facts, args),
    ...present(facts, args),
    ...around(facts, args),
  ];
};

function server(facts: ChFacts, { ownBackup, bytes }: Args): CheckResult[] {
  const results = [pass("server answers", `ClickHouse ${facts.version} on ${facts.host}`)];
  if (facts.readonly)
    results.push(
      fail(
        "may change things",
        "the user's profile is read-only",
        "connect as a user without `readonly` in its profile",
      ),
    );
  if (ownBackup && !isAtLeast(facts.version, 22, 8))
    results.push(
      fail(
        "server knows RESTORE",
        `ClickHouse ${facts.version} is older than 22.8`,
        "restore it on a newer server, or choose a backup of Native files",
      ),
    );
  if (facts.free !== null) {
    const needed = Math.ceil(bytes * 1.2);
    const name = "free disk on the server";
    const found = sizeInWords(facts.free);
    results.push(
      facts.free > needed
        ? pass(name, found)
        : {
            ...fail(
              name,
              `${facts.dataPath} would fill up`,
              `free ${sizeInWords(needed - facts.free)} there`,
            ),
            expected: `about ${sizeInWords(needed)}`,
            found,
          },
    );
  }
  return results;
}

/** One replica alone cannot be put back: the others have the data from before, and would bring it back or be left behind. */
function replicated(facts: ChFacts, { tables, schemas }: Args): CheckResult[] {
  const here = dataTables(facts).filter(({ name, engine }) => tables.includes(name) && isReplicated(engine));
  const inBackup = schemas.filter(({ engine }) => isReplicated(engine));
  const names = [...new Set([...here.map(({ name }) => name), ...inBackup.map(({ table }) => table)])];
  if (names.length === 0) return [];
  const why = `${names.join(", ")} is replicated: its data belongs to all replicas, and a renamed table would still use its old path in ZooKeeper`;
  const fix =
    "restore into a new table by hand (see the ClickHouse documentation on restoring replicas), or leave these out with `only`";
  return [fail("tables are not replicated", why, fix)];
}

function present(facts: ChFacts, { database, tables, schemas, live }: Args): CheckResult[] {
  if (!facts.database)
    return [
      warn(
        "the live database",
        `there is no database ${database}: nothing to keep`,
        "none: the restore creates it",
      ),
    ];
  const there = dataTables(facts);
  const missing = tables.filter((table) => !there.some(({ name }) => name === table));
  const untouched = there.filter(({ name }) => !tables.includes(name));
  const size = there.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
  const results = [pass("size of the live tables", sizeInWords(size))];
  if (missing.length > 0)
    results.push(
      warn(
        "tables that are not there",
        `${missing.join(", ")}: nothing to keep of them`,
        "none: the restore creates them",
      ),
    );
  if (untouched.length > 0) {
    const names = untouched.map(({ name, rows }) =>
      rows === null ? name : `${name} (${counted(rows, "row")})`,
    );
    const why = `${names.join(", ")}: not in the backup, and left as ${untouched.length === 1 ? "it is" : "they are"}`;
    results.push(
      warn(
        "tables newer than the backup",
        why,
        "none, unless they belong to what is restored: then look at them afterwards",
      ),
    );
  }
  for (const { table, columns } of schemas) {
    const now = there.find(({ name }) => name === table);
    if (!now) continue;
    const is = now.columns.map(({ name, type }) => `${name} ${type}`);
    const changed = [
      ...is.filter((one) => !columns.includes(one)).map((one) => `now ${one}`),
      ...columns.filter((one) => !is.includes(one)).map((one) => `in the backup ${one}`),
    ];
    if (changed.length > 0)
      results.push(
        warn(
          `columns of ${table}`,
          `they have changed since: ${changed.join(", ")}`,
          "after the swap run the migrations that are newer than the backup",
        ),
      );
  }
  return live ? results : results.filter(({ name }) => name !== "tables newer than the backup");
}

function around(facts: ChFacts, { database, tables }: Args): CheckResult[] {
  const results: CheckResult[] = [];
  const views = facts.views.filter(({ by }) => tables.includes(by));
  if (views.length > 0) {
    const fed = views.map((view) => `${view.fed} (fed by ${view.by})`).join(", ");
    results.push(
      warn(
        "materialized views",
        `${fed}: they keep what they have, and get what is written from now on`,
        "fill them again if they have to agree: INSERT INTO <view> SELECT … of its own query",
      ),
    );
  }
  const besides = (facts.database?.tables ?? []).flatMap(({ name, engine }) => leftOut(engine, name) ?? []);
  if (besides.length > 0)
    results.push(warn("not in any backup of Native files", [...new Set(besides)].join("; "), "none"));
  if (facts.dictionaries.length > 0)
    results.push(
      warn(
        "dictionaries",
        `${facts.dictionaries.join(", ")}: in no backup of tables; they load from where they are defined`,
        "SYSTEM RELOAD DICTIONARIES if they read these tables",
      ),
    );
  const left = facts.databases.filter((name) => isLeftover(database, name));
  if (left.length > 0)
    results.push(
      warn(
        "leftovers of earlier runs",
        left.join(", "),
        "when nobody needs them: lifeboat cleanup <run>, or DROP DATABASE",
      ),
    );
  const slow = facts.queries.filter(({ seconds }) => Number(seconds) >= 5);
  if (slow.length > 0) {
    const words = slow.map(({ text, seconds }) => `${seconds} s: ${text.replaceAll(/\s+/g, " ")}`).join("; ");
    results.push(
      warn(
        "long queries",
        `${words}. The swap waits for one that reads these tables, and every later one waits behind it`,
        "wait for them, or KILL QUERY",
      ),
    );
  }
  return results;
}
