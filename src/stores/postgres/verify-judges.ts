import { z } from "zod";
import { compareShape } from "../../checks/compare-shape.ts";
import { compareTables } from "../../checks/compare-tables.ts";
import type { TableSum } from "../../checks/manifest.ts";
import { type Manifest, manifestSchema } from "./manifest.ts";
import { count, counted } from "../../base/size.ts";
import type { CheckResult, Judge } from "../../step/check.ts";

const shapeArgs = z.object({ shape: manifestSchema.shape.shape });
const tableArgs = z.object({ tables: manifestSchema.shape.tables, level: z.enum(["counts", "content"]) });
const tableLine = z.object({ table: z.string(), rows: z.string(), sum: z.string(), method: z.string() });
const integrityLine = z.union([
  z.object({ looked: z.number() }),
  z.object({ problem: z.string(), name: z.string(), detail: z.string() }),
]);

/** Lines of JSON as the tables scripts print them. */
export function parseTables(stdout: string): TableSum[] {
  return jsonLines(stdout).map((line) => tableLine.parse(line));
}

function jsonLines(stdout: string): unknown[] {
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line): unknown => JSON.parse(line));
}

/** args: {shape} of the manifest. */
export const judgeShape: Judge = (evidence, args) =>
  compareShape(shapeArgs.parse(args).shape, manifestSchema.shape.shape.parse(JSON.parse(evidence.stdout)));

/** args: {tables, level} of the manifest. */
export const judgeTables: Judge = (evidence, args) => {
  const { tables, level } = tableArgs.parse(args);
  return compareTables(tables, parseTables(evidence.stdout), level);
};

function integrityLines(stdout: string): z.infer<typeof integrityLine>[] {
  return jsonLines(stdout).map((line) => integrityLine.parse(line));
}

/** What INTEGRITY_SCRIPT found out of order. */
export function parseProblems(stdout: string): Manifest["problems"] {
  return integrityLines(stdout).flatMap((line) => ("problem" in line ? [line] : []));
}

const integrityArgs = z.object({ known: manifestSchema.shape.problems });

/**
 * args: {known}. Invalid indexes, unvalidated constraints, empty materialized views, sequences that are behind. What
 * was so when the backup was taken (`known`) is a warning: the copy is as it should be.
 */
export const judgeIntegrity: Judge = (evidence, args) => {
  const { known } = integrityArgs.parse(args);
  const looked = integrityLines(evidence.stdout).flatMap((line) =>
    "looked" in line ? [line.looked] : [],
  )[0];
  const base = { level: "shape" as const };
  if (looked === undefined || looked === 0) {
    const why = "nothing was looked at: the database is empty";
    return [{ ...base, name: "integrity", result: "fail", why }];
  }
  const problems = parseProblems(evidence.stdout);
  const found = problems.map((p): CheckResult => {
    const name = `${p.problem}: ${p.name}`;
    const detail = p.detail === "" ? "" : ` (${p.detail})`;
    if (known.some((k) => k.problem === p.problem && k.name === p.name && k.detail === p.detail))
      return { ...base, name, result: "warning", why: `it was so when the backup was taken${detail}` };
    return { ...base, name, result: "fail", why: `${p.name}: ${p.problem}${detail}` };
  });
  if (found.some((one) => one.result === "fail")) return found;
  const name = "indexes, constraints and sequences in order";
  return [...found, { ...base, name, result: "pass", found: `${counted(looked, "object")} looked at` }];
};

/** args: {tables: string[]}. Named tables must exist and hold rows; used alone where there is no manifest. */
export const judgeNamedTables: Judge = (evidence, args) => {
  const wanted = z.object({ tables: z.array(z.string()) }).parse(args).tables;
  const found = parseTables(evidence.stdout);
  return wanted.map((name): CheckResult => {
    const table = found.find(
      (t) => t.table === name || t.table === `public.${name}` || t.table === `public."${name}"`,
    );
    const base = { name: `table ${name} holds rows`, level: "counts" as const, expected: "at least 1" };
    if (!table)
      return {
        ...base,
        result: "fail",
        found: "no such table",
        why: `${name} is not in the restored database`,
      };
    const rows = count(BigInt(table.rows));
    return { ...base, result: table.rows === "0" ? "fail" : "pass", found: rows };
  });
};
