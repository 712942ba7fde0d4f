import { SUM_METHOD } from "../../catalog/mongodb/content-sum.ts";
import { OURS } from "./names.ts";

const json = (value: unknown): string => JSON.stringify(value);

/** Of which collections a script tells: those with a run's ending, or all; by their names without it. */
export interface Which {
  /** Only collections whose names end so; "" for all but those that Lifeboat has made. */
  suffix: string;
  /** Only these; empty for all. */
  only: readonly string[];
  /** Left out. */
  except: readonly string[];
}

const chosen = ({ suffix, only, except }: Which): string => `const suffix = ${json(suffix)};
const only = ${json(only)};
const except = ${json(except)};
const ours = ${suffix === "" ? String(OURS) : "/^$/"};
const chosen = db.getCollectionInfos()
  .filter(({ name }) => !name.startsWith("system.") && name.endsWith(suffix) && !except.includes(name) && !ours.test(name))
  .map(({ name, type, options }) => ({ name: name.slice(0, name.length - suffix.length), as: name, type, options }))
  .filter(({ name }) => only.length === 0 || only.includes(name));`;

/** Collections read at once: as many as mongodump and mongorestore take at once by default. */
const AT_ONCE = 4;

/**
 * Two lines of JSON for each collection: its options and indexes, as the server says them; then its documents and the sum
 * over their bytes that `ContentSum` makes of a dump. dbHash would be quicker, but it goes by the order of _id, and a
 * dump has none; and one server that speaks the protocol has it not. mongodump is no quicker way of reading: FerretDB 1.24
 * takes more than twice as long for it (60,000 documents: 8.7 s of its time, for these cursors 3.7 s).
 *
 * mongosh leaves async functions as they are written, and waits at the top of a script only for calls of its own: hence
 * the sleeping, while up to AT_ONCE of them run.
 */
export const contentsScript = (which: Which): string => `${chosen(which)}
const { createHash } = require("crypto");
const LANES = 4;
const summed = async (as, table) => {
  const lanes = new Uint32Array(LANES);
  let rows = 0;
  for await (const document of await db.getCollection(as).find({}, {}, { raw: true, batchSize: 1000 })) {
    if (!Buffer.isBuffer(document)) throw new Error("this mongosh does not hand out documents as bytes: 2.0 or newer is needed");
    const digest = createHash("sha256").update(document).digest();
    for (let lane = 0; lane < LANES; lane += 1) lanes[lane] += digest.readUInt32LE(4 * lane);
    rows += 1;
  }
  const sum = [...lanes].map((lane) => lane.toString(16).padStart(8, "0")).join("");
  return { table, rows: String(rows), sum, method: ${json(SUM_METHOD)} };
};
for (const { name, as, type, options } of chosen) {
  const indexes = type === "collection" ? db.getCollection(as).getIndexes() : [];
  print(EJSON.stringify({ collection: name, type, options, indexes }));
}
const waiting = chosen.filter(({ type }) => type === "collection");
const sums = [];
let reading = ${AT_ONCE};
let failed;
const readOn = async () => {
  for (let one = waiting.shift(); one !== undefined && failed === undefined; one = waiting.shift()) sums.push(await summed(one.as, one.name));
};
for (let at = 0; at < ${AT_ONCE}; at += 1)
  readOn().catch((error) => { failed = failed ?? error; }).finally(() => { reading -= 1; });
while (failed === undefined && (reading > 0 || sums.length > 0)) {
  while (sums.length > 0) print(JSON.stringify(sums.shift()));
  sleep(5);
}
if (failed !== undefined) throw failed;`;
