import { judgeFolder } from "../mongodb/judge-folder.ts";
import { ARCHIVE_MAGIC } from "../mongodb/prelude.ts";
import { ArchiveReader } from "../mongodb/read-archive.ts";
import { BsonFileReader, MetadataReader } from "../mongodb/read-member.ts";
import { payloadOf as seenBy } from "../magic.ts";
import type { ArtifactKind, Seen } from "./artifact-kind.ts";

const NO_ARCHIVE: Seen = {
  payload: "unknown",
  why: "not an archive of mongodump, whose first bytes are 6d e2 99 81; of a single .bson the whole folder is needed",
};
/** What may be said of bytes that are none of mongodump's; everything else would be another store's backup. */
const TELLING = ["html", "empty", "encrypted", "unknown"];

export const mongodb: ArtifactKind = {
  payloadOf: (head) => {
    if (head.subarray(0, ARCHIVE_MAGIC.length / 2).toString("hex") === ARCHIVE_MAGIC)
      return { payload: "mongo-archive" };
    return TELLING.includes(seenBy(head).payload) ? undefined : NO_ARCHIVE;
  },
  otherwise: NO_ARCHIVE,
  folderOf: (files) =>
    files.some((file) => /^(?:[^/]+\/)?[^/]+\.bson(\.gz)?$/.test(file))
      ? { payload: "mongo-directory" }
      : undefined,
  noFolder: "a folder without .bson files, so not written by mongodump",
  reader: (payload) => (payload === "mongo-archive" ? new ArchiveReader() : undefined),
  memberReader: (name) => {
    if (/\.bson(\.gz)?$/.test(name)) return new BsonFileReader();
    return /\.json(\.gz)?$/.test(name) ? new MetadataReader() : undefined;
  },
  judgeFolder: (path, members, read) => Promise.resolve(judgeFolder(path, members, read)),
};
