import { readable } from "../../base/byte-text.ts";
import { count, counted } from "../../base/size.ts";
import type { CheckResult } from "../../step/check.ts";
import { targetOf } from "./member-lines.ts";
import type { TarEnding, TarMember } from "./tar-reader.ts";

const level = "artifact" as const;
const OTHER = "copy it again from where it was made, or choose another backup";
const NAMED = 5;

const someOf = (names: readonly string[]): string =>
  names.slice(0, NAMED).map(readable).join(", ") +
  (names.length > NAMED ? ` and ${count(names.length - NAMED)} more` : "");

/** Whether the archive is all there. tar itself is content with one that ends between two members. */
export function endingResult({ closed, behind, problem }: TarEnding, members: number): CheckResult {
  const base = { name: "the archive is whole", level, found: counted(members, "member") };
  if (problem !== undefined) return { ...base, result: "fail", why: readable(problem), fix: OTHER };
  if (!closed) {
    const why =
      "it was cut off between two members: the mark of its end is missing, and nobody can say what followed (tar would not notice)";
    return { ...base, result: "fail", why, fix: OTHER };
  }
  if (behind > 0) {
    const why = `${counted(behind, "byte")} behind the mark of its end, which tar never reads: two archives one after the other, or something was appended`;
    return { ...base, result: "fail", why, fix: OTHER };
  }
  return { ...base, result: "pass" };
}

/** Why a member would be written somewhere else than where its name says inside the volume; undefined when it is not. */
function escape(
  members: ReadonlyMap<string, TarMember>,
  path: string,
  member: TarMember,
): string | undefined {
  const { name, link, type } = member;
  if (name.startsWith("/")) return "an absolute path";
  if (name.split("/").includes("..")) return "leads out of the volume by ..";
  for (let at = path.lastIndexOf("/"); at > 1; at = path.lastIndexOf("/", at - 1))
    if (members.get(path.slice(0, at))?.type === "2") return "is written through a symbolic link";
  if (type !== "1") return undefined;
  if (link.startsWith("/") || link.split("/").includes(".."))
    return "is a hard link that leads out of the volume";
  return targetOf(members, member) === undefined ? "is a hard link to nothing in the archive" : undefined;
}

/** Names that would write outside the volume. Symbolic links may lead anywhere, as long as nothing is written through them. */
export function unsafeResult(members: ReadonlyMap<string, TarMember>): CheckResult {
  const base = { name: "every member stays inside the volume", level };
  const bad: string[] = [];
  for (const [path, member] of members) {
    const why = escape(members, path, member);
    if (why !== undefined) bad.push(`${member.name} ${why}`);
  }
  if (bad.length === 0) return { ...base, result: "pass" };
  const why = `${someOf(bad)}: such an archive is not unpacked`;
  return {
    ...base,
    result: "fail",
    found: `${count(bad.length)} that do not`,
    why,
    fix: "choose another backup",
  };
}

const KNOWN = "0123456";

function say(
  name: string,
  bad: readonly string[],
  why: string,
  result: "fail" | "warning" = "warning",
): CheckResult[] {
  if (bad.length === 0) return [];
  return [{ name, level, result, found: count(bad.length), why: `${someOf(bad)}: ${why}` }];
}

/** What is unusual, or will not come back; empty when there is nothing to say. */
export function specialResults(members: ReadonlyMap<string, TarMember>): CheckResult[] {
  const all = [...members.values()];
  const named = (chosen: (member: TarMember) => boolean): string[] =>
    all.filter(chosen).map(({ name }) => name);
  const folders = new Set([...members.keys()].map((path) => path.split("/")[1] ?? ""));
  const [only] = folders;
  const wrapped = !folders.has("") && folders.size === 1 && members.get(`./${only}`)?.type === "5";
  return [
    ...say(
      "every member can be read",
      named(({ type }) => !KNOWN.includes(type)),
      "of a kind that small tar programs do not know",
      "fail",
    ),
    ...say(
      "device nodes",
      named(({ type }) => "34".includes(type)),
      "they are made as they are written; look whether they belong into a volume",
    ),
    ...say(
      "named pipes",
      named(({ type }) => type === "6"),
      "they are made anew; what was in them is in no backup",
    ),
    ...say(
      "extended attributes and access lists",
      named(({ pax }) =>
        pax.some((key) => /^(SCHILY\.(xattr|acl)|LIBARCHIVE\.xattr|RHT\.security)/.test(key)),
      ),
      "busybox tar does not put them back; an image with GNU tar and its own commands would",
    ),
    ...(wrapped && only !== undefined
      ? say(
          "names begin at the volume's root",
          [only],
          "everything lies in this one folder: it was packed with the folder instead of from inside it (tar -C folder .), and the volume would hold the folder",
        )
      : []),
  ];
}
