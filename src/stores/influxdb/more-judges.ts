import { z } from "zod";
import { compareShape } from "../../checks/compare-shape.ts";
import { counted } from "../../base/size.ts";
import type { CheckResult, Judge } from "../../step/check.ts";
import { parseAnswer, rowsOf } from "./answer.ts";
import { manifestIn } from "./content-judge.ts";
import { parseShape, policiesIn } from "./shape.ts";

/**
 * args: {artifactStep}. Policies, measurements, fields with their types, tags and the number of series. A server counts
 * series that have no points any more until it is restarted, so their number alone proves no fault.
 */
export const judgeShape: Judge = (evidence, args, facts) => {
  const { artifactStep } = z.object({ artifactStep: z.string() }).parse(args);
  const manifest = manifestIn(facts(artifactStep));
  const name = "shape";
  if (!manifest)
    return [{ name, level: "shape", result: "fail", why: "the artifact step did not keep the manifest" }];
  if (manifest.shape.length === 0)
    return [{ name, level: "shape", result: "fail", why: "the manifest names nothing to compare" }];
  return compareShape(manifest.shape, parseShape(evidence.stdout, policiesIn(manifest)).objects).map(
    (result) =>
      result.result === "fail" && result.name.startsWith("series:") && !result.why?.startsWith("missing")
        ? { ...result, result: "warning" }
        : result,
  );
};

/**
 * args: {database}. Restored shards that ended before what their retention policy keeps vanish at the server's next
 * check. First line: seconds since 1970.
 */
export const judgeExpired: Judge = (evidence, args) => {
  const { database } = z.object({ database: z.string() }).parse(args);
  const [now = "", answer = ""] = evidence.stdout.split("\n");
  const base = { name: "no shard is older than its retention policy keeps", level: "other" as const };
  const shards = (parseAnswer(answer)[0] ?? []).flatMap(rowsOf).filter((row) => row["database"] === database);
  if (shards.length === 0) return [{ ...base, result: "fail", why: `${database} has no shard at all` }];
  // Where a policy keeps everything a shard is said to expire when it ends.
  const expired = shards.filter(
    ({ expiry_time = "", end_time }) =>
      expiry_time !== end_time && Date.parse(expiry_time) < Number(now) * 1000,
  );
  const found = counted(shards.length, "shard");
  if (expired.length === 0) return [{ ...base, result: "pass", found }];
  const first = expired.slice(0, 3).map((row) => `${row["retention_policy"]} from ${row["start_time"]}`);
  const why = `${counted(expired.length, "shard")} older (${first.join(", ")}): the server removes them, within half an hour by default`;
  const fix = `to keep them, at once: ALTER RETENTION POLICY … ON "${database}" DURATION INF`;
  return [{ ...base, result: "warning", found, why, fix }];
};

/** args: {measurement}. */
export const judgeHasPoints: Judge = (evidence, args) => {
  const { measurement } = z.object({ measurement: z.string() }).parse(args);
  const base = {
    name: `measurement ${measurement} holds points`,
    level: "counts" as const,
    expected: "at least 1",
  };
  if (evidence.stdout.trim() !== "") return [{ ...base, result: "pass" }];
  const result: CheckResult = { ...base, result: "fail", found: "none" };
  return [{ ...result, why: `there is no point of ${measurement} in the default retention policy` }];
};

/** args: {name}. The answer is recorded; nothing is judged. */
export const judgeAnswerOnly: Judge = (evidence, args) => {
  const { name } = z.object({ name: z.string() }).parse(args);
  const found = evidence.stdout.trim().split("\n")[0] ?? "";
  return [{ name, level: "queries", result: "pass", found: found === "" ? "no rows" : found.slice(0, 200) }];
};
