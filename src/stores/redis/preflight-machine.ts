import { z } from "zod";
import { sizeInWords } from "../../base/size.ts";
import type { CheckResult, Judge } from "../../step/check.ts";
import { rdbReadBy } from "./rdb-versions.ts";

/** Before version 7 redis-check-rdb takes --version for a file; it is the same program as redis-server by another name. */
export const VERSION_OF = {
  "redis-server": "redis-server --version",
  "redis-check-rdb": `redis-check-rdb --version 2>/dev/null | grep '^redis-check-rdb [0-9]' && exit
command -v redis-check-rdb >/dev/null || { echo "redis-check-rdb: not found" >&2; exit 127; }
redis-server --version`,
} as const;

const toolArgs = z.object({ tool: z.string(), rdb: z.number(), where: z.string() });

/** `<tool> --version`. The programs there load the copy: they have to know its format. */
export const judgeTool: Judge = (evidence, rawArgs) => {
  const { tool, rdb, where } = toolArgs.parse(rawArgs);
  const version = /(\d+\.\d+(?:\.\d+)*)/.exec(evidence.stdout)?.[1];
  const base = { name: `${tool} on ${where}`, level: "other" as const };
  const reads = version === undefined ? undefined : rdbReadBy(version);
  if (version === undefined)
    return [{ ...base, result: "fail", why: "it does not say its version", fix: `install ${tool}` }];
  if (reads !== undefined && rdb > reads) {
    const why = `${tool} ${version} reads RDB up to version ${reads}, the backup is of version ${rdb}`;
    return [{ ...base, result: "fail", why, fix: "install the Redis that made the backup, or a newer one" }];
  }
  return [{ ...base, result: "pass", found: version }];
};

const roomArgs = z.object({ disk: z.number(), memory: z.number(), where: z.string() });

/** `df -Pk`, then the line MemAvailable of /proc/meminfo. args: bytes that are needed. */
export const judgeRoom: Judge = (evidence, rawArgs) => {
  const { disk, memory, where } = roomArgs.parse(rawArgs);
  const lines = evidence.stdout.trim().split("\n");
  const line = lines.findLast((one) => one.startsWith("MemAvailable:"));
  const columns =
    lines
      .filter((one) => one !== line)
      .at(-1)
      ?.split(/\s+/) ?? [];
  const free = Number(columns[3]) * 1024;
  const left = line === undefined ? Number.NaN : Number(line.split(/\s+/)[1]) * 1024;
  return [
    enough("free disk for the copy", disk, free, columns[5] ?? "?"),
    enough("free memory for the copy's server", memory, left, where),
  ];
};

function enough(name: string, needed: number, free: number, where: string): CheckResult {
  if (!Number.isFinite(free))
    return { name, level: "other", result: "not checked", why: "its size could not be read" };
  const base = {
    name,
    level: "other" as const,
    expected: `about ${sizeInWords(needed)}`,
    found: `${sizeInWords(free)} on ${where}`,
  };
  if (free > needed) return { ...base, result: "pass" };
  return {
    ...base,
    result: "fail",
    why: `${where} has too little`,
    fix: `free ${sizeInWords(needed - free)} on ${where}`,
  };
}
