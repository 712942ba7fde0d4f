import { createHash } from "node:crypto";
import { z } from "zod";
import { counted, sizeInWords } from "../../base/size.ts";
import type { CheckResult, Judge } from "../../step/check.ts";
import { parseLook } from "./look.ts";

const lookArgs = z.object({
  host: z.string(),
  words: z.string(),
  folder: z.string(),
  /** Bytes that will be put there. */
  needed: z.number(),
});

const other = { level: "other" as const };

/** `lookCommand` of a host. args: {host, words, folder, needed}. */
export const judgeLook: Judge = (evidence, args) => {
  const { host, words, folder, needed } = lookArgs.parse(args);
  const look = parseLook(evidence.stdout);
  const results: CheckResult[] = [];
  const add = (name: string, found: string, why?: string, fix?: string): void => {
    const said = { name, ...other, ...(found === "" ? {} : { found }) };
    results.push(why === undefined ? { ...said, result: "pass" } : { ...said, result: "fail", why, fix });
  };
  const where = `${words} answers`;
  if (look.system === "Linux") add(where, `Linux, user ${look.user}`);
  else add(where, look.system, "only Linux is known as a far host", "run Lifeboat on that machine itself");
  const there = look.folders.find(({ path }) => path === folder);
  const room = `${folder} there takes the run's files`;
  const tmp = `set "tmp" of host ${host} to a folder there that ${look.user || "its user"} may write to`;
  if (there?.state !== "open")
    add(room, "", `${folder} is ${there?.state === "closed" ? "not writable" : "not there"}`, tmp);
  else if (there.freeBytes < needed)
    add(
      room,
      `${sizeInWords(there.freeBytes)} free`,
      `about ${sizeInWords(needed)} are needed`,
      `free ${sizeInWords(needed - there.freeBytes)} there, or ${tmp}`,
    );
  else add(room, `${sizeInWords(there.freeBytes)} free`);
  if (look.missing.length === 0) add("its programs are there", "");
  else
    add(
      "its programs are there",
      `missing: ${look.missing.join(", ")}`,
      `${counted(look.missing.length, "program")} that the steps call cannot be found there`,
      `install ${look.missing.join(", ")} there, name their folder in "path" of host ${host}, or give the store another host`,
    );
  if (!look.hasProc)
    add(
      "its processes can be found again",
      "",
      "/proc cannot be read there",
      "mount it: what a broken connection leaves running could not be found or ended",
    );
  return results;
};

const sameArgs = z.object({
  /** What lies there, for people. */
  name: z.string(),
  /** The step whose reading here made the digest. */
  readBy: z.string(),
});
const readFacts = z.object({ sha256: z.string().min(1) });

/** What `sumsCommand` printed there against what was read here. args: {name, readBy}. */
export const judgeSameThere: Judge = (evidence, args, facts) => {
  const { name, readBy } = sameArgs.parse(args);
  const read = readFacts.safeParse(facts(readBy));
  const digest = digestOf(evidence.stdout);
  const result = (outcome: Partial<CheckResult> & Pick<CheckResult, "result">): CheckResult[] => [
    { name, level: "artifact", ...outcome },
  ];
  if (digest === undefined) return result({ result: "not checked", why: "no program there makes a sha256" });
  if (!read.success) return result({ result: "fail", why: "it was not read here: nothing to compare with" });
  const { sha256 } = read.data;
  if (sha256 === digest) return result({ result: "pass", found: `sha256 ${digest.slice(0, 12)}…` });
  return result({
    result: "fail",
    expected: `sha256 ${sha256}`,
    found: `sha256 ${digest}`,
    why: "what lies there is not what was read here: it was altered on its way, or the file changes",
    fix: "try again; if it happens again, look at the connection and at who writes to the file",
  });
};

/**
 * The digest of a file, or of a folder as the catalog makes it: of the lines that sha256sum prints, by name. undefined
 * where no program could make one.
 */
function digestOf(stdout: string): string | undefined {
  const lines = stdout.split("\n").filter((line) => line !== "");
  if (lines[0] !== "folder") return /^[0-9a-f]{64}/.exec(lines[1] ?? "")?.[0];
  if (lines[1] === "none") return undefined;
  const named = lines.slice(1).map((line): [string, string] => {
    // "<sum>  ./name" of sha256sum and shasum, "<sum> *./name" of openssl; with a backslash in front for an odd name.
    const [, mark = "", sum = "", name = ""] = /^(\\?)([0-9a-f]{64}) [ *]\.\/(.*)$/.exec(line) ?? [];
    return [name, `${mark}${sum}  ${name}\n`];
  });
  named.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const hash = createHash("sha256");
  for (const [, line] of named) hash.update(line);
  return hash.digest("hex");
}

/** The judges of steps that are about a host. */
export const hostJudges: Readonly<Record<string, Judge>> = {
  "host.look": judgeLook,
  "host.same": judgeSameThere,
};
