import { z } from "zod";
import { counted, sizeInWords } from "../../base/size.ts";
import { fail, pass, warn } from "../../checks/results.ts";
import type { CheckResult, Judge } from "../../step/check.ts";
import { exists, type InfluxFacts, isStopped, parseFacts } from "./facts.ts";

const argsSchema = z.object({
  /** Whether this mode will touch the live name. */
  live: z.boolean(),
  /** Where it was asked. */
  asked: z.string(),
});

const base = { level: "other" as const };

function server(facts: InfluxFacts, asked: string): CheckResult[] {
  if (isStopped(facts)) {
    const why = `no InfluxDB answers at ${asked}; only a legacy backup can be restored without it`;
    const fix = "start it, or restore a legacy backup with --strategy replace";
    return [fail("server answers", why, fix)];
  }
  const answers = pass("server answers", `InfluxDB ${facts.version} on ${facts.hostname}, ${facts.address}`);
  if (/^v?1\./.test(facts.version)) return [answers];
  const why = `it is version ${facts.version}; only 1.x has databases, influxd backup -portable and InfluxQL as used here`;
  return [answers, fail("it is InfluxDB 1.x", why, "restore with influx of that version")];
}

function about(facts: InfluxFacts): CheckResult[] {
  const { database } = facts;
  const here = (one: { database: string }): boolean => one.database === database;
  if (!exists(facts))
    return [
      warn(
        "the live database",
        `there is no database ${database}: nothing to keep`,
        "none: the restore creates it",
      ),
    ];
  const queries = facts.queries.filter(here).map(({ name }) => name);
  const users = facts.grants.filter(here).map(({ user }) => user);
  return [
    pass(
      "the live database",
      `${sizeInWords(facts.bytes[database] ?? 0)} in ${counted(facts.shards.filter(here).length, "shard")}`,
    ),
    pass(
      "continuous queries and privileges",
      `${queries.join(", ") || "no query"}; ${users.join(", ") || "no user's privilege"}: made again after the restore`,
    ),
  ];
}

function cautions(facts: InfluxFacts): CheckResult[] {
  const { database } = facts;
  const subscriptions = facts.subscriptions
    .filter((one) => one.database === database)
    .map(({ name }) => name);
  const leftovers = facts.databases.filter((name) => name.startsWith(`${database}__`));
  return [
    ...(subscriptions.length > 0
      ? [
          warn(
            "subscriptions",
            `${subscriptions.join(", ")}: a backup brings back those of its own time, in every copy too`,
            "look at SHOW SUBSCRIPTIONS after the restore",
          ),
        ]
      : []),
    ...(leftovers.length > 0
      ? [
          warn(
            "leftovers of earlier runs",
            leftovers.join(", "),
            "when nobody needs them: lifeboat cleanup <run>",
          ),
        ]
      : []),
  ];
}

/** args: {live, asked}. Everything knowable about the server, all at once. */
export const judgePreflight: Judge = (evidence, rawArgs) => {
  const { live, asked } = argsSchema.parse(rawArgs);
  const facts = parseFacts(evidence.stdout);
  const writers: CheckResult[] = live
    ? [
        {
          ...base,
          name: "writers",
          result: "not checked",
          why: "InfluxDB 1.x does not tell who writes, and cannot keep them out: stop them before the cut-over",
        },
      ]
    : [];
  return [...server(facts, asked), ...about(facts), ...cautions(facts), ...writers];
};

/** args: {needed, what}. Reads df -Pk. */
export const judgeDisk: Judge = (evidence, rawArgs) => {
  const { needed, what } = z.object({ needed: z.number(), what: z.string() }).parse(rawArgs);
  const name = `free disk for ${what}`;
  const fields = evidence.stdout.trim().split("\n").at(-1)?.split(/\s+/) ?? [];
  const free = Number(fields[3]) * 1024;
  if (!Number.isFinite(free))
    return [{ ...base, name, result: "not checked", why: "df did not say how much is free" }];
  const found = `${sizeInWords(free)} free, about ${sizeInWords(needed)} needed`;
  if (free >= needed) return [{ ...base, name, result: "pass", found }];
  const why = `${fields[5] ?? "the disk"} would fill up`;
  return [
    { ...base, name, result: "fail", found, why, fix: "make room, or remove leftovers of earlier runs" },
  ];
};
