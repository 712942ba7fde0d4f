import { z } from "zod";
import { count } from "../../base/size.ts";
import { someOf } from "../../checks/compare-shape.ts";
import type { CheckResult, Judge } from "../../step/check.ts";

const argsSchema = z.object({ volume: z.string(), wanted: z.string() });

/** What one of both lists says of a path and the other does not. */
interface Sides {
  wanted: string[];
  found: string[];
}

const isSum = (said: string): boolean => /^[0-9a-f]{64}$/.test(said);
const isSame = (said: string): boolean => said.startsWith("= ");
const isLink = (said: string): boolean => said.startsWith("-> ");
/** Kind, mode, owner and the like; every path but a symbolic link has one such line. */
const isMain = (said: string): boolean => !isSum(said) && !isSame(said);

/** "81a4 0:0 12 1600000000" → "file 0644, owner 0:0, 12 bytes, 2020-09-13 12:26:40". */
export function inWords(said: string): string {
  const [bits = "", owner = "", size, time] = said.split(" ");
  const mode = Number.parseInt(bits, 16);
  if (isLink(said) || !/^[0-9a-f]{4,5}$/.test(bits)) return said;
  const kind = (mode & 0o170_000) === 0o040_000 ? "folder" : "file";
  const permissions = (mode & 0o7777).toString(8).padStart(4, "0");
  const rest =
    size === undefined
      ? ""
      : `, ${count(Number(size))} bytes, ${new Date(Number(time) * 1000).toISOString().slice(0, 19).replace("T", " ")}`;
  return `${kind} ${permissions}, owner ${owner}${rest}`;
}

function sidesOf(lines: readonly string[]): Map<string, Sides> {
  const paths = new Map<string, Sides>();
  for (const line of lines) {
    const isFound = line.startsWith("\t");
    const text = isFound ? line.slice(1) : line;
    const at = text.lastIndexOf("\t");
    if (at < 0) continue;
    const path = text.slice(0, at);
    const sides = paths.get(path) ?? { wanted: [], found: [] };
    (isFound ? sides.found : sides.wanted).push(text.slice(at + 1));
    paths.set(path, sides);
  }
  return paths;
}

interface Different {
  missing: string[];
  extra: string[];
  content: string[];
  about: string[];
  links: string[];
}

function differencesOf(paths: ReadonlyMap<string, Sides>): Different {
  const different: Different = { missing: [], extra: [], content: [], about: [], links: [] };
  for (const [path, { wanted, found }] of paths) {
    const [was, is] = [wanted.find(isMain), found.find(isMain)];
    if (was !== undefined && is === undefined) different.missing.push(path);
    else if (was === undefined && is !== undefined) different.extra.push(path);
    else {
      if (was !== undefined && is !== undefined)
        (isLink(was) && isLink(is) ? different.links : different.about).push(
          `${path} (was ${inWords(was)}, is ${inWords(is)})`,
        );
      if (wanted.some(isSum) || found.some(isSum)) different.content.push(path);
      if (wanted.some(isSame) || found.some(isSame))
        different.links.push(`${path} (another file than its hard links)`);
    }
  }
  return different;
}

/**
 * args: {volume, wanted}. What `comm -3` printed: lines that only the wanted list has, after a tab those that only the
 * volume has; then how many there are, and how many lines were compared.
 */
export const judgeMembers: Judge = (evidence, rawArgs) => {
  const { volume, wanted } = argsSchema.parse(rawArgs);
  const lines = evidence.stdout.split("\n");
  const number = (word: string): number =>
    Number(lines.find((line) => line.startsWith(`${word}: `))?.slice(word.length + 2) ?? Number.NaN);
  const [all, compared] = [number("differences"), number("lines compared")];
  const name = `every path of ${volume}`;
  // The root alone makes two lines: its count and its own.
  if (!Number.isFinite(all) || !(compared >= 2))
    return [
      {
        name,
        level: "content",
        result: "fail",
        why: `nothing was compared: ${evidence.stderr.trim().slice(-400)}`,
      },
    ];
  const listed = `${count(compared)} lines compared`;
  const counted = (mark: string): string | undefined =>
    lines.find((line) => line.startsWith(`${mark}! members `))?.slice(`${mark}! members `.length);
  const [members, there] = [counted(""), counted("\t")];
  if (members !== undefined && there === undefined) {
    const why = `the list of ${volume} broke off, so it says nothing: ${evidence.stderr.trim().slice(-400)}`;
    return [
      {
        name,
        level: "content",
        result: "fail",
        found: listed,
        why,
        fix: "look whether the engine and its disk are in order, then verify again",
      },
    ];
  }
  const { missing, extra, content, about, links } = differencesOf(sidesOf(lines));
  const some = all > lines.length ? `; ${count(all)} lines differ in all` : "";
  const say = (what: string, level: CheckResult["level"], bad: readonly string[], why: string): CheckResult =>
    bad.length === 0
      ? { name: what, level, result: "pass", found: listed }
      : { name: what, level, result: "fail", found: listed, why: `${why}: ${someOf(bad)}${some}` };
  return [
    say(`paths: all of ${wanted} are there`, "counts", missing, `missing in ${volume}`),
    say("paths: nothing besides", "counts", extra, `not in ${wanted}`),
    say("content of every file (sha256)", "content", content, "other content"),
    say("kind, mode, owner, size and time", "shape", about, "different"),
    say("links", "shape", links, "different"),
    // Lines differ that none of these words is for.
    ...(all > 0 && [missing, extra, content, about, links].every((bad) => bad.length === 0)
      ? [{ name, level: "content" as const, result: "fail" as const, why: `${count(all)} lines differ` }]
      : []),
  ];
};
