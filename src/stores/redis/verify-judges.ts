import { z } from "zod";
import type { CheckResult, Judge } from "../../step/check.ts";
import { compareListings } from "./compare-listings.ts";
import { parseListing } from "./listing.ts";
import { listingOf, listingSchema } from "./manifest.ts";

const manifestArgs = z.object({ artifactStep: z.string() });
const known = z.object({ manifest: listingSchema });

/** args: {artifactStep}. What a server holds against the manifest, which the artifact step has read. */
export const judgeManifest: Judge = (evidence, args, facts) => {
  const read = known.safeParse(facts(manifestArgs.parse(args).artifactStep));
  if (!read.success)
    return [
      { name: "the manifest", level: "other", result: "fail", why: "it was not read in the step before" },
    ];
  return compareListings(listingOf(read.data.manifest), parseListing(evidence.stdout));
};

/** Two listings, behind @copy and @live. */
export const judgeSame: Judge = (evidence) => {
  const at = evidence.stdout.indexOf("@live\n");
  if (!evidence.stdout.startsWith("@copy\n") || at < 0) return [];
  return compareListings(
    parseListing(evidence.stdout.slice(6, at)),
    parseListing(evidence.stdout.slice(at + 6)),
  );
};

/** args: {name}. Records an answer without judging it. */
export const judgeAnswerOnly: Judge = (evidence, args) => {
  const { name } = z.object({ name: z.string() }).parse(args);
  const answer = evidence.stdout.trim();
  const found = answer === "" ? "an empty answer" : answer.slice(0, 500);
  return [{ name, level: "queries", result: "pass", found }] satisfies CheckResult[];
};
