import { z } from "zod";
import { sizeInWords } from "../../base/size.ts";
import { type Judge, whereIn } from "../../step/check.ts";

/** `clickhouse-client --version`. */
export const judgeTool: Judge = (evidence, args) => {
  const version = /(\d+(?:\.\d+)+)/.exec(evidence.stdout)?.[1];
  const base = { name: `clickhouse-client on ${whereIn(args)}`, level: "other" as const };
  if (version !== undefined) return [{ ...base, result: "pass", found: version }];
  return [
    {
      ...base,
      result: "fail",
      why: "it is not installed or does not start",
      fix: "install the package clickhouse-client",
    },
  ];
};

/** `df -Pk DIR` against what will be written. args: {needed: bytes}. */
export const judgeDisk: Judge = (evidence, rawArgs) => {
  const { needed } = z.object({ needed: z.number() }).parse(rawArgs);
  const columns = evidence.stdout.trim().split("\n").at(-1)?.split(/\s+/) ?? [];
  const free = Number(columns[3]) * 1024;
  const base = { name: "free disk for the copy", level: "other" as const };
  if (!Number.isFinite(free)) return [{ ...base, result: "not checked", why: "df gave no number" }];
  const sizes = {
    expected: `about ${sizeInWords(needed)}`,
    found: `${sizeInWords(free)} on ${columns[5] ?? "?"}`,
  };
  if (free > needed) return [{ ...base, result: "pass", ...sizes }];
  const fix = `free ${sizeInWords(needed - free)} there`;
  return [{ ...base, result: "fail", ...sizes, why: `${columns[5] ?? "the disk"} would fill up`, fix }];
};

/** A schema that is read when the plan runs. args: {path}. */
export const judgeSchemaFile: Judge = (evidence, rawArgs) => {
  const { path } = z.object({ path: z.string() }).parse(rawArgs);
  const base = { name: `schema ${path}`, level: "other" as const };
  if (!evidence.stdout.startsWith("CREATE TABLE "))
    return [
      {
        ...base,
        result: "fail",
        why: "it does not begin with CREATE TABLE",
        fix: "write the table's CREATE query there",
      },
    ];
  if (/ENGINE\s*=\s*Replicated/.test(evidence.stdout))
    return [
      {
        ...base,
        result: "fail",
        why: "the table is replicated: its path in ZooKeeper belongs to the live one",
        fix: "restore it by hand",
      },
    ];
  return [{ ...base, result: "pass" }];
};
