import { SUM_METHOD } from "../../catalog/mongodb/content-sum.ts";

const json = (value: unknown): string => JSON.stringify(value);

/** Of which collections a script tells: those with a run's ending, or all; by their names without it. */
export interface Which {
  /** Only collections whose names end so; "" for all. */
  suffix: string;
  /** Only these; empty for all. */
  only: readonly string[];
  /** Left out. */
  except: readonly string[];
}

const chosen = ({ suffix, only, except }: Which): string => `const suffix = ${json(suffix)};
const only = ${json(only)};
const except = ${json(except)};
const chosen = db.getCollectionInfos()
  .filter(({ name }) => !name.startsWith("system.") && name.endsWith(suffix) && !except.includes(name))
  .map(({ name, type, options }) => ({ name: name.slice(0, name.length - suffix.length), as: name, type, options }))
  .filter(({ name }) => only.length === 0 || only.includes(name));`;

/**
 * Two lines of JSON for each collection: its options and indexes, as the server says them; then its documents and the sum
 * over their bytes that \`ContentSum\` makes of a dump. dbHash
 * would be quicker, but it goes by the order of _id, and a dump has none; and one server that speaks the protocol has it
 * not.
 */
export const contentsScript = (which: Which): string => `${chosen(which)}
const { createHash } = require("crypto");
const LANES = 4;
const summed = (documents, table) => {
  const lanes = new Uint32Array(LANES);
  let rows = 0;
  for (const document of documents) {
    if (!Buffer.isBuffer(document)) throw new Error("this mongosh does not hand out documents as bytes: 2.0 or newer is needed");
    const digest = createHash("sha256").update(document).digest();
    for (let lane = 0; lane < LANES; lane += 1) lanes[lane] += digest.readUInt32LE(4 * lane);
    rows += 1;
  }
  const sum = [...lanes].map((lane) => lane.toString(16).padStart(8, "0")).join("");
  return { table, rows: String(rows), sum, method: ${json(SUM_METHOD)} };
};
for (const { name, as, type, options } of chosen) {
  const collection = db.getCollection(as);
  const indexes = type === "collection" ? collection.getIndexes() : [];
  print(EJSON.stringify({ collection: name, type, options, indexes }));
  if (type === "collection") print(JSON.stringify(summed(collection.find({}, {}, { raw: true, batchSize: 1000 }), name)));
}`;
