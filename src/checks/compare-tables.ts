import { count, counted } from "../base/size.ts";
import type { CheckResult } from "../step/check.ts";
import type { TableSum } from "./manifest.ts";

/** What a kind of store calls its rows and tables. */
export interface Nouns {
  rows: string;
  table: string;
}

const SQL: Nouns = { rows: "rows", table: "table" };

const isNumber = (rows: string): boolean => /^\d+$/.test(rows);

function rowsOf(
  table: string,
  wanted: string,
  found: TableSum | undefined,
  { rows, table: noun }: Nouns,
): CheckResult {
  const unnamed = { name: `${rows} of ${table}`, level: "counts" as const };
  // BigInt("") is 0: a missing number would agree with an empty table.
  if (!isNumber(wanted))
    return { ...unnamed, result: "fail", why: `the manifest gives no number of ${rows} for ${table}` };
  const base = { ...unnamed, expected: count(BigInt(wanted)) };
  if (found && !isNumber(found.rows))
    return { ...base, result: "fail", found: found.rows, why: `no number of ${rows} was read from ${table}` };
  if (!found) return { ...base, result: "fail", found: `no such ${noun}`, why: `${table} was not restored` };
  const difference = BigInt(found.rows) - BigInt(wanted);
  if (difference === 0n) return { ...base, result: "pass", found: count(BigInt(found.rows)) };
  const [row, size] = [rows.replace(/s$/, ""), difference < 0n ? -difference : difference];
  const words = `${counted(size, row)} ${difference < 0n ? "missing" : "too many"}`;
  return { ...base, result: "fail", found: count(BigInt(found.rows)), why: `${table}: ${words}` };
}

function contentOf(wanted: TableSum, found: TableSum, { rows }: Nouns): CheckResult {
  const base = { name: `content of ${wanted.table}`, level: "content" as const };
  if (wanted.method !== found.method) {
    const why = `the manifest's sum was made by ${wanted.method}, this server makes it by ${found.method}`;
    return { ...base, result: "not checked", why };
  }
  if (wanted.sum === "" || found.sum === "")
    return { ...base, result: "not checked", why: `${wanted.table}: no content sum was made` };
  if (wanted.sum === found.sum) return { ...base, result: "pass", expected: wanted.sum, found: found.sum };
  const why = `${wanted.table}: the number of ${rows} is right, but at least one value is not what was backed up`;
  return { ...base, result: "fail", expected: wanted.sum, found: found.sum, why };
}

/** Rows, then content, of every table. Content is compared only where the rows agree: otherwise it must differ. */
export function compareTables(
  wanted: TableSum[],
  found: TableSum[],
  level: "counts" | "content",
  nouns = SQL,
): CheckResult[] {
  const byName = new Map(found.map((t) => [t.table, t]));
  return wanted.flatMap((table) => {
    const other = byName.get(table.table);
    const rows = rowsOf(table.table, table.rows, other, nouns);
    if (level === "counts" || rows.result !== "pass" || !other) return [rows];
    return [rows, contentOf(table, other, nouns)];
  });
}
