import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { KeyLine } from "../base/key-lines.ts";
import { md5OfFile } from "./file-sums.ts";
import type { Place } from "./place.ts";

const MB = 1024 * 1024;
/** Read into memory whole, 16 at once. */
const SMALL = 8 * MB;
/** Up to here in one piece: its ETag is then the md5, by which it can be verified without reading it again. */
const ONE_PIECE = 1024 * MB;
const MOST_PARTS = 9000;

const base64 = (md5: Buffer): string => md5.toString("base64");

/** One file as one object; the server compares the md5 that goes with it. */
export async function uploadFile(place: Place, folder: string, { key }: Pick<KeyLine, "key">): Promise<void> {
  const { client, bucket, prefix } = place;
  const put = { Bucket: bucket, Key: prefix + key };
  if (key.endsWith("/")) {
    await client.send(new PutObjectCommand({ ...put, Body: Buffer.alloc(0) }));
    return;
  }
  const path = join(folder, key);
  const { size } = await stat(path);
  if (size > ONE_PIECE) {
    await uploadParts(place, path, put.Key, size);
    return;
  }
  if (size > SMALL) {
    const ContentMD5 = base64(await md5OfFile(path));
    const Body = createReadStream(path);
    await client.send(new PutObjectCommand({ ...put, Body, ContentMD5, ContentLength: size }));
    return;
  }
  const Body = await readFile(path);
  const ContentMD5 = base64(createHash("md5").update(Body).digest());
  await client.send(new PutObjectCommand({ ...put, Body, ContentMD5 }));
}

async function uploadParts(
  { client, bucket }: Place,
  path: string,
  key: string,
  size: number,
): Promise<void> {
  const put = { Bucket: bucket, Key: key };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(put));
  const length = Math.max(16 * MB, Math.ceil(size / MOST_PARTS));
  const file = await open(path);
  try {
    const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
    for (let at = 0; at < size; at += length) {
      const Body = Buffer.alloc(Math.min(length, size - at));
      await file.read(Body, 0, Body.length, at);
      const ContentMD5 = base64(createHash("md5").update(Body).digest());
      const PartNumber = Parts.length + 1;
      const part = new UploadPartCommand({ ...put, UploadId, PartNumber, Body, ContentMD5 });
      Parts.push({ PartNumber, ETag: (await client.send(part)).ETag });
    }
    await client.send(new CompleteMultipartUploadCommand({ ...put, UploadId, MultipartUpload: { Parts } }));
  } catch (error) {
    // Parts of an upload that never ends are stored, and paid for, unseen.
    await client.send(new AbortMultipartUploadCommand({ ...put, UploadId })).catch(() => undefined);
    throw error;
  } finally {
    await file.close();
  }
}
