import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { differenceOf } from "../../base/entries.ts";
import { parseKeyLines } from "../../base/key-lines.ts";
import { count, counted, sizeInWords } from "../../base/size.ts";
import type { CheckResult } from "../../step/check.ts";
import { fileProblem } from "../file-problem.ts";
import { tarContents, tarPayload } from "../tar/tar-members.ts";
import type { ArtifactKind, ContentReader, Member, Seen } from "./artifact-kind.ts";

/** A backup that is another bucket is a small file with its URL; any other file of text is none. */
const POINTER = /^s3:\/\/[^\s]+\n?$/;

function payloadOf(head: Buffer): Seen | undefined {
  if (head.length < 4096 && POINTER.test(head.toString("utf8"))) return { payload: "bucket" };
  return tarPayload(head, "an archive that holds no object");
}

/** Whether an archive comes to its end and unpacks to nothing but files and folders inside its own folder. */
function tarContent(): ContentReader {
  const archive = tarContents();
  return {
    push: archive.push,
    end: () => {
      const { members, files, bytes, results } = archive.end();
      const links = [...members].filter(([, { type }]) => type === "1" || type === "2").map(([path]) => path);
      return {
        results: [...results, holds(files, bytes), ...noLinks(links)],
        facts: { objects: files, bytes },
      };
    },
  };
}

const NAME = "objects in the backup";

function holds(objects: number, bytes: number): CheckResult {
  const base = { name: NAME, level: "artifact" as const, found: `${count(objects)}, ${sizeInWords(bytes)}` };
  if (objects > 0) return { ...base, result: "pass" };
  return {
    ...base,
    result: "fail",
    why: "it holds no object: restoring it would empty the bucket",
    fix: "choose another backup",
  };
}

/** A link is no object: some programs follow it, some leave it out. */
function noLinks(links: readonly string[]): CheckResult[] {
  if (links.length === 0) return [];
  const why = `${counted(links.length, "link")}, and a link is no object: ${links.slice(0, 3).join(", ")}`;
  return [
    {
      name: "only files and folders",
      level: "artifact",
      result: "fail",
      why,
      fix: "put the files in the place of the links",
    },
  ];
}

/** A mirrored tree: every file against the list beside it, when there is one. */
async function judgeFolder(
  path: string,
  members: readonly Member[],
): Promise<{ results: CheckResult[]; facts: Record<string, unknown> }> {
  const bytes = members.reduce((sum, member) => sum + member.bytes, 0);
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const links = entries
    .filter((entry) => entry.isSymbolicLink())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)));
  return {
    results: [holds(members.length, bytes), ...noLinks(links), ...(await againstList(path, members))],
    facts: { objects: members.length, bytes },
  };
}

async function againstList(path: string, members: readonly Member[]): Promise<CheckResult[]> {
  const list = `${path.replace(/\/+$/, "")}.keys.gz`;
  const base = { name: "files against the key list", level: "artifact" as const };
  let text: string;
  try {
    text = (await promisify(gunzip)(await readFile(list))).toString("utf8");
  } catch (error) {
    const problem = fileProblem(error);
    if (problem.code === "ENOENT") return [];
    return [{ ...base, result: "fail", why: `${list} cannot be read: ${problem.says}` }];
  }
  const wanted = parseKeyLines(text)
    // A slash at the end: an empty folder, for which a tree needs no file.
    .filter(({ key }) => !key.endsWith("/"))
    .map(({ key, bytes, sha256 }) => ({ name: key, bytes, sha256 }));
  const { missing, extra, otherSize, otherContent, same } = differenceOf(wanted, members);
  const found = `${count(same)} of ${count(wanted.length)} agree`;
  const bad = [
    [missing, "missing"],
    [extra, "not in the list"],
    [otherSize, "of another size"],
    [otherContent, "with other content"],
  ] as const;
  const why = bad
    .filter(([names]) => names.length > 0)
    .map(([names, word]) => `${count(names.length)} ${word}: ${names.slice(0, 5).join(", ")}`);
  return why.length === 0
    ? [{ ...base, result: "pass", found }]
    : [
        {
          ...base,
          result: "fail",
          found,
          why: why.join("; "),
          fix: "copy it again from where it was made, or choose another backup",
        },
      ];
}

/** Objects as files of a folder, as an archive of one, or in another bucket. */
export const s3: ArtifactKind = {
  payloadOf,
  folderOf: () => ({ payload: "tree" }),
  noFolder: "a folder",
  reader: (payload) => (payload === "tar" ? tarContent() : undefined),
  judgeFolder,
};
