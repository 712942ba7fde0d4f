import type { CheckResult } from "../../step/check.ts";
import type { ContentReader } from "../kinds/artifact-kind.ts";
import { TarReader } from "../tar/tar-reader.ts";
import { endingResult } from "../tar/tar-results.ts";
import {
  type BackupFile,
  isLegacyShard,
  isManifest,
  isMeta,
  isPortableShard,
  judgeBackup,
} from "./backup-results.ts";

/** Manifests and metadata are small; what is larger is none. */
const MOST = 32 * 1024 * 1024;

/** The continuous queries that a metadata file holds, as their text stands in it. */
const queriesIn = (meta: Buffer): string[] =>
  meta.toString("utf8").match(/CREATE CONTINUOUS QUERY [^\p{Cc}]*? END\b/gu) ?? [];

/** One shard: its archive is whole, what it unpacks to, and the sums by which its files are known again on the server's disk. */
function shardReader(): ContentReader {
  let [content, tombstones, members] = [0, 0, 0];
  const files: { name: string; sha256: string }[] = [];
  const reader = new TarReader(({ name, type, sha256 }) => {
    members += 1;
    if (name.endsWith(".tombstone")) tombstones += 1;
    if (type === "0") files.push({ name, sha256 });
  });
  return {
    push: (chunk) => {
      content += chunk.length;
      reader.push(chunk);
    },
    end: () => ({
      results: [endingResult(reader.end(), members)],
      facts: { content, tombstones, sums: sumsOf(files) },
    }),
  };
}

/** In the order of their names, as the shell function `tree` gives them: which file is the younger one is in its name. */
const sumsOf = (files: { name: string; sha256: string }[]): string =>
  files
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ sha256 }) => sha256)
    .join(" ");

function keptReader(facts: (bytes: Buffer) => Record<string, unknown>): ContentReader {
  const parts: Buffer[] = [];
  let size = 0;
  return {
    push: (chunk) => {
      size += chunk.length;
      if (size <= MOST) parts.push(Buffer.from(chunk));
    },
    end: () => ({ results: [], facts: facts(Buffer.concat(parts)) }),
  };
}

/** Reads one file of a backup that lies in a folder. */
export function fileReader(name: string): ContentReader | undefined {
  if (isPortableShard(name) || isLegacyShard(name)) return shardReader();
  if (isManifest(name)) return keptReader((bytes) => ({ text: bytes.toString("utf8") }));
  if (isMeta(name)) return keptReader((bytes) => ({ queries: queriesIn(bytes) }));
  return undefined;
}

/** Reads a tar archive of a backup. Its shards are archives themselves: they are read when they lie unpacked. */
export function archiveReader(): ContentReader {
  const files: BackupFile[] = [];
  const unsafe: string[] = [];
  const kept = new Map<string, Buffer[]>();
  const reader = new TarReader(
    ({ name, type, size }) => {
      if (name.startsWith("/") || name.split("/").includes("..")) unsafe.push(name);
      if (type !== "0") return;
      const bytes = Buffer.concat(kept.get(name) ?? []);
      kept.delete(name);
      files.push({
        name,
        bytes: size,
        ...(isManifest(name) ? { text: bytes.toString("utf8") } : {}),
        ...(isMeta(name) ? { queries: queriesIn(bytes) } : {}),
      });
    },
    ({ name, size }, part) => {
      if (size > MOST || !(isManifest(name) || isMeta(name))) return;
      kept.set(name, [...(kept.get(name) ?? []), Buffer.from(part)]);
    },
  );
  return {
    push: (chunk) => reader.push(chunk),
    end: () => {
      const { results, facts } = judgeBackup(files);
      return { results: [endingResult(reader.end(), files.length), ...inside(unsafe), ...results], facts };
    },
  };
}

function inside(unsafe: readonly string[]): CheckResult[] {
  if (unsafe.length === 0) return [];
  const why = `${unsafe.slice(0, 3).join(", ")}: such an archive is not unpacked`;
  const name = "no name leads out of the folder";
  return [{ name, level: "artifact", result: "fail", why, fix: "choose another backup" }];
}
