import { z } from "zod";
import type { CheckResult, Judge } from "../../step/check.ts";
import { dumpIn } from "./expected.ts";
import { ownCollections, parseFacts } from "./facts.ts";
import { inWords } from "../../catalog/mongodb/read-archive.ts";

/** args: {name}. Records an answer without judging it. */
export const judgeAnswer: Judge = (evidence, args) => {
  const { name } = z.object({ name: z.string() }).parse(args);
  const answer = evidence.stdout.trim();
  return [
    { name, level: "queries", result: "pass", found: answer === "" ? "nothing" : answer.slice(0, 500) },
  ];
};

/** args: {artifactStep}. Every collection of the database is in its dump: mongodump exits 0 without some. */
export const judgeSafetyCopy: Judge = (evidence, args, facts) => {
  const { artifactStep } = z.object({ artifactStep: z.string() }).parse(args);
  const dump = dumpIn(facts(artifactStep));
  const base = { name: "the safety copy holds every collection", level: "artifact" as const };
  const fail = (why: string): CheckResult[] => [{ ...base, result: "fail", why }];
  if (dump === undefined) return fail("it could not be read");
  const names = new Set(dump.collections.map(({ name }) => name));
  const missing = ownCollections(parseFacts(evidence.stdout))
    .map(({ name }) => name)
    .filter((name) => !names.has(name));
  if (missing.length > 0) return fail(`missing in it: ${missing.join(", ")}`);
  return [{ ...base, result: "pass", found: inWords(dump.collections) }];
};
