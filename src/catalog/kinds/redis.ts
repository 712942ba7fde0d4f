import type { CheckResult } from "../../step/check.ts";
import type { ArtifactKind, ContentReader } from "./artifact-kind.ts";
import { auxFields, rdbVersion } from "./rdb-head.ts";

const HEAD = 4096;
/** End mark and checksum, since version 5 of the format. */
const TAIL = 9;
const END_MARK = 0xff;

/** Keeps the first and the last bytes: redis-check-rdb, and the server that loads the file, read all of it. */
function rdbReader(): ContentReader {
  let head = Buffer.alloc(0);
  let tail = Buffer.alloc(0);
  return {
    push: (chunk) => {
      if (head.length < HEAD) head = Buffer.concat([head, chunk.subarray(0, HEAD - head.length)]);
      tail = Buffer.concat([tail, chunk.subarray(-TAIL)]).subarray(-TAIL);
    },
    end: () => {
      const version = rdbVersion(head) ?? 0;
      const facts = { rdb: version, ...auxFields(head) };
      return { results: [endResult(version, tail)], facts };
    },
  };
}

function endResult(version: number, tail: Buffer): CheckResult {
  const base = { name: "the snapshot has its end", level: "artifact" as const };
  if (version < 5 || tail[0] === END_MARK)
    return { ...base, result: "pass", found: `RDB version ${version}` };
  return {
    ...base,
    result: "fail",
    why: "the end mark of the RDB file is missing: it was cut off",
    fix: "copy it again from where it was made, or choose another backup",
  };
}

export const redis: ArtifactKind = {
  payloadOf: (head) => (rdbVersion(head) === undefined ? undefined : { payload: "rdb" }),
  folderOf: () => undefined,
  noFolder: "a folder: a Redis backup is one RDB file",
  reader: (payload) => (payload === "rdb" ? rdbReader() : undefined),
};
