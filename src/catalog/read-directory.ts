import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { readArtifactFile, type ReadOptions } from "./read-file.ts";

export interface DirectoryReading {
  sha256: string;
  bytes: number;
  /** Name and bytes of every file, sorted by name. */
  members: { name: string; bytes: number }[];
}

const RAW = { wrapper: "none", payload: "directory" } as const;

/**
 * Reads all files of a directory-format backup. Its digest can be made with stock tools, inside the folder:
 * `find -L . -maxdepth 1 -type f -printf '%P\0' | LC_ALL=C sort -z | xargs -0 sha256sum -- | sha256sum`
 */
export async function readDirectory(path: string, options: ReadOptions): Promise<DirectoryReading> {
  const found = await readdir(path, { withFileTypes: true });
  const names = found
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => entry.name)
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const lines = createHash("sha256");
  const members: { name: string; bytes: number }[] = [];
  let bytes = 0;
  for (const name of names) {
    const before = bytes;
    const onBytes = (read: number): void => options.onBytes?.(before + read);
    const reading = await readArtifactFile(join(path, name), RAW, { ...options, onBytes });
    lines.update(sumLine(reading.sha256, name));
    members.push({ name, bytes: reading.bytes });
    bytes += reading.bytes;
  }
  return { sha256: lines.digest("hex"), bytes, members };
}

/** As sha256sum prints it: a name with a newline or a backslash is escaped and the line says so. */
function sumLine(sha256: string, name: string): string {
  const escaped = name
    .replaceAll("\\", String.raw`\\`)
    .replaceAll("\n", String.raw`\n`)
    .replaceAll("\r", String.raw`\r`);
  return `${escaped === name ? "" : "\\"}${sha256}  ${escaped}\n`;
}
