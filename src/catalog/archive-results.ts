import { counted } from "../base/size.ts";
import type { CheckResult } from "../step/check.ts";
import type { ArchiveHeader } from "./archive-header.ts";
import { missingMembers } from "./directory-members.ts";

/** What an archive says of itself: the operator sees whose it is before it is restored. */
export function headerResult(header: ArchiveHeader | undefined): CheckResult {
  const name = "archive header";
  const level = "artifact" as const;
  if (!header || header.dumpedBy === "") {
    const why = "the archive was cut off in its header; it cannot be restored";
    return { name, level, result: "fail", why, fix: "choose another backup" };
  }
  const { database, dumpedFrom, dumpedBy, version } = header;
  const found = `database ${database} of server ${dumpedFrom}, by pg_dump ${dumpedBy}, archive version ${version}`;
  return { name, level, result: "pass", found };
}

/** Whether a directory-format backup has every file its tables of contents name. */
export async function membersResult(
  path: string,
  members: readonly { name: string; bytes: number }[],
): Promise<CheckResult> {
  const name = "all members are there";
  const level = "artifact" as const;
  const present = new Set(members.map((member) => member.name));
  if (!present.has("toc.dat")) {
    const why = "toc.dat is compressed, which pg_restore does not read";
    return {
      name,
      level,
      result: "fail",
      found: "toc.dat.gz",
      why,
      fix: "gunzip it in a copy of the folder",
    };
  }
  const missing = await missingMembers(path, present);
  const empty = members.filter((member) => member.bytes === 0 && /\.(?:gz|lz4|zst)$/.test(member.name));
  const bad = [...missing.map((one) => `${one} is missing`), ...empty.map((one) => `${one.name} is empty`)];
  const found = counted(members.length, "file");
  if (bad.length === 0) return { name, level, result: "pass", found };
  const list = bad.slice(0, 5).join(", ") + (bad.length > 5 ? ` and ${bad.length - 5} more` : "");
  const why = `${list}: the data of at least one table is not there; it cannot be restored`;
  const fix = "copy the folder again from where it was made, or choose another backup";
  return { name, level, result: "fail", found, why, fix };
}
