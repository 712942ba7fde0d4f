import { parseBucketUrl } from "../../runbook/store-kinds/s3-place.ts";
import type { S3Connection } from "../../runbook/store-kinds/s3.ts";
import {
  chosenBackup,
  manifestBeside,
  otherOriginNotes,
  refuseBackup,
  refuseOtherFormat,
  refuseOtherOrigin,
} from "../origin.ts";
import type { BackupInput, StoreContext } from "../store-kind.ts";
import { KEYS_SUFFIX, type S3Manifest, s3ManifestSchema } from "./manifest.ts";
import type { Place } from "./tool.ts";

/** The chosen backup as the steps need it. */
export interface S3Source {
  form: "tree" | "tar" | "bucket";
  /** Of the tree, the archive, or the file that says where the bucket is; the URL itself when there is no file. */
  path: string;
  isFile: boolean;
  wrapper: "none" | "gzip" | "zstd";
  bytes: number;
  modifiedMs: number;
  manifest: S3Manifest | undefined;
  manifestPath: string | undefined;
  /** Path of the key list; undefined without a manifest. */
  keys: string | undefined;
  /** Where the objects are; only of the form bucket. */
  from: Place | undefined;
  notes: string[];
}

/** Throws exit 11 when it is nothing that can be restored into a bucket. */
export function sourceOf(context: StoreContext, connection: S3Connection): S3Source {
  const input = chosenBackup(context);
  const { backup, format } = input;
  refuseOtherFormat(input, "a backup of a bucket", ["tree", "tar", "bucket"]);
  const manifest = manifestBeside(s3ManifestSchema, input);
  refuseOtherOrigin(manifest, context);
  const form = format.payload === "tree" || format.payload === "tar" ? format.payload : "bucket";
  return {
    form,
    path: backup.path,
    isFile: backup.kind !== "remote",
    wrapper: format.wrapper,
    bytes: backup.bytes,
    modifiedMs: backup.modifiedMs,
    manifest,
    manifestPath: backup.manifest,
    keys: manifest === undefined ? undefined : `${backup.path.replace(/\/+$/, "")}${KEYS_SUFFIX}`,
    from: form === "bucket" ? bucketOf(input, connection) : undefined,
    notes: [...otherOriginNotes(manifest, context), ...remarks(manifest, form)],
  };
}

/** The bucket that `--backup s3://…` or the file of a backup of the form bucket names. */
function bucketOf({ backup, head }: BackupInput, connection: S3Connection): Place {
  const url = backup.kind === "remote" ? backup.path : (head.toString("utf8").split("\n")[0] ?? "");
  const place = parseBucketUrl(url);
  if ("fault" in place) throw refuseBackup("this names no bucket", backup.path, place.fault);
  if (place.bucket === connection.bucket && place.prefix === connection.prefix)
    throw refuseBackup("the backup is the live bucket itself", url, "it cannot be restored from itself");
  return { remote: connection.backupRemote, ...place };
}

function remarks(manifest: S3Manifest | undefined, form: S3Source["form"]): string[] {
  const lost =
    form === "bucket"
      ? []
      : [
          "content types are told anew from the names; tags, access rules and old versions of objects are in no tree",
        ];
  if (!manifest || manifest.changed === 0) return lost;
  return [
    `${manifest.changed} objects changed while this backup was taken: they are as they were copied`,
    ...lost,
  ];
}
