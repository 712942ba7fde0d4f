import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GetObjectCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import type { Place } from "./place.ts";

/** Why a key cannot be a file below a folder; undefined when it can. */
export function noFile(key: string): string | undefined {
  if (key.startsWith("/") || key.includes("//")) return "an empty part between slashes";
  if (key.split("/").some((part) => part === "." || part === "..")) return 'a part that is "." or ".."';
  if (key.endsWith("/")) return "a slash at its end";
  if (key.split("/").some((part) => Buffer.byteLength(part) > 255)) return "a part longer than 255 bytes";
  return undefined;
}

export async function bodyOf({ client, bucket, prefix }: Place, key: string): Promise<Readable> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: prefix + key }));
  if (Body instanceof Readable) return Body;
  throw new LifeboatError(EXIT.failed, { what: `the server sent no content of ${key}`, where: bucket });
}

/** One object as a file. A key that can be none is refused: it would be missing, or lie somewhere else. */
export async function downloadFile(place: Place, key: string, folder: string): Promise<void> {
  if (key.endsWith("/")) {
    await makeFolder(place, key, folder);
    return;
  }
  const why = noFile(key);
  if (why !== undefined) throw cannotBeFile(place.bucket, key, why);
  const path = join(folder, key);
  await mkdir(dirname(path), { recursive: true });
  await pipeline(await bodyOf(place, key), createWriteStream(path));
}

/** A key that ends in a slash is what consoles show as an empty folder; only when it holds nothing it can be one. */
async function makeFolder(place: Place, key: string, folder: string): Promise<void> {
  const { client, bucket, prefix } = place;
  const { ContentLength } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: prefix + key }));
  const why = noFile(key.slice(0, -1));
  if (ContentLength !== 0 || why !== undefined) throw cannotBeFile(bucket, key, why ?? "a slash at its end");
  await mkdir(join(folder, key), { recursive: true });
}

const cannotBeFile = (bucket: string, key: string, why: string): LifeboatError =>
  new LifeboatError(EXIT.failed, {
    what: `the object ${JSON.stringify(key)} cannot be a file`,
    where: `bucket ${bucket}`,
    why,
    next: "back this bucket up into another bucket (--format bucket)",
  });

export async function sha256Of(place: Place, key: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of await bodyOf(place, key)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
