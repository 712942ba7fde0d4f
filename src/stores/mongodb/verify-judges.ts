import { z } from "zod";
import type { Dumped } from "../../catalog/mongodb/dumped.ts";
import { relaxed } from "../../catalog/mongodb/metadata.ts";
import { compareShape } from "../../checks/compare-shape.ts";
import { compareTables } from "../../checks/compare-tables.ts";
import { type ShapeObject, tableSumSchema, type TableSum } from "../../checks/manifest.ts";
import { count } from "../../base/size.ts";
import type { CheckResult, Judge } from "../../step/check.ts";
import { expected, expectedArgs } from "./expected.ts";

const DOCUMENTS = { rows: "documents", table: "collection" } as const;

const shapeLine = z.object({
  collection: z.string(),
  type: z.string(),
  options: z.record(z.string(), z.unknown()).default({}),
  indexes: z.array(z.looseObject({ name: z.string() })),
});

function lines(stdout: string): unknown[] {
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line): unknown => JSON.parse(line));
}

/** Sorted, except where the order means something: in the key of an index, and in a pipeline. */
function canonical(value: unknown, keepsOrder = false): unknown {
  if (Array.isArray(value)) return value.map((one) => canonical(one, true));
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(
    ([key, one]) => [key, canonical(one, keepsOrder || key === "key")] as const,
  );
  return Object.fromEntries(keepsOrder ? entries : entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** What a server adds to the definition of an index or leaves out, as it likes, without its meaning anything else. */
const MEANS_NOTHING = ["v", "ns", "background"];

function definition(value: Record<string, unknown>): string {
  const kept = Object.entries(value).filter(([key]) => !MEANS_NOTHING.includes(key));
  return JSON.stringify(canonical(relaxed(Object.fromEntries(kept))));
}

type Shape = Pick<Dumped, "name" | "type" | "options" | "indexes">;

function objectsOf({ name, type, options, indexes }: Shape): ShapeObject[] {
  return [
    { kind: type, name, definition: definition(options) },
    ...indexes.map((index) => ({
      kind: "index",
      name: `${name}.${index.name}`,
      definition: definition(index),
    })),
  ];
}

const unknown: CheckResult = {
  name: "the copy against the backup",
  level: "content",
  result: "fail",
  why: "what the backup holds is not known: the step that reads it did not",
};

const contentsArgs = expectedArgs.extend({
  /** Collections the runbook names: they must exist and hold documents. */
  named: z.array(z.string()),
});

/** args: see `contentsArgs`. Options, indexes, documents and content of each collection against the dump. */
export const judgeContents: Judge = (evidence, rawArgs, facts) => {
  const args = contentsArgs.parse(rawArgs);
  const all = expected(facts, args);
  if (all === undefined) return [unknown];
  const wanted = all.filter(({ type }) => type !== SERIES);
  const printed = lines(evidence.stdout);
  const shapes = printed.flatMap((line) => shapeLine.safeParse(line).data ?? []);
  const tables = printed.flatMap((line) => tableSumSchema.safeParse(line).data ?? []);
  const sums = wanted
    .filter(({ type }) => type !== "view")
    .map(({ name, documents, sum, method }) => ({ table: name, rows: documents, sum, method }));
  return [
    ...compareShape(
      wanted.flatMap(objectsOf),
      shapes
        .filter(({ type }) => type !== SERIES)
        .flatMap((one) => objectsOf({ ...one, name: one.collection })),
    ),
    ...compareTables(sums, tables, "content", DOCUMENTS),
    ...args.named.map((name) => namedResult(name, tables)),
    ...all.filter(({ type }) => type === SERIES).map(seriesResult),
  ];
};

const SERIES = "timeseries";

/** Dumped as the buckets it is stored in, and listed as what it looks like. */
const seriesResult = ({ name }: Dumped): CheckResult => ({
  name: `time series ${name}`,
  level: "content",
  result: "not checked",
  why: "a time series is dumped bucket by bucket, and comparing those has not been tried on a server that has them",
});

function namedResult(name: string, tables: readonly TableSum[]): CheckResult {
  const rows = tables.find(({ table }) => table === name)?.rows;
  const base = {
    name: `collection ${name} holds documents`,
    level: "counts" as const,
    expected: "at least 1",
  };
  if (rows === undefined)
    return { ...base, result: "fail", found: "no such collection", why: `${name} was not restored` };
  return { ...base, result: rows === "0" ? "fail" : "pass", found: count(BigInt(rows)) };
}
