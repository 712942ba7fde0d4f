import { extname } from "node:path";
import { count, counted, sizeInWords } from "../base/size.ts";
import type { CheckResult } from "../step/check.ts";
import { formatName, type ArtifactFormat } from "./backup.ts";
import type { Packing } from "./unpack.ts";

const OTHER = "choose another backup";
const level = "artifact" as const;

const REFUSED: Partial<Record<ArtifactFormat["payload"], { why: string; fix: string }>> = {
  empty: {
    why: "there is nothing in it: the program that made it failed before it wrote anything",
    fix: OTHER,
  },
  html: { why: "a web page, not a dump", fix: "download it again, logged in, or choose another backup" },
  encrypted: {
    why: "it is encrypted",
    fix: "decrypt it first (gpg -d, age -d), then give the result: --backup <path>",
  },
  unknown: { why: "it is nothing that can be restored", fix: OTHER },
};

/** What the first bytes say, in words. */
export function formatResult(path: string, format: ArtifactFormat): CheckResult {
  const found = formatName(format);
  const refused = REFUSED[format.payload];
  if (refused)
    return { name: "format", level, result: "fail", found, why: format.why ?? refused.why, fix: refused.fix };
  const extension = extname(path);
  const odd = { ".gz": format.wrapper !== "gzip", ".zst": format.wrapper !== "zstd" }[extension] === true;
  const why = `its name ends in ${extension}, but its bytes say otherwise: the bytes are believed`;
  return { name: "format", level, result: "pass", found, ...(odd ? { why } : {}) };
}

/** Whether all that was packed could be unpacked. */
export function packingResult(
  format: ArtifactFormat,
  packing: Packing,
  bytes: number,
  contentBytes: number,
): CheckResult {
  const name = `${format.wrapper} unpacks to its end`;
  const { problem, members, junkBytes } = packing;
  if (problem) {
    const meaning = {
      cut: `the file was cut off: it ends at byte ${count(problem.at)} in the middle of the packed data`,
      damaged: `the file is damaged near byte ${count(problem.at)}: ${problem.why}`,
    }[problem.kind];
    const why = `${meaning}; it cannot be restored`;
    const fix =
      "copy it again from where it was made (the copy or the disk may be at fault), or choose another backup";
    return { name, level, result: "fail", found: `${counted(contentBytes, "byte")} unpacked`, why, fix };
  }
  if (junkBytes > 0) {
    const why = `${counted(junkBytes, "byte")} behind the end of the packed data do not belong to it: something was appended, or two files were mixed up`;
    const fix = `compare it with the original; if only the end is wrong: head -c ${bytes - junkBytes} <file> > <new file>`;
    return { name, level, result: "fail", found: `${counted(junkBytes, "byte")} of junk`, why, fix };
  }
  const several = `${members} packed parts one after the other were read as one`;
  const found = `${sizeInWords(contentBytes)} from ${sizeInWords(bytes)}`;
  return { name, level, result: "pass", found, ...(members > 1 ? { why: several } : {}) };
}
