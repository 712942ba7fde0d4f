import { z } from "zod";
import { count, counted, sizeInWords } from "../../base/size.ts";
import { fail, pass, warn } from "../../checks/results.ts";
import type { CheckResult, Judge } from "../../step/check.ts";
import { containerResults } from "./container/judge.ts";
import { parseFacts, type RedisFacts } from "./facts.ts";
import { rdbReadBy } from "./rdb-versions.ts";
import { FENCE } from "./swap-words.ts";

const argsSchema = z.object({
  /** Whether this mode will stop the live server. */
  live: z.boolean(),
  rdb: z.number(),
  /** Memory the restored data will take. */
  memory: z.number(),
  highestDatabase: z.number(),
  canStart: z.boolean(),
  /** Where the live files are; null when nobody knows. */
  folder: z.string().nullable(),
  isHere: z.boolean(),
  appendOn: z.boolean(),
  skipSafetyCopy: z.boolean(),
});
type Args = z.infer<typeof argsSchema>;

/** Everything that can be known about the server, all at once, each with its fix. A drill only reads it. */
export const judgePreflight: Judge = (evidence, rawArgs) => {
  const args = argsSchema.parse(rawArgs);
  const facts = parseFacts(evidence.stdout);
  const found = facts.running ? running(facts, args) : stopped(facts);
  const all = args.live ? [...found, ...ways(facts, args)] : found;
  // What would keep a live run from starting is no reason against a drill, which leaves the server alone.
  return args.live
    ? all
    : all.map((one) => (one.result === "fail" ? { ...one, result: "warning" as const } : one));
};

/** A container that runs while nobody listens in it is told by what is asked of containers. */
const stopped = ({ container }: RedisFacts): CheckResult[] =>
  container?.status === "running" || container?.status === "paused"
    ? []
    : [pass("the server", "it is stopped: nothing in its memory can be lost")];

function running(facts: RedisFacts, args: Args): CheckResult[] {
  const { version, role, mode, replicas, clients } = facts;
  const results = [pass("server answers", `Redis ${version}, ${count(clients)} other clients`)];
  if (role !== "master")
    results.push(
      fail(
        "the server is a master",
        "it is a replica: its master would overwrite what is restored here",
        "point the system at the master, or promote this one first: REPLICAOF NO ONE",
      ),
    );
  else results.push(pass("the server is a master", "yes"));
  if (mode !== "standalone")
    results.push(
      fail(
        "the server stands alone",
        mode === "cluster"
          ? "it is a node of a cluster: its file holds only a part of the keys, and the slots are assigned elsewhere"
          : `it runs as ${mode}`,
        "restore each node of a cluster by its own documentation; Lifeboat restores single servers",
      ),
    );
  if (facts.sentinels > 0)
    results.push(
      fail(
        "no Sentinel watches the server",
        `${facts.sentinels} connections of Sentinels: while it is stopped they make a replica the master, and this one its replica`,
        "stop the Sentinels for the restore, or follow the runbook by hand",
      ),
    );
  if (facts.loading)
    results.push(
      fail("the server has loaded its data", "it is still loading", "wait until it is done, then run again"),
    );
  // What it was before is not known then: this run would take it for the server's own and leave it so.
  if (facts.settings["min-replicas-to-write"] === FENCE)
    results.push(
      fail(
        "the server takes writes",
        `an earlier run died in its swap and keeps writes out (min-replicas-to-write ${FENCE})`,
        "finish that one first: lifeboat resume <run> or lifeboat undo <run> (see lifeboat runs); if it is gone: redis-cli CONFIG SET min-replicas-to-write 0",
      ),
    );
  if (replicas > 0)
    results.push(
      warn(
        "replicas",
        `${replicas} will copy all of the restored data`,
        "expect a full resynchronisation of each",
      ),
    );
  return [...results, ...fits(facts, args)];
}

function fits({ version, settings }: RedisFacts, { rdb, memory, highestDatabase }: Args): CheckResult[] {
  const reads = rdbReadBy(version);
  const results: CheckResult[] = [];
  if (reads !== undefined && rdb > reads)
    results.push(
      fail(
        "the server reads the backup's format",
        `the backup is RDB version ${rdb}, Redis ${version} reads up to ${reads}: it was made by a newer Redis`,
        "restore it into that version of Redis or a newer one, or choose an older backup",
      ),
    );
  else results.push(pass("the server reads the backup's format", `RDB version ${rdb}`));
  const limit = Number(settings["maxmemory"] ?? 0);
  const policy = settings["maxmemory-policy"] ?? "noeviction";
  if (limit > 0 && memory > limit)
    results.push(
      fail(
        "the data fits under maxmemory",
        `it takes about ${sizeInWords(memory)}, maxmemory is ${sizeInWords(limit)}: ${policy === "noeviction" ? "every write would be refused" : `keys would be thrown out (${policy})`}`,
        `CONFIG SET maxmemory ${Math.ceil(memory * 1.2)}, and in the configuration file`,
      ),
    );
  const databases = Number(settings["databases"] ?? Number.NaN);
  if (highestDatabase >= databases)
    results.push(
      fail(
        "the server has enough databases",
        `the backup holds database ${highestDatabase}, the server has ${databases}`,
        `set databases ${highestDatabase + 1} in its configuration`,
      ),
    );
  return results;
}

/** Whether it can be stopped, its files moved, and started again. */
function ways(facts: RedisFacts, args: Args): CheckResult[] {
  const { container } = facts;
  if (container) return [...containerResults(container, facts, args), ...saved(facts, args)];
  const results: CheckResult[] = [];
  if (facts.noSettings !== undefined)
    results.push(
      fail(
        "the server tells its settings",
        `CONFIG GET was refused: ${facts.noSettings}`,
        "let the user run CONFIG, SHUTDOWN and SAVE for the restore; or stop the server yourself and give data-folder in system.yaml",
      ),
    );
  else if (args.folder === null)
    results.push(
      fail(
        "it is known where the server's files are",
        "the server is stopped, and system.yaml does not say where its files lie, or names a folder that is not here",
        "correct data-folder, or start the server; if it runs, correct server and port",
      ),
    );
  else if (!args.isHere)
    results.push(
      fail(
        "the server's files are on this machine",
        `${args.folder} is not here`,
        "run Lifeboat where they are",
      ),
    );
  if (!args.canStart)
    results.push(
      fail(
        "it is known how the server is started",
        "system.yaml has no start for it",
        "give start, e.g. start: [redis-server, /etc/redis/redis.conf]",
      ),
    );
  return [...results, ...saved(facts, args)];
}

/** The old data is on disk in full when the server stops, or the restore must not begin. */
function saved(facts: RedisFacts, { appendOn, skipSafetyCopy }: Args): CheckResult[] {
  if (!facts.running) return [];
  const name = "the present data can be kept";
  const broken = appendOn
    ? facts.appendStatus !== "ok" && facts.appendStatus !== ""
    : facts.saveStatus !== "ok" && facts.saveStatus !== "";
  if (!broken)
    return [
      pass(
        name,
        appendOn ? "in its append-only file" : `${counted(facts.unsaved, "change")} saved before it stops`,
      ),
    ];
  const what = appendOn ? "writing the append-only file" : "saving (MISCONF)";
  const why = `${what} failed last time: the newest data is only in memory`;
  const fix = `free its disk, then redis-cli ${appendOn ? "BGREWRITEAOF" : "BGSAVE"}; to go on without: --skip-safety-copy --because …`;
  return [skipSafetyCopy ? warn(name, why, fix) : fail(name, why, fix)];
}
