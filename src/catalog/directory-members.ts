import { readFile } from "node:fs/promises";
import { join } from "node:path";

const MEMBER = /\d+\.dat|blobs(?:_\d+)?\.toc/g;
const PACKED = ["", ".gz", ".lz4", ".zst"];

/**
 * Members that the tables of contents of a directory-format backup name and that are not in `present`. File names in
 * toc.dat are texts with their length in front, so a name inside a comment or a function is not taken for one.
 */
export async function missingMembers(folder: string, present: ReadonlySet<string>): Promise<string[]> {
  const missing: string[] = [];
  const has = (name: string): boolean => PACKED.some((ending) => present.has(name + ending));
  for (const name of namedIn(await readFile(join(folder, "toc.dat")))) {
    if (!has(name)) missing.push(name);
    else if (name.endsWith(".toc") && present.has(name))
      missing.push(...(await largeObjects(join(folder, name))).filter((object) => !has(object)));
  }
  return missing;
}

function namedIn(toc: Buffer): Set<string> {
  const width = toc[8] ?? 4;
  const names = new Set<string>();
  for (const { 0: name, index } of toc.toString("latin1").matchAll(MEMBER)) {
    const stated = index > width && toc[index - width - 1] === 0 ? toc.readUIntLE(index - width, width) : -1;
    if (stated === name.length) names.add(name);
  }
  return names;
}

/** blobs.toc has a line for each large object: its number and its file. */
async function largeObjects(path: string): Promise<string[]> {
  const lines = (await readFile(path, "latin1")).split("\n");
  return lines.flatMap((line) => line.split(" ")[1] ?? []);
}
