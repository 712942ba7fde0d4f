const json = (value: unknown): string => JSON.stringify(value);

/** What a question may call; everything else could change something. */
const READS = [
  "find",
  "findOne",
  "countDocuments",
  "estimatedDocumentCount",
  "distinct",
  "aggregate",
  "getIndexes",
  "stats",
  "dataSize",
];

/**
 * Asks a question of the runbook, a mongosh expression on `db`, and prints its answer: `db.orders.countDocuments()`.
 * Collections of a restored copy answer by their own names. A question that would change something is refused.
 */
export function queryScript(question: string, suffix: string): string {
  return `const server = db;
const suffix = ${json(suffix)};
const reading = (collection) => {
  const only = {};
  for (const read of ${json(READS)}) only[read] = (...words) => {
    if (/"\\$(out|merge)"/.test(JSON.stringify(words))) throw new Error("a query may only read: $out and $merge write");
    return collection[read](...words);
  };
  return only;
};
const names = server.getCollectionNames();
const asked = { getCollectionNames: () => names.filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, name.length - suffix.length)) };
asked.getCollection = (name) => reading(server.getCollection(names.includes(name + suffix) ? name + suffix : name));
for (const name of asked.getCollectionNames()) asked[name] = asked.getCollection(name);
const question = (db) => (
${question}
);
let answer = question(asked);
if (answer !== null && typeof answer === "object" && typeof answer.toArray === "function") answer = answer.toArray();
for (const row of Array.isArray(answer) ? answer : [answer])
  if (row !== null && row !== undefined) print(typeof row === "object" && row._bsontype !== "Long" ? EJSON.stringify(row) : String(row));`;
}
