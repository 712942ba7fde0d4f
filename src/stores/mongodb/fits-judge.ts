import { z } from "zod";
import { someOf } from "../../checks/compare-shape.ts";
import type { Dumped } from "../../catalog/mongodb/dumped.ts";
import type { CheckResult, Judge } from "../../step/check.ts";
import { dumpIn, expectedArgs, expectedOf } from "./expected.ts";
import { type MongoFacts, ownCollections, parseFacts } from "./facts.ts";

const argsSchema = expectedArgs.extend({
  live: z.string(),
  suffix: z.string(),
  kept: z.string(),
  /** Collections that the backup does not know are moved aside. */
  aside: z.boolean(),
  /** Views the plan knew of and leaves out. */
  planned: z.array(z.string()),
});
type Args = z.infer<typeof argsSchema>;

const result = (how: CheckResult["result"], name: string, rest: Partial<CheckResult>): CheckResult => ({
  name,
  level: "other",
  result: how,
  ...rest,
});

/**
 * What the backup holds against what is there now: what is replaced, what is new, what stays, and what cannot be done by
 * renaming. args: see `argsSchema`.
 */
export const judgeCollections: Judge = (evidence, rawArgs, facts) => {
  const args = argsSchema.parse(rawArgs);
  const dump = dumpIn(facts(args.artifactStep));
  if (dump === undefined)
    return [result("fail", "collections of the backup", { why: "the backup could not be read" })];
  const present = parseFacts(evidence.stdout);
  const wanted = expectedOf(dump.collections, { ...args, views: true });
  const missing = args.only.filter((name) => !wanted.some((one) => one.name === name));
  if (missing.length > 0 || wanted.length === 0)
    return [
      result("fail", "collections of the backup", {
        why:
          missing.length > 0
            ? `the backup does not hold ${missing.join(", ")}`
            : `it holds no collection of the database ${args.database}`,
        fix: "choose another backup, or correct what the runbook names",
      }),
    ];
  const drill = args.suffix === "";
  return [
    ...otherDatabase(args),
    ...olderServer(dump.server, present.version),
    ...replaced(wanted, present, args, drill),
    ...(drill ? [] : obstacles(wanted, present, args)),
    ...leftOut(dump.collections, args),
  ];
};

/** It may be wanted. It may also be a URL that ends in another database than the applications use. */
function otherDatabase({ database, live }: Args): CheckResult[] {
  if (database === live) return [];
  return [
    result("warning", "database of the backup", {
      expected: live,
      found: database,
      why: `it was taken of ${database}, and is restored as ${live}`,
      fix: `if applications use ${database}, correct url or database in system.yaml`,
    }),
  ];
}

/** "7.0.5" → 7; 0 where nothing is said. */
const major = (version: string): number => Number(version.split(".")[0]) || 0;

function olderServer(dumped: string, present: string): CheckResult[] {
  if (major(dumped) <= major(present)) return [];
  return [
    result("warning", "version", {
      expected: `${dumped}, which the backup was taken from`,
      found: present,
      why: "an older server may refuse options and indexes of a newer one; the restore would stop and say which",
    }),
  ];
}

function replaced(wanted: Dumped[], present: MongoFacts, args: Args, drill: boolean): CheckResult[] {
  const there = new Set(ownCollections(present).map(({ name }) => name));
  const names = wanted.filter(({ type }) => type !== "view").map(({ name }) => name);
  const known = new Set(wanted.map(({ name }) => name));
  const newer = args.only.length > 0 ? [] : [...there].filter((name) => !known.has(name));
  const old = names.filter((name) => there.has(name));
  const results = [
    result("pass", drill ? "collections that are tried" : "collections that are replaced", {
      found: drill ? someOf(names) : old.length === 0 ? "none: nothing is there now" : someOf(old),
    }),
  ];
  if (!drill && newer.length > 0)
    results.push(
      result("warning", "collections that the backup does not know", {
        found: someOf(newer),
        why: args.aside
          ? `they are moved aside with the old data, as …${args.kept}`
          : "they are newer than the backup, or of another origin: they stay as they are",
        fix: args.aside
          ? `newer-collections: keep in system.yaml leaves them`
          : `to move them aside with the old data: newer-collections: aside in system.yaml`,
      }),
    );
  return results;
}

/** MongoDB's own limit for database and collection together, since 4.4; FerretDB's for the collection is near it. */
const LONGEST = { namespace: 255, collection: 235 };

function obstacles(wanted: Dumped[], present: MongoFacts, args: Args): CheckResult[] {
  const results: CheckResult[] = [];
  const say = (names: string[], name: string, why: string, fix: string): void => {
    if (names.length > 0) results.push(result("fail", name, { found: someOf(names), why, fix }));
  };
  const named = (which: (one: Dumped) => boolean): string[] => wanted.filter(which).map(({ name }) => name);
  const types = new Map(present.collections.map(({ name, type }) => [name, type]));
  const byHand = (names: string[]): string =>
    `leave them out with "only:" in the runbook's step, and restore them by hand: mongorestore … ${names.map((one) => `--nsInclude=${args.database}.${one}`).join(" ")}`;
  const series = named(({ type }) => type === "timeseries");
  say(
    series,
    "no time series",
    "a server does not rename time series, so they cannot be put in place of the old ones",
    byHand(series),
  );
  const dotted =
    present.ferret === null ? [] : named(({ name, type }) => type !== "view" && name.includes("."));
  say(
    dotted,
    "no dot in a name",
    "FerretDB does not rename collections with a dot in their name",
    byHand(dotted),
  );
  const long = named(
    ({ name }) =>
      Buffer.byteLength(`${args.live}.${name}${args.suffix}`) > LONGEST.namespace ||
      (present.ferret !== null && Buffer.byteLength(name + args.suffix) > LONGEST.collection),
  );
  say(long, "names short enough", `with ${args.suffix} behind it a name would be too long`, byHand(long));
  const views = named(({ name, type }) => type !== "view" && types.get(name) === "view");
  say(
    views,
    "no view in the way",
    "they are views now, and a view cannot be renamed",
    "drop those views first",
  );
  const uuids = present.collections.filter(
    ({ name, type, uuid }) => type !== "view" && uuid === "" && !name.startsWith("system."),
  );
  say(
    uuids.map(({ name }) => name),
    "collections can be told apart",
    "this server gives its collections no uuid (MongoDB does since 3.6)",
    "use a newer server",
  );
  const unplanned = named(({ name, type }) => type === "view" && !args.planned.includes(name));
  say(
    unplanned,
    "views are known to the plan",
    "the plan did not know of them and would restore them under other names",
    'name the collections with "only:" in the runbook\'s step',
  );
  return [...results, ...viewResults(wanted, present)];
}

function viewResults(wanted: Dumped[], present: MongoFacts): CheckResult[] {
  const there = new Set(present.collections.filter(({ type }) => type === "view").map(({ name }) => name));
  return wanted
    .filter(({ type }) => type === "view")
    .map(({ name, options }) =>
      result("warning", `view ${name}`, {
        why: there.has(name)
          ? "a view holds no data and cannot be renamed: the present definition stays"
          : "a view holds no data and is not restored in a live run: define it afterwards",
        fix: `as it was backed up: db.createView(${JSON.stringify(name)}, ${JSON.stringify(options["viewOn"])}, ${JSON.stringify(options["pipeline"] ?? [])})`,
      }),
    );
}

function leftOut(all: readonly Dumped[], { database }: Args): CheckResult[] {
  const system = all.filter((one) => one.database === database && one.name.startsWith("system."));
  const stated = result("not checked", "users and roles", {
    why: "they are not in a dump of one database: those of the server stay as they are",
  });
  if (system.length === 0) return [stated];
  return [
    stated,
    result("warning", "the server's own collections", {
      found: someOf(system.map(({ name }) => name)),
      why: "they are not restored: a server looks after them itself",
    }),
  ];
}
