/** A bucket, or the part of one under a prefix, as system.yaml and `--backup` write it. */
export interface BucketUrl {
  bucket: string;
  /** "" or ends with "/". */
  prefix: string;
}

/** Rules of bucket names that every server keeps; AWS has some more. */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** What is wrong with a bucket's name; undefined when nothing is. */
export function bucketFault(bucket: string): string | undefined {
  return BUCKET.test(bucket)
    ? undefined
    : `"${bucket}" is no bucket name: 3 to 63 small letters, digits, dots and dashes`;
}

/** "/media" and "media" are "media/". */
export const prefixOf = (path: string): string => {
  const bare = path.replace(/^\/+|\/+$/g, "");
  return bare === "" ? "" : `${bare}/`;
};

/** `s3://bucket/prefix`; a fault in words for anything else. */
export function parseBucketUrl(text: string): BucketUrl | { fault: string } {
  const [, bucket, path] = /^s3:\/\/([^/]*)(.*)$/s.exec(text) ?? [];
  if (bucket === undefined || path === undefined)
    return { fault: `"${text}" is no bucket: write s3://bucket or s3://bucket/prefix` };
  const fault = bucketFault(bucket);
  return fault === undefined ? { bucket, prefix: prefixOf(path) } : { fault };
}
