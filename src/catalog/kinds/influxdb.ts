import {
  type BackupFile,
  isLegacyShard,
  isManifest,
  isPortableShard,
  judgeBackup,
} from "../influxdb/backup-results.ts";
import { archiveReader, fileReader } from "../influxdb/readers.ts";
import { BLOCK, decodeHeader } from "../tar/header.ts";
import type { ArtifactKind, Seen } from "./artifact-kind.ts";

const PORTABLE: Seen = { payload: "influx-portable" };
const LEGACY: Seen = { payload: "influx-legacy" };

/** What files of these names are together; influxd itself goes by the names. */
function seenBy(names: readonly string[]): Seen | undefined {
  if (names.some((name) => isManifest(name) || isPortableShard(name))) return PORTABLE;
  return names.some(isLegacyShard) || names.some((name) => /(?:^|\/)meta\.\d\d$/.test(name))
    ? LEGACY
    : undefined;
}

/** Names of the members whose headers lie in the first bytes of a tar archive; undefined when it is none. */
function namesIn(head: Buffer): string[] | undefined {
  const names: string[] = [];
  if (head.length < BLOCK) return undefined;
  for (let at = 0; at + BLOCK <= head.length;) {
    const header = decodeHeader(head.subarray(at, at + BLOCK));
    if (header === undefined) return at === 0 ? undefined : names;
    names.push(header.name);
    at += BLOCK + Math.ceil(header.size / BLOCK) * BLOCK;
  }
  return names;
}

function payloadOf(head: Buffer): Seen | undefined {
  const names = namesIn(head);
  if (names === undefined) return undefined;
  const seen = seenBy(names);
  if (seen) return seen;
  const shard = names.some((name) => /\.(?:tsm|tombstone)$/.test(name));
  const why = shard
    ? "one shard of a backup, without the manifest and the other shards"
    : `a tar archive that begins with "${names[0] ?? ""}", not with files of influxd backup`;
  return { payload: "unknown", why };
}

/** Portable and legacy backups of InfluxDB 1.x, as a folder or a tar archive of one. */
export const influxdb: ArtifactKind = {
  payloadOf,
  folderOf: seenBy,
  noFolder: "a folder without a .manifest or meta.00, so not written by influxd backup",
  reader: (payload) =>
    payload === "influx-portable" || payload === "influx-legacy" ? archiveReader() : undefined,
  memberReader: fileReader,
  judgeFolder: async (_path, members, read) =>
    judgeBackup(members.map(({ name, bytes }): BackupFile => ({ name, bytes, ...read.get(name) }))),
};
