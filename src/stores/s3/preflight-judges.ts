import { z } from "zod";
import { sizeInWords } from "../../base/size.ts";
import type { Judge } from "../../step/check.ts";
import { isAbsent, parseFacts } from "./facts.ts";

const preflightArgs = z.object({ wasAbsent: z.boolean() });

/** Output of `askFacts`. */
export const judgePreflight: Judge = (evidence, args) => {
  const { wasAbsent } = preflightArgs.parse(args);
  const facts = parseFacts(evidence.stdout);
  const answers = {
    name: "the server answers",
    level: "other" as const,
    result: "pass" as const,
    found: facts.server,
  };
  const bucket = { name: `the bucket ${facts.bucket}`, level: "other" as const };
  if (!isAbsent(facts))
    return [answers, { ...bucket, result: "pass", found: `made ${facts.created || "(not told)"}` }];
  if (!wasAbsent)
    return [
      answers,
      {
        ...bucket,
        result: "fail",
        why: "it was there when the plan was made and is gone now",
        fix: "make a new plan",
      },
    ];
  const why = "it does not exist: nothing to keep, nothing to overwrite; mind that its name is spelt right";
  return [
    answers,
    {
      ...bucket,
      result: "warning",
      why,
      fix: "none: the restore makes it; access rules and versioning have to be set again",
    },
  ];
};

const toolArgs = z.object({ tool: z.string(), why: z.string(), missing: z.string().nullable() });

/** `<tool> --version`. */
export const judgeTool: Judge = (evidence, args) => {
  const { tool, why, missing } = toolArgs.parse(args);
  const base = { name: `${tool} does the work`, level: "other" as const };
  if (missing !== null)
    return [
      {
        ...base,
        result: "fail",
        why: `${missing} is not installed`,
        fix: `install ${missing}, or say tool: auto`,
      },
    ];
  const version = evidence.stdout.split("\n")[0] ?? "";
  return [{ ...base, result: "pass", found: `${version} (${why})` }];
};

const diskArgs = z.object({ needed: z.number() });

/** `df -Pk DIR`. */
export const judgeDisk: Judge = (evidence, args) => {
  const { needed } = diskArgs.parse(args);
  const columns = evidence.stdout.trim().split("\n").at(-1)?.split(/\s+/) ?? [];
  const free = Number(columns[3]) * 1024;
  const base = {
    name: "free disk for unpacking",
    level: "other" as const,
    expected: `about ${sizeInWords(needed)}`,
  };
  if (!Number.isFinite(free)) return [{ ...base, result: "not checked", why: "df gave no number" }];
  const found = `${sizeInWords(free)} on ${columns[5] ?? "?"}`;
  if (free > needed) return [{ ...base, result: "pass", found }];
  const fix = `free ${sizeInWords(needed - free)}, or set LIFEBOAT_HOME to a larger disk`;
  return [{ ...base, result: "fail", found, why: "the archive is unpacked there first", fix }];
};
