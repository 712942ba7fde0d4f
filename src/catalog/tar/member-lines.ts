import type { TarMember } from "./tar-reader.ts";

/*
 * What a tree of files holds, as lines that a shell inside a small container can print too (src/stores/volume/listing.ts
 * has the other side): "<path>\t<kind and mode in hex> <uid>:<gid> <size> <mtime>", "<path>\t<sha256>", "<path>\t-> <target>",
 * "<path>\t= <first path of the same file>", for folders without size and time, for special files "<kind> <uid>:<gid> <device>". Sorted by bytes, so that `comm` tells what is different.
 */

const FILE = 0o100_000;
const FOLDER = 0o040_000;
/** As stat names them. */
const SPECIAL: Readonly<Record<string, string>> = {
  "3": "character special file",
  "4": "block special file",
  "6": "fifo",
};

/** A folder that no member names gets what tar gives it: root's, 0755. */
const IMPLIED = "41ed 0:0";

/** "./a/b" for "a//b/", "." for the root. */
export function pathOf(name: string): string {
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  return parts.length === 0 ? "." : `./${parts.join("/")}`;
}

const escaped = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");

/** First line of a listing: it is the last thing a container prints, so without it there may be more. */
export const countLine = (members: number): string => `! members ${members}`;

/** All lines of a tree, sorted; text is bytes, a character each. */
export function memberLines(members: ReadonlyMap<string, TarMember>): string[] {
  const all = withImplied(members);
  const sameFile = hardLinks(members);
  const lines = [countLine(all.size)];
  for (const [path, member] of all) {
    const first = sameFile.get(path);
    const said = member === undefined ? [IMPLIED] : linesOf(targetOf(members, member) ?? member);
    lines.push(...said.map((one) => `${escaped(path)}\t${one}`));
    if (first !== undefined && first !== path) lines.push(`${path}\t= ${first}`);
  }
  return lines.sort();
}

/** What is said of one member, without its path. */
function linesOf({ type, mode, uid, gid, size, mtime, sha256, link, device }: TarMember): string[] {
  const special = SPECIAL[type];
  if (special !== undefined) return [`${special} ${uid}:${gid} ${type === "6" ? "0:0" : device}`];
  if (type === "2") return [`-> ${escaped(link)}`];
  if (type === "5") return [`${(FOLDER | mode).toString(16)} ${uid}:${gid}`];
  return [`${(FILE | mode).toString(16)} ${uid}:${gid} ${size} ${mtime}`, sha256];
}

/** Folders above members that are not members themselves, the root among them. */
function withImplied(members: ReadonlyMap<string, TarMember>): Map<string, TarMember | undefined> {
  const all = new Map<string, TarMember | undefined>(members);
  if (!all.has(".")) all.set(".", undefined);
  for (const path of members.keys())
    for (let at = path.lastIndexOf("/"); at > 1; at = path.lastIndexOf("/", at - 1)) {
      const above = path.slice(0, at);
      if (all.has(above)) break;
      all.set(above, undefined);
    }
  return all;
}

/** The member that a hard link stands for; undefined for what is none. */
export function targetOf(members: ReadonlyMap<string, TarMember>, member: TarMember): TarMember | undefined {
  let target: TarMember | undefined = member;
  // A link may lead to a link; a circle ends nowhere.
  for (let steps = 0; target?.type === "1" && steps < 100; steps += 1)
    target = members.get(pathOf(target.link));
  return member.type === "1" && target?.type !== "1" ? target : undefined;
}

/** Path → the first path, by bytes, that is the same file; names that have to be escaped are left out. */
function hardLinks(members: ReadonlyMap<string, TarMember>): Map<string, string> {
  const groups = new Map<TarMember, string[]>();
  for (const [path, member] of members) {
    const target = targetOf(members, member);
    if (target === undefined) continue;
    const group = groups.get(target) ?? [pathOf(target.name)];
    group.push(path);
    groups.set(target, group);
  }
  const first = new Map<string, string>();
  for (const group of groups.values()) {
    const plain = group.filter((path) => !/[\\\n]/.test(path)).sort();
    for (const path of plain) first.set(path, plain[0] ?? "");
  }
  return first;
}
