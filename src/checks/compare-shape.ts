import type { CheckResult } from "../step/check.ts";
import type { ShapeObject } from "./manifest.ts";

const NAMED = 5;
const key = (o: ShapeObject): string => `${o.kind} ${o.name}`;

/** A few names in full, the rest as a number. */
export function someOf(names: readonly string[]): string {
  const shown = names.slice(0, NAMED).join(", ");
  return names.length > NAMED ? `${shown} and ${names.length - NAMED} more` : shown;
}

function summary(kind: string, wanted: ShapeObject[], found: Map<string, ShapeObject>): CheckResult {
  const missing = wanted.filter((o) => !found.has(key(o)));
  const changed = wanted.filter((o) => {
    const other = found.get(key(o));
    return other !== undefined && other.definition !== o.definition;
  });
  const bad = [...missing, ...changed];
  const base = { name: `${kind}: all ${wanted.length} there`, level: "shape" as const };
  if (bad.length === 0)
    return { ...base, result: "pass", expected: String(wanted.length), found: String(wanted.length) };
  const parts = [
    missing.length > 0 ? `missing: ${someOf(missing.map((o) => o.name))}` : "",
    changed.length > 0 ? `different: ${someOf(changed.map((o) => o.name))}` : "",
  ].filter((part) => part !== "");
  const detail =
    changed[0] && missing.length === 0
      ? ` (was ${changed[0].definition}, is ${found.get(key(changed[0]))?.definition})`
      : "";
  return {
    ...base,
    // A newer version of an extension is what a newer server brings; everything else must be equal.
    result: kind === "extension" && missing.length === 0 ? "warning" : "fail",
    expected: String(wanted.length),
    found: String(wanted.length - missing.length),
    why: parts.join("; ") + detail,
  };
}

/** Every kind of object (table, column, index, constraint …) of the manifest against what the restored copy has. */
export function compareShape(wanted: ShapeObject[], found: ShapeObject[]): CheckResult[] {
  const foundByKey = new Map(found.map((o) => [key(o), o]));
  const wantedKeys = new Set(wanted.map(key));
  const kinds = [...new Set(wanted.map((o) => o.kind))];
  const results = kinds.map((kind) =>
    summary(
      kind,
      wanted.filter((o) => o.kind === kind),
      foundByKey,
    ),
  );
  const extra = found.filter((o) => !wantedKeys.has(key(o)));
  if (extra.length > 0) {
    results.push({
      name: "nothing besides",
      level: "shape",
      result: "fail",
      expected: "0 other objects",
      found: String(extra.length),
      why: `not in the backup: ${someOf(extra.map(key))}`,
    });
  }
  return results;
}
