import { count, counted } from "../../base/size.ts";
import type { CheckResult } from "../../step/check.ts";
import type { ArtifactKind, ContentReader, Seen } from "./artifact-kind.ts";
import { looksNative, NativeReader } from "./native-reader.ts";

const NATIVE = /\.native(\.gz|\.zst)?$/;

/** A BACKUP of the server's own is an archive with a file `.backup` in it, or a folder with one. */
const BACKUP: Seen = { payload: "clickhouse-backup" };
const isBackupZip = (head: Buffer): boolean => head.subarray(0, 4).toString("hex") === "504b0304";

function read(): ContentReader {
  const reader = new NativeReader();
  return {
    push: (chunk) => reader.push(chunk),
    end: () => {
      const { columns, rows, why, isCut } = reader.end();
      return { results: [result(rows, why, isCut)], facts: { columns, rows } };
    },
  };
}

function result(rows: number | null, why: string | undefined, isCut: boolean): CheckResult {
  const base = { name: "its blocks", level: "artifact" as const };
  if (isCut)
    return {
      ...base,
      result: "fail",
      found: `whole up to row ${count(rows ?? 0)}`,
      why: why ?? "it is cut off",
      fix: "copy it again from where it was made, or choose another backup",
    };
  if (rows === null) return { ...base, result: "not checked", ...(why === undefined ? {} : { why }) };
  return { ...base, result: "pass", found: counted(rows, "row") };
}

export const clickhouse: ArtifactKind = {
  payloadOf: (head) => {
    if (isBackupZip(head)) return BACKUP;
    return looksNative(head) ? { payload: "native" } : undefined;
  },
  folderOf: (files) => {
    if (files.includes(".backup")) return BACKUP;
    return files.some((file) => NATIVE.test(file)) ? { payload: "native-directory" } : undefined;
  },
  noFolder: "a folder without .native files, so no backup of ClickHouse tables",
  reader: (payload) => (payload === "native" ? read() : undefined),
  memberReader: (name) => (NATIVE.test(name) ? read() : undefined),
  judgeFolder: async (_path, members, found) => ({
    results: [],
    facts: {
      tables: members.flatMap(({ name }) => (found.has(name) ? [{ file: name, ...found.get(name) }] : [])),
    },
  }),
};
