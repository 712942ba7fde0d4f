import { z } from "zod";
import { count, counted } from "../../base/size.ts";
import type { CheckResult, Judge } from "../../step/check.ts";
import { parseTables } from "./verify-judges.ts";

/** args: {name}. Records an answer without judging it. */
export const judgeAnswerOnly: Judge = (evidence, args) => {
  const { name } = z.object({ name: z.string() }).parse(args);
  const answer = evidence.stdout.trim();
  return [
    { name, level: "queries", result: "pass", found: answer === "" ? "no rows" : answer.slice(0, 500) },
  ];
};

/** args: {path}. pg_restore read every member to its end: the engine only asks when it ended with 0. */
export const judgeArchive: Judge = (_evidence, args) => {
  const { path } = z.object({ path: z.string() }).parse(args);
  return [{ name: `every member of ${path} can be read`, level: "artifact", result: "pass" }];
};

/** Two lines: tables of the database, TABLE DATA entries of its dump. */
export const judgeSafetyCopy: Judge = (evidence) => {
  const [tables, entries] = evidence.stdout.trim().split("\n").map(Number);
  const base = { name: "the safety copy holds the data of every table", level: "artifact" as const };
  if (tables === undefined || entries === undefined || Number.isNaN(tables) || Number.isNaN(entries)) {
    return [{ ...base, result: "fail", why: "the number of tables could not be compared" }];
  }
  const numbers = { expected: counted(tables, "table"), found: counted(entries, "table") };
  if (entries >= tables) return [{ ...base, result: "pass", ...numbers }];
  return [
    {
      ...base,
      result: "fail",
      ...numbers,
      why: `${tables - entries} tables of the database are missing in its dump`,
    },
  ];
};

const dumpRows = z.object({ copies: z.array(z.object({ table: z.string(), rows: z.number() })) });

const bare = (name: string): string => name.replaceAll('"', "").replace(/^public\./, "");

/**
 * args: {artifactStep}. Without a manifest, a plain dump still says how many rows each of its COPY blocks holds (read by
 * the artifact step): counts are compared with those. Content cannot be.
 */
export const judgeDumpRows: Judge = (evidence, args, facts) => {
  const { artifactStep } = z.object({ artifactStep: z.string() }).parse(args);
  const found = parseTables(evidence.stdout);
  const dump = dumpRows.safeParse(facts(artifactStep));
  const total = found.reduce((sum, t) => sum + BigInt(t.rows), 0n);
  const there = `${counted(found.length, "table")}, ${counted(total, "row")}`;
  const content: CheckResult = {
    name: "content",
    level: "content",
    result: "not checked",
    why: "the backup has no manifest",
    found: there,
  };
  const shape: CheckResult = {
    name: "shape",
    level: "shape",
    result: "not checked",
    why: "the backup has no manifest to compare with",
  };
  if (!dump.success || dump.data.copies.length === 0) {
    const counts: CheckResult = {
      name: "rows",
      level: "counts",
      result: "not checked",
      why: "neither a manifest nor the dump's own row counts are known",
      found: there,
    };
    const empty: CheckResult = {
      name: "the restored database has tables",
      level: "shape",
      result: found.length > 0 ? "pass" : "fail",
      expected: "at least 1",
      found: there,
    };
    return [empty, counts, content, shape];
  }
  const byName = new Map(found.map((t) => [bare(t.table), t]));
  const counts = dump.data.copies.map((copy): CheckResult => {
    const other = byName.get(bare(copy.table));
    const base = {
      name: `rows of ${copy.table}`,
      level: "counts" as const,
      expected: count(copy.rows),
      found: other ? count(BigInt(other.rows)) : "no such table",
    };
    if (other && BigInt(other.rows) === BigInt(copy.rows)) return { ...base, result: "pass" };
    return { ...base, result: "fail", why: `${copy.table} does not hold what the dump holds` };
  });
  return [...counts, content, shape];
};
