import { z } from "zod";
import { counted, sizeInWords } from "../../base/size.ts";
import { type Check, type CheckResult, type Judge, whereIn } from "../../step/check.ts";
import type { Command } from "../../step/command.ts";
import type { Step } from "../../step/step.ts";
import { part } from "../part.ts";
import { isOurs } from "./names.ts";
import { ownCollections, parseFacts, versionOf } from "./facts.ts";
import { askFacts } from "./facts-script.ts";
import { nothingThere, type RestoreContext } from "./restore-context.ts";

const MINUTE = 60_000;
const local = (argv: string[]): Command => ({ argv, env: {}, secrets: {} });

const result = (how: CheckResult["result"], name: string, rest: Partial<CheckResult>): CheckResult => ({
  name,
  level: "other",
  result: how,
  ...rest,
});

/** Since 100.0 the tools say at their end how many documents failed; mongosh hands out bytes since 2.0. */
const OLDEST: Readonly<Record<string, number>> = { mongorestore: 100, mongodump: 100, mongosh: 2 };

/** `<tool> --version`. args: {tool}. */
export const judgeTool: Judge = (evidence, args) => {
  const { tool } = z.object({ tool: z.string() }).parse(args);
  const name = `${tool} on ${whereIn(args)}`;
  const version = /(\d+(?:\.\d+)+)/.exec(evidence.stdout)?.[1];
  if (version === undefined)
    return [result("fail", name, { why: "it is not installed or does not start", fix: installing(tool) })];
  const oldest = OLDEST[tool] ?? 0;
  if (Number(version.split(".")[0]) < oldest)
    return [
      result("fail", name, { found: version, why: `${oldest}.0 or newer is needed`, fix: installing(tool) }),
    ];
  return [result("pass", name, { found: version })];
};

const installing = (tool: string): string =>
  tool === "mongosh" ? "install the MongoDB Shell (mongosh)" : `install the MongoDB Database Tools (${tool})`;

const preflightArgs = z.object({ database: z.string(), live: z.boolean() });

/** Everything knowable about the server, all at once. args: {database, live}. */
export const judgePreflight: Judge = (evidence, rawArgs) => {
  const { database, live } = preflightArgs.parse(rawArgs);
  const facts = parseFacts(evidence.stdout);
  const own = ownCollections(facts);
  const results = [result("pass", "server answers", { found: `${versionOf(facts)} at ${facts.address}` })];
  results.push(
    facts.writable
      ? result("pass", "server takes writes", { found: "yes" })
      : result("fail", "server takes writes", {
          why: "it is a secondary, or set to read only",
          fix: "point the system at the primary",
        }),
  );
  if (facts.sharded)
    results.push(
      result("warning", "sharded cluster", {
        why: "restored collections are not sharded, and renaming in a cluster has not been tried",
        fix: "drill first, and shard them again afterwards",
      }),
    );
  results.push(
    own.length > 0
      ? result("pass", "the live database", {
          found: `${counted(own.length, "collection")}${facts.bytes === null ? "" : `, ${sizeInWords(facts.bytes)}`}`,
        })
      : result("warning", "the live database", {
          why: `${database} is empty or does not exist: nothing to keep`,
          fix: "none: the restore creates it",
        }),
  );
  const ours = facts.collections.map(({ name }) => name).filter(isOurs);
  if (ours.length > 0)
    results.push(
      result("warning", "leftovers of earlier runs", {
        found: ours.slice(0, 5).join(", ") + (ours.length > 5 ? ` and ${ours.length - 5} more` : ""),
        why: "kept old data, or a run that is not finished",
        fix: "when nobody needs them: lifeboat cleanup <run>",
      }),
    );
  if (live && facts.ferret !== null)
    results.push(
      result("pass", "renaming", {
        found: "within a database, to names without a dot: all that is needed here",
      }),
    );
  return results;
};

const tool = (name: string): Check => ({
  title: `${name} is here and new enough`,
  source: local([name, "--version"]),
  judge: "mongodb.tool",
  args: { tool: name },
  onError: "fail",
});

export function preflightStep(context: RestoreContext): Step {
  const { client, names, mode } = context;
  const about: Check = {
    title: "what the server says about itself and the database",
    source: askFacts(client, names.live),
    judge: "mongodb.preflight",
    args: { database: names.live, live: mode !== "drill" },
    onError: "fail",
  };
  return part(context, "preflight", [], {
    title: "Preflight",
    why: "everything that can be known before anything is touched, all at once",
    effect: "reads",
    checks: [tool("mongosh"), tool("mongorestore"), about, diskCheck(context)],
    timeoutMs: 2 * MINUTE,
    silenceMs: MINUTE,
    failsAs: "preflight",
  });
}

/** Documents and indexes of the copy; packed by the server about as well as by gzip, so this is careful. */
function diskCheck(context: RestoreContext): Check {
  const { localData, source } = context;
  const needed = Math.ceil((source.manifest?.bytes ?? source.bytes * 2) * 1.2);
  if (localData === undefined)
    return {
      title: "free disk",
      source: local(["echo", "unknown"]),
      judge: "not-asked",
      args: {
        name: "free disk on the server",
        why: `the server's disk cannot be seen from where its programs run; about ${sizeInWords(needed)} will be written${nothingThere(context) ? "" : " beside what is there"}`,
      },
      onError: "not checked",
    };
  return {
    title: "free disk for the copy",
    source: local(["df", "-Pk", localData]),
    judge: "mongodb.disk",
    args: { needed },
    onError: "not checked",
  };
}

/** `df -Pk DIR` against what will be written. args: {needed: bytes}. */
export const judgeDisk: Judge = (evidence, args) => {
  const { needed } = z.object({ needed: z.number() }).parse(args);
  const columns = evidence.stdout.trim().split("\n").at(-1)?.split(/\s+/) ?? [];
  const free = Number(columns[3]) * 1024;
  const mount = columns[5] ?? "?";
  const name = "free disk for the copy";
  if (!Number.isFinite(free)) return [result("not checked", name, { why: "df gave no number" })];
  const sizes = { expected: `about ${sizeInWords(needed)}`, found: `${sizeInWords(free)} on ${mount}` };
  if (free > needed) return [result("pass", name, sizes)];
  const fix = `free ${sizeInWords(needed - free)} on ${mount}: old and new data lie next to each other until the old is removed`;
  return [result("fail", name, { ...sizes, why: `${mount} would fill up`, fix })];
};
