import { z } from "zod";
import { sizeInWords } from "../../base/size.ts";
import { type Judge, whereIn } from "../../step/check.ts";

const diskArgs = z.object({ needed: z.number(), what: z.string() });

/** `df -Pk DIR` against what will be written. args: {needed: bytes, what}. */
export const judgeFreeDisk: Judge = (evidence, rawArgs) => {
  const { needed, what } = diskArgs.parse(rawArgs);
  const columns = evidence.stdout.trim().split("\n").at(-1)?.split(/\s+/) ?? [];
  const free = Number(columns[3]) * 1024;
  const mount = columns[5] ?? "?";
  const name = `free disk for ${what}`;
  if (!Number.isFinite(free))
    return [{ name, level: "other", result: "not checked", why: "df gave no number" }];
  const found = `${sizeInWords(free)} on ${mount}`;
  const expected = `about ${sizeInWords(needed)}`;
  if (free > needed) return [{ name, level: "other", result: "pass", expected, found }];
  return [
    {
      name,
      level: "other",
      result: "fail",
      expected,
      found,
      why: `${mount} would fill up`,
      fix: `free ${sizeInWords(needed - free)} on ${mount}, or use --strategy replace if two copies do not fit`,
    },
  ];
};

const toolArgs = z.object({
  tool: z.string(),
  serverMajor: z.number().nullable(),
  archive: z.string().nullable(),
});

/** `<tool> --version`. A client older than the server or the archive cannot be trusted with it. */
export const judgeTool: Judge = (evidence, rawArgs) => {
  const { tool, serverMajor, archive } = toolArgs.parse(rawArgs);
  const version = /(\d+(?:\.\d+)*)/.exec(evidence.stdout)?.[1];
  const base = { name: `${tool} on ${whereIn(rawArgs)}`, level: "other" as const };
  if (version === undefined) {
    const fix = `install the PostgreSQL client programs (${tool})`;
    return [{ ...base, result: "fail", why: "it is not installed or does not start", fix }];
  }
  if (serverMajor !== null && Number(version.split(".")[0]) < serverMajor) {
    const why = `${tool} ${version} is older than the server (${serverMajor})`;
    return [{ ...base, result: "fail", why, fix: `install ${tool} ${serverMajor} or newer` }];
  }
  return [
    { ...base, result: "pass", found: archive === null ? version : `${version}; backup made by ${archive}` },
  ];
};
