import { z } from "zod";
import { count, counted } from "../../base/size.ts";
import type { CheckResult, Judge } from "../../step/check.ts";
import { keyspaceIn } from "./facts.ts";

/** The last lines of redis-check-rdb. */
function keysInFile(stdout: string): { keys: number; expires: number } | undefined {
  const number = (pattern: RegExp): number => Number(pattern.exec(stdout)?.[1] ?? Number.NaN);
  const [keys, expires] = [number(/\[info\] (\d+) keys read/), number(/\[info\] (\d+) expires/)];
  return Number.isNaN(keys) || Number.isNaN(expires) ? undefined : { keys, expires };
}

/** redis-check-rdb has read the file to its end: the engine only asks when it ended with 0. */
export const judgeCheckRdb: Judge = (evidence) => {
  const base = { name: "redis-check-rdb reads it to its end", level: "artifact" as const };
  const inside = keysInFile(evidence.stdout);
  if (!inside)
    return [{ ...base, result: "fail", why: "redis-check-rdb did not say how many keys it has read" }];
  return [
    { ...base, result: "pass", found: `${counted(inside.keys, "key")}, ${count(inside.expires)} with TTL` },
  ];
};

const unknown = (name: string, level: CheckResult["level"]): CheckResult => ({
  name,
  level,
  result: "not checked",
  why: "the backup has no manifest to compare with",
});

/** redis-check-rdb of the file, then INFO keyspace of the server that loaded it: without a manifest this is known. */
export const judgeFileKeys: Judge = (evidence) => {
  const inside = keysInFile(evidence.stdout);
  if (!inside) return [];
  const there = keyspaceIn(evidence.stdout.split(/\r?\n/));
  const keys = there.reduce((sum, one) => sum + one.keys, 0);
  const lasting = keys - there.reduce((sum, one) => sum + one.expires, 0);
  const wanted = inside.keys - inside.expires;
  const left = keys - lasting;
  return [
    {
      name: "keys without TTL, as many as in the file",
      level: "counts",
      result: lasting === wanted ? "pass" : "fail",
      expected: count(wanted),
      found: count(lasting),
    },
    {
      name: "keys with TTL",
      level: "counts",
      result: left <= inside.expires ? "pass" : "fail",
      expected: `at most ${count(inside.expires)}`,
      found: count(left),
    },
    unknown("types of keys", "shape"),
    unknown("values", "content"),
  ];
};

/** args: {what}. The names that were asked for are all there, a line each. */
export const judgeKept: Judge = (evidence, args) => {
  const { what } = z.object({ what: z.string() }).parse(args);
  const lines = evidence.stdout.trim().split("\n").filter(Boolean);
  const base = { name: "the old data is kept", level: "other" as const };
  return lines.length > 0
    ? [{ ...base, result: "pass", found: `${what}: ${lines.join(", ")}` }]
    : [{ ...base, result: "fail", why: `${what} is empty` }];
};
