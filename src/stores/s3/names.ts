import type { S3Connection } from "../../runbook/store-kinds/s3.ts";
import type { Place } from "./tool.ts";

const LONGEST = 63;

/** A bucket's name with something behind it, within the length names may have. Tags hold underscores, buckets none. */
export function bucketNamed(bucket: string, purpose: string, tag: string): string {
  const suffix = `-${purpose}-${tag.replaceAll("_", "-").toLowerCase()}`;
  return `${bucket.slice(0, LONGEST - suffix.length).replace(/[-.]+$/, "")}${suffix}`;
}

/** A place of a run's own beside the live bucket: a bucket, or a folder of the place that system.yaml names for it. */
export function placeBeside(
  { remote, beside }: S3Connection,
  bucket: string,
  purpose: string,
  tag: string,
): Place {
  const name = bucketNamed(bucket, purpose, tag);
  if (beside === undefined) return { remote, bucket: name, prefix: "" };
  return { remote, bucket: beside.bucket, prefix: `${beside.prefix}${name}/` };
}
