import { S3Client } from "@aws-sdk/client-s3";
import { usageError } from "../base/errors.ts";

/** A bucket, or what lies under a prefix of one, and the client of its endpoint. */
export interface Place {
  client: S3Client;
  bucket: string;
  /** "" or ends with "/". */
  prefix: string;
}

/** Environment variables of another endpoint bear this in front of their names. */
const OTHER = "BACKUP_";

/**
 * `s3://bucket/prefix` is at the endpoint that the usual variables name (AWS_ENDPOINT_URL_S3, AWS_REGION,
 * AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY), `backup://bucket/prefix` at the one that the same variables with BACKUP_ in
 * front name. Throws exit 2 for anything else.
 */
export function placeOf(url: string, env: Readonly<Record<string, string>>): Place {
  const [, scheme, bucket, path = ""] = /^(s3|backup):\/\/([^/]+)(?:\/(.*))?$/s.exec(url) ?? [];
  if (scheme === undefined || bucket === undefined)
    throw usageError(`"${url}" is no bucket`, "write s3://bucket or s3://bucket/prefix");
  const prefix = path === "" || path.endsWith("/") ? path : `${path}/`;
  return { client: clientOf(env, scheme === "backup" ? OTHER : ""), bucket, prefix };
}

/** Without keys in the environment the library looks where it always does: profiles, the machine's role. */
export function clientOf(env: Readonly<Record<string, string>>, prefix = ""): S3Client {
  const said = (name: string): string | undefined => env[`${prefix}${name}`] || undefined;
  const endpoint = said("AWS_ENDPOINT_URL_S3");
  const [accessKeyId, secretAccessKey] = [said("AWS_ACCESS_KEY_ID"), said("AWS_SECRET_ACCESS_KEY")];
  return new S3Client({
    region: said("AWS_REGION") ?? "us-east-1",
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(accessKeyId && secretAccessKey ? { credentials: { accessKeyId, secretAccessKey } } : {}),
    maxAttempts: 3,
    // Older servers do not know the newer checksums; the md5 that is sent is checked by all.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: { connectionTimeout: 10_000, requestTimeout: 120_000 },
  });
}
