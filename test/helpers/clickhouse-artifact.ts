import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { inspectArtifact } from "../../src/catalog/inspect.ts";

/** Changes the unpacked rows of one table of a backup; the gzip around them stays good. */
export async function changeRows(
  backup: string,
  table: string,
  change: (rows: Buffer) => Buffer,
): Promise<void> {
  const file = join(backup, `${table}.native.gz`);
  await writeFile(file, gzipSync(change(gunzipSync(await readFile(file)))));
}

/** Makes the manifest vouch for what the artifact is now, so that only what is inside can show the difference. */
export async function resign(backup: string): Promise<void> {
  const { sha256, bytes } = await inspectArtifact(backup, { kind: "clickhouse" });
  const file = `${backup}.manifest.json`;
  const manifest: { artifact: object } = JSON.parse(await readFile(file, "utf8"));
  Object.assign(manifest.artifact, { sha256, bytes });
  await writeFile(file, JSON.stringify(manifest));
}
