import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { KeyLine } from "../base/key-lines.ts";

export async function md5OfFile(path: string): Promise<Buffer> {
  const hash = createHash("md5");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest();
}

/** A file of a tree as the object it stands for. */
export async function sumsOfFile(folder: string, key: string): Promise<KeyLine> {
  const [md5, sha256] = [createHash("md5"), createHash("sha256")];
  let bytes = 0;
  for await (const chunk of createReadStream(join(folder, key), { highWaterMark: 256 * 1024 })) {
    const part = chunk as Buffer;
    md5.update(part);
    sha256.update(part);
    bytes += part.length;
  }
  return { key, bytes, md5: md5.digest("hex"), sha256: sha256.digest("hex") };
}

/** Keys of a mirrored tree: the paths of its files. */
export async function keysOfTree(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.replace(/\/+$/, "").length + 1));
}
