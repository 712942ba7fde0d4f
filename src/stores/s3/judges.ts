import { z } from "zod";
import { count, counted } from "../../base/size.ts";
import type { CheckResult, Judge } from "../../step/check.ts";
import { type Compared, readComparison } from "./comparison.ts";
import { amount, compareResults, named } from "./results.ts";

const cut: CheckResult = {
  name: "the lists could be compared",
  level: "other",
  result: "fail",
  why: "the comparison did not come to its end",
};

const compareArgs = z.object({
  what: z.string(),
  wanted: z.string(),
  extra: z.enum(["fail", "warning", "pass"]),
  /** Nothing in the list and nothing found is what is wanted: nothing had to be kept. */
  mayBeEmpty: z.boolean().default(false),
});

/** Output of `comparison`. */
export const judgeCompare: Judge = (evidence, args) => {
  const { mayBeEmpty, ...words } = compareArgs.parse(args);
  const compared = readComparison(evidence.stdout);
  if (!compared) return [cut];
  if (mayBeEmpty && compared.wanted === 0)
    return [
      {
        name: `${words.what}: every key of ${words.wanted}`,
        level: "counts",
        result: "pass",
        found: "none are needed",
      },
    ];
  return compareResults(compared, words);
};

const changeArgs = z.object({
  /** "25%" or "100". */
  limit: z.string(),
  extra: z.enum(["delete", "leave"]),
  /** fail in a live run; a drill deletes nothing. */
  over: z.enum(["fail", "warning"]),
});

const info = (name: string, found: string): CheckResult => ({ name, level: "other", result: "pass", found });

/** Output of `comparison` of the backup with the live bucket: what a restore would do to it, and the brake on deletes. */
export const judgeChanges: Judge = (evidence, args) => {
  const { limit, extra, over } = changeArgs.parse(args);
  const compared = readComparison(evidence.stdout);
  if (!compared) return [cut];
  const { of, wanted } = compared;
  const name = "objects in the backup";
  if (wanted === 0)
    return [
      {
        name,
        level: "artifact",
        result: "fail",
        found: "0",
        why: "the backup holds no object: restoring it would empty the bucket",
        fix: "choose another backup",
      },
    ];
  const overwritten = {
    number: of.size.number + of.content.number + of.unknown.number,
    bytes: of.size.bytes + of.content.bytes + of.unknown.bytes,
  };
  return [
    info(name, count(wanted)),
    info("created by the restore", amount(of.missing)),
    info("overwritten by it, kept aside first", amount(overwritten)),
    deletes(compared, limit, extra, over),
    ...oddKeys(evidence.stdout),
  ];
};

/** Keys in the live bucket that the program would lose, or take for others, when they have to be kept or put back. */
function oddKeys(stdout: string): CheckResult[] {
  const odd = /^! odd (\d+)$/m.exec(stdout)?.[1] ?? "0";
  if (odd === "0") return [];
  return [
    {
      name: "keys that the program keeps as they are",
      level: "other",
      result: "fail",
      why: `control characters, or slashes at an end or doubled, in ${counted(Number(odd), "key")} of the bucket`,
      fix: 'say "tool: built-in" for this store',
    },
  ];
}

function deletes(
  { of, found }: Compared,
  limit: string,
  extra: "delete" | "leave",
  over: "fail" | "warning",
): CheckResult {
  if (extra === "leave") return info("left in the bucket though not in the backup", amount(of.extra));
  const most = limit.endsWith("%") ? Math.floor((found * Number(limit.slice(0, -1))) / 100) : Number(limit);
  const base = {
    name: "deleted by the restore, kept aside first",
    level: "other" as const,
    expected: `at most ${limit}: ${count(most)} of ${count(found)}`,
    found: amount(of.extra),
  };
  if (of.extra.number <= most) return { ...base, result: "pass" };
  return {
    ...base,
    result: over,
    why: `the backup has ${count(found - of.extra.number)} of the bucket's ${counted(found, "object")}; it lacks ${named(of.extra)}`,
    fix: 'choose another backup; if these are really to go, raise "max-deletes" of the store, or keep them with extra: leave',
  };
}

const digestArgs = z.object({ sha256: z.string(), path: z.string() });

/** Output of sha256sum. */
export const judgeDigest: Judge = (evidence, args) => {
  const { sha256, path } = digestArgs.parse(args);
  const found = evidence.stdout.trim().split(/\s/)[0]?.replace(/^\\/, "") ?? "";
  const base = { name: "sha256 of the key list", level: "artifact" as const, expected: sha256, found };
  if (found === sha256) return [{ ...base, result: "pass" }];
  return [
    {
      ...base,
      result: "fail",
      why: `${path} is not the list that was written with the backup`,
      fix: "choose another backup",
    },
  ];
};

const sumArgs = z.object({ what: z.string() });
const DIFFERENT = /^different\t(.*)$/gm;

/** "different\t<key>" lines, then "! read <read> <all>". */
export const judgeSums: Judge = (evidence, args) => {
  const { what } = sumArgs.parse(args);
  const [, read, all] = /^! read (\d+) (\d+)$/m.exec(evidence.stdout) ?? [];
  const base = { name: `${what}: content read and hashed`, level: "content" as const };
  if (read === undefined || all === undefined) return [cut];
  if (all === "0")
    return [{ ...base, result: "not checked", why: "no sha256 is known: the backup has no manifest" }];
  const bad = [...evidence.stdout.matchAll(DIFFERENT)].map((match) => match[1] ?? "");
  const found = `${count(Number(read))} of ${counted(Number(all), "object")}`;
  if (bad.length === 0 && read !== "0") return [{ ...base, result: "pass", found }];
  const why =
    bad.length === 0
      ? "none could be read"
      : `${count(bad.length)} with other content: ${named({ number: bad.length, bytes: 0, keys: bad })}`;
  return [{ ...base, result: "fail", found, why }];
};

const referenceArgs = z.object({ store: z.string(), missing: z.enum(["fail", "warning"]) });
const UNRESOLVED = /^unresolved\t(.*)$/gm;

/** "unresolved\t<key>" lines of the first, then "! references <unresolved> <all>". */
export const judgeReferences: Judge = (evidence, args) => {
  const { store, missing } = referenceArgs.parse(args);
  const [, open, all] = /^! references (\d+) (\d+)$/m.exec(evidence.stdout) ?? [];
  if (open === undefined || all === undefined) return [cut];
  const base = {
    name: `keys that ${store} points at`,
    level: "queries" as const,
    expected: `${count(Number(all))} there`,
  };
  if (all === "0") return [{ ...base, result: "not checked", why: `the question to ${store} gave no keys` }];
  const found = `${count(Number(all) - Number(open))} there`;
  if (open === "0") return [{ ...base, result: "pass", found }];
  const keys = [...evidence.stdout.matchAll(UNRESOLVED)].map((match) => match[1] ?? "");
  const why = `${counted(Number(open), "row")} with the key of an object that is not there: ${named({ number: Number(open), bytes: 0, keys })}`;
  return [{ ...base, result: missing, found, why }];
};
