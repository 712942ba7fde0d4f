import { count, counted, sizeInWords } from "../../base/size.ts";
import type { CheckResult } from "../../step/check.ts";
import { parsePortableManifest, type PortableManifest } from "./portable-manifest.ts";

/** What is known of one file of a backup; `content` of a shard is what its archive unpacks to. */
export interface BackupFile {
  name: string;
  bytes: number;
  content?: number | undefined;
  tombstones?: number | undefined;
  /** The sums of a shard's files in the order of their names, with spaces between. */
  sums?: string | undefined;
  /** Of a manifest. */
  text?: string | undefined;
  queries?: readonly string[] | undefined;
}

const level = "artifact" as const;
const OTHER = "copy it again from where it was made, or choose another backup";
const NAMED = 5;
/** The metadata lies in a small envelope; the manifest gives its size without it. */
const ENVELOPE = 32;

const someOf = (names: readonly string[]): string =>
  names.slice(0, NAMED).join(", ") + (names.length > NAMED ? ` and ${count(names.length - NAMED)} more` : "");

const folderOf = (name: string): string => name.slice(0, name.lastIndexOf("/") + 1);

export const isManifest = (name: string): boolean => name.endsWith(".manifest");
export const isMeta = (name: string): boolean => /\.meta$|(?:^|\/)meta\.\d\d$/.test(name);
export const isPortableShard = (name: string): boolean => /\.s\d+\.tar\.gz$/.test(name);
export const isLegacyShard = (name: string): boolean => /\.\d{5,}\.\d\d$/.test(name);

interface Judged {
  results: CheckResult[];
  facts: Record<string, unknown>;
}

type Told = Judged & { databases: string[] };

/** Every file a portable backup's manifests name: there, and as large as they say. */
function portable(files: readonly BackupFile[], manifests: readonly [BackupFile, PortableManifest][]): Told {
  const present = new Map(files.map((file) => [file.name, file]));
  const missing: string[] = [];
  const wrong: string[] = [];
  let shards = 0;
  for (const [{ name }, manifest] of manifests) {
    const at = (file: string): BackupFile | undefined => present.get(folderOf(name) + file);
    const meta = at(manifest.meta.fileName);
    if (!meta) missing.push(`${manifest.meta.fileName} (the metadata)`);
    else if (meta.bytes < manifest.meta.size || meta.bytes > manifest.meta.size + ENVELOPE)
      wrong.push(
        `${manifest.meta.fileName} has ${counted(meta.bytes, "byte")} for ${count(manifest.meta.size)}`,
      );
    for (const { fileName, size, database, policy, shardID } of manifest.files) {
      shards += 1;
      const shard = at(fileName);
      if (!shard) missing.push(`${fileName} (shard ${shardID} of ${database}.${policy})`);
      else if (shard.content !== undefined && shard.content !== size)
        wrong.push(`${fileName} unpacks to ${counted(shard.content, "byte")} instead of ${count(size)}`);
      else if (shard.bytes === 0) wrong.push(`${fileName} is empty`);
    }
  }
  const name = "every file its manifest names is there, with its size";
  const bad = [
    ...(missing.length > 0
      ? [`missing: ${someOf(missing)}; influxd would restore the rest and exit with 0`]
      : []),
    ...(wrong.length > 0 ? [`not as it was: ${someOf(wrong)}`] : []),
  ];
  const found = counted(shards, "shard");
  const whole: CheckResult =
    bad.length === 0
      ? { name, level, result: "pass", found }
      : { name, level, result: "fail", found, why: bad.join(". "), fix: OTHER };
  const databases = [...new Set(manifests.flatMap(([, { files: all }]) => all.map((one) => one.database)))];
  return {
    results: [whole, ...holds(databases, shards), ...limited(manifests)],
    databases,
    facts: { databases, shards },
  };
}

function holds(databases: readonly string[], shards: number): CheckResult[] {
  const name = "it holds data";
  if (shards > 0) return [{ name, level, result: "pass", found: `of ${databases.join(", ")}` }];
  const why = "no shard is in it: the database was empty, or there was none of that name";
  return [{ name, level, result: "fail", why, fix: "choose another backup" }];
}

function limited(manifests: readonly [BackupFile, PortableManifest][]): CheckResult[] {
  if (!manifests.some(([, manifest]) => manifest.limited)) return [];
  const why =
    "it was taken with -start, -end or -since, of one policy or of one shard: what is outside is not in it";
  return [{ name: "it is a whole backup", level, result: "warning", why }];
}

function legacy(files: readonly BackupFile[]): Told {
  const shards = files.filter(({ name }) => isLegacyShard(name));
  const databases = [
    ...new Set(
      shards.map(({ name }) => name.slice(folderOf(name).length).replace(/\.[^.]*\.\d{5,}\.\d\d$/, "")),
    ),
  ];
  const bytes = sizeInWords(shards.reduce((sum, one) => sum + one.bytes, 0));
  const meta = files.some(({ name }) => isMeta(name));
  const why = "meta.00 is missing: without the metadata influxd cannot restore the shards";
  return {
    results: [
      meta
        ? { name: "the metadata is there", level, result: "pass" }
        : { name: "the metadata is there", level, result: "fail", why, fix: OTHER },
      ...holds(databases, shards.length),
      {
        name: "every shard is there",
        level,
        result: "not checked",
        found: `${counted(shards.length, "shard")}, ${bytes}`,
        why: "a legacy backup has no manifest that names them",
      },
    ],
    databases,
    facts: { databases, shards: shards.length },
  };
}

/** The metadata names those of every database of the server. */
const isOf = (databases: readonly string[], query: string): boolean =>
  databases.some((name) => query.includes(` ON ${name} `) || query.includes(` ON ${JSON.stringify(name)} `));

function remarks(files: readonly BackupFile[], databases: readonly string[]): Judged {
  const tombstones = files.reduce((sum, { tombstones: some = 0 }) => sum + some, 0);
  const queries = [...new Set(files.flatMap((file) => file.queries ?? []))].filter((query) =>
    isOf(databases, query),
  );
  return {
    results: [
      ...(tombstones > 0
        ? [
            {
              name: "no deletes that were not compacted",
              level,
              result: "warning" as const,
              found: count(tombstones),
              why: "points were deleted shortly before the backup; influxd restore leaves these deletes out, and the points come back",
            },
          ]
        : []),
      ...(queries.length > 0
        ? [
            {
              name: "continuous queries",
              level,
              result: "warning" as const,
              found: count(queries.length),
              why: `influxd restore leaves them out; they are made again from the live database or the manifest beside the backup, otherwise by hand: ${someOf(queries)}`,
            },
          ]
        : []),
    ],
    facts: { tombstones },
  };
}

/** A line for each shard that has files, sorted: a restore numbers shards anew. Of an archive that was not unpacked there are none. */
const shardSums = (files: readonly BackupFile[]): string[] =>
  files.flatMap(({ sums = "" }) => (sums === "" ? [] : [sums])).toSorted();

/** Judges the files of a backup together, in a folder or in a tar archive. */
export function judgeBackup(files: readonly BackupFile[]): Judged {
  const found = files.filter(({ name }) => isManifest(name));
  const bad: CheckResult[] = [];
  const manifests: [BackupFile, PortableManifest][] = [];
  for (const file of found) {
    const manifest = parsePortableManifest(file.text ?? "");
    if (typeof manifest !== "string") manifests.push([file, manifest]);
    else
      bad.push({
        name: "its manifest can be read",
        level,
        result: "fail",
        found: file.name,
        why: manifest,
        fix: OTHER,
      });
  }
  if (new Set(found.map(({ name }) => folderOf(name))).size > 1) {
    const why = `manifests lie in several folders: ${someOf(found.map(({ name }) => name))}`;
    bad.push({
      name: "it is one backup",
      level,
      result: "fail",
      why,
      fix: "give one of them: --backup <path>",
    });
  }
  if (bad.length > 0) return { results: bad, facts: {} };
  const isPortable = files.some(({ name }) => isPortableShard(name) || name.endsWith(".meta"));
  if (found.length === 0 && isPortable) {
    const why = "it has no .manifest: influxd restore -portable cannot read it without";
    return {
      results: [{ name: "its manifest is there", level, result: "fail", why, fix: OTHER }],
      facts: {},
    };
  }
  const judged = found.length > 0 ? portable(files, manifests) : legacy(files);
  const more = remarks(files, judged.databases);
  return {
    results: [...judged.results, ...more.results],
    facts: { ...judged.facts, ...more.facts, shardSums: shardSums(files) },
  };
}
