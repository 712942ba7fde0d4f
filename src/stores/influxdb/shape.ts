import type { ShapeObject } from "../../checks/manifest.ts";
import { parseAnswer, rowsOf, type Series } from "./answer.ts";
import { ident } from "./identifiers.ts";
import type { Manifest } from "./manifest.ts";

/** Begins each policy in the answer: one statement may have several results, and none tells its policy. */
const MARK = "SHOW DATABASES";

/**
 * What a database is besides its points. Answers hold its name nowhere, so that copies can be compared. Without a policy
 * the server tells the fields of the default one only (tried).
 */
export function shapeStatements(database: string, policies: readonly string[]): string {
  const on = `ON ${ident(database)}`;
  const own = policies.map((policy) => {
    const from = `${on} FROM ${ident(policy)}./.*/`;
    return `${MARK}; SHOW FIELD KEYS ${from}; SHOW SERIES EXACT CARDINALITY ${from}`;
  });
  return [`SHOW RETENTION POLICIES ${on}; SHOW TAG KEYS ${on}`, ...own].join("; ");
}

/** Policies that a manifest's windows are of. */
export const policiesIn = ({ windows }: Pick<Manifest, "windows">): string[] =>
  [...new Set(windows.map(({ policy }) => policy))].sort();

export interface Shape {
  policies: Manifest["policies"];
  objects: ShapeObject[];
}

/** One statement may have several results, so series are told by their columns. */
const withColumn = (all: readonly Series[], column: string): Series[] =>
  all.filter(({ columns }) => columns.includes(column));

function policyObjects(rows: readonly Record<string, string>[]): ShapeObject[] {
  return rows.map(({ name = "", duration, shardGroupDuration, default: isDefault }) => ({
    kind: "retention policy",
    name,
    definition: `keeps ${duration === "0s" ? "everything" : duration}, shards of ${shardGroupDuration}${isDefault === "true" ? ", default" : ""}`,
  }));
}

/** Measurements, fields with their types (in another shard it may be another, and then it is told twice), series. */
function ownObjects(policy: string, all: readonly Series[]): ShapeObject[] {
  const found: ShapeObject[] = [];
  for (const series of all) {
    const name = `${policy}.${series.name}`;
    for (const { fieldKey, fieldType, count } of rowsOf(series)) {
      if (fieldKey !== undefined)
        found.push({ kind: "field", name: `${name}.${fieldKey} (${fieldType})`, definition: "" });
      if (count !== undefined) found.push({ kind: "series", name, definition: `${count} series` });
    }
    if (series.columns.includes("fieldKey")) found.push({ kind: "measurement", name, definition: "" });
  }
  return found;
}

/** Of the answer to `shapeStatements` for the same policies. */
export function parseShape(stdout: string, policies: readonly string[]): Shape {
  const all = parseAnswer(stdout).flat();
  const marks = all.flatMap(({ name, columns }, at) =>
    name === "databases" && columns.join() === "name" ? [at] : [],
  );
  const own = policies.flatMap((policy, at) =>
    ownObjects(policy, all.slice((marks[at] ?? all.length) + 1, marks[at + 1])),
  );
  const rows = withColumn(all, "shardGroupDuration").flatMap(rowsOf);
  const tags = withColumn(all, "tagKey").flatMap((series) =>
    rowsOf(series).map(({ tagKey }) => ({ kind: "tag", name: `${series.name}.${tagKey}`, definition: "" })),
  );
  return {
    policies: rows.map(({ name = "", duration = "" }) => ({ name, duration })),
    objects: [...policyObjects(rows), ...tags, ...own],
  };
}
