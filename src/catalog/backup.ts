/** One restorable artifact of one store, found in a catalog. */
export interface Backup {
  /** What `--backup` takes: the file name, or tier/name where the name alone is ambiguous. */
  id: string;
  store: string;
  path: string;
  tier: string | undefined;
  /** When it was taken, from its name. */
  time: Date;
  /** How long the moment is that its name tells: it was taken within so many ms from `time` on. */
  spanMs?: number | undefined;
  /** The remark that this is only the time of the file, which a copy changes; undefined when its name tells. */
  fileTime?: string | undefined;
  /** Of the file, or of all files of a directory backup. */
  bytes: number;
  modifiedMs: number;
  /** remote: it lies in another store, such as a bucket, and nothing of it is on this machine. */
  kind: "file" | "directory" | "remote";
  /** Path of the manifest beside it (`<artifact>.manifest.json`). */
  manifest: string | undefined;
  /** Path of the digest beside it (`<artifact>.sha256`). */
  sidecar?: string | undefined;
  /** There is none: it stands in a plan that is only to be read, under the name it would have. */
  imagined?: true | undefined;
  /** Warnings such as an unusual size. */
  remarks: string[];
}

/** What the first bytes say an artifact is, whatever its name. */
export interface ArtifactFormat {
  wrapper: "none" | "gzip" | "zstd";
  payload:
    | "plain"
    | "custom"
    | "directory"
    | "tar"
    | "rdb"
    | "mongo-archive"
    | "mongo-directory"
    | "native"
    | "native-directory"
    | "clickhouse-backup"
    | "influx-portable"
    | "influx-legacy"
    | "tree"
    | "bucket"
    | "html"
    | "empty"
    | "encrypted"
    | "unknown";
  /** What was seen instead, when the payload is nothing that can be restored. */
  why?: string;
}

/** "plain.gz", "custom", "directory" …: how formats are written in plans, journals and on screen. */
export function formatName(format: ArtifactFormat): string {
  const suffix = { none: "", gzip: ".gz", zstd: ".zst" }[format.wrapper];
  return format.payload + suffix;
}
