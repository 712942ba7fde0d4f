import { createHash } from "node:crypto";
import { CopyObjectCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { Place } from "./place.ts";

/**
 * One object from bucket to bucket: by the server itself, which keeps its content type and metadata, or through this
 * machine where the two are at different endpoints. A server copies up to 5 GB at once.
 */
export async function copyObject(from: Place, to: Place, key: string, sameServer: boolean): Promise<void> {
  const put = { Bucket: to.bucket, Key: to.prefix + key };
  if (sameServer) {
    const source = `${from.bucket}/${from.prefix}${key}`.split("/").map(encodeURIComponent).join("/");
    await to.client.send(new CopyObjectCommand({ ...put, CopySource: source }));
    return;
  }
  const got = await from.client.send(new GetObjectCommand({ Bucket: from.bucket, Key: from.prefix + key }));
  const Body = Buffer.from((await got.Body?.transformToByteArray()) ?? []);
  const ContentMD5 = createHash("md5").update(Body).digest("base64");
  const { ContentType, Metadata } = got;
  await to.client.send(new PutObjectCommand({ ...put, Body, ContentMD5, ContentType, Metadata }));
}
