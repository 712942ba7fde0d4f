import { z } from "zod";
import type { CheckResult } from "../../step/check.ts";
import type { Member } from "../kinds/artifact-kind.ts";
import { SUM_METHOD } from "./content-sum.ts";
import type { Dumped, DumpFacts } from "./dumped.ts";
import { decoded, type FolderFile, folderFiles } from "./folder.ts";
import { parseMetadata } from "./metadata.ts";
import { byName, inWords } from "./read-archive.ts";

const level = "artifact" as const;
const AGAIN = "copy the folder again from where it was made, or choose another backup";
const bsonFacts = z.object({ documents: z.number(), sum: z.string(), bytes: z.number() });
const textFacts = z.object({ metadata: z.string() });

interface Pair {
  file: FolderFile;
  bson?: z.infer<typeof bsonFacts> | undefined;
  metadata?: string | undefined;
  has: { bson: boolean; metadata: boolean };
}

/** A folder of mongodump as a whole: which collections it holds, and whether each has both of its files. */
export function judgeFolder(
  path: string,
  members: readonly Member[],
  read: ReadonlyMap<string, Record<string, unknown>>,
): { results: CheckResult[]; facts: Record<string, unknown> } {
  const pairs = new Map<string, Pair>();
  const names = members.map(({ name }) => name);
  for (const name of names) {
    const [file] = folderFiles(path, [name]);
    if (file === undefined) continue;
    const key = `${file.database}.${file.collection}`;
    const pair = pairs.get(key) ?? { file, has: { bson: false, metadata: false } };
    pairs.set(key, pair);
    pair.has[file.kind] = true;
    const facts = read.get(name);
    if (file.kind === "bson") pair.bson = bsonFacts.safeParse(facts).data;
    else pair.metadata = textFacts.safeParse(facts).data?.metadata;
  }
  const judged = [...pairs.values()].map(judgePair);
  const collections = judged.flatMap(({ dumped }) => (dumped ? [dumped] : [])).toSorted(byName);
  const facts: DumpFacts = { collections, ...madeBy(names, read) };
  const bad = [...judged.flatMap(({ results }) => results), ...packedAlike(folderFiles(path, names))];
  const good: CheckResult = {
    name: "every collection has its documents and its metadata",
    level,
    result: "pass",
    found: inWords(collections),
  };
  return { results: bad.length > 0 ? bad : [good], facts: { dump: facts } };
}

function judgePair({ file, bson, metadata, has }: Pair): { dumped?: Dumped; results: CheckResult[] } {
  const parsed = metadata === undefined ? undefined : parseMetadata(metadata);
  const name = parsed?.name ?? decoded(file.collection);
  const fail = (why: string): CheckResult => ({
    name: `files of ${name}`,
    level,
    result: "fail",
    why,
    fix: AGAIN,
  });
  const results: CheckResult[] = [];
  if (!has.metadata) {
    // Tools of other makers leave it out; mongorestore then silently makes no index and no option.
    const why = `${name} has no .metadata.json: its indexes and options are missing, and mongorestore does not say so`;
    results.push(fail(why));
  } else if (metadata !== undefined && parsed === undefined) {
    results.push(fail(`the .metadata.json of ${name} is not what mongodump writes`));
  }
  const type = parsed?.type ?? "collection";
  if (!has.bson && type === "collection")
    results.push(fail(`${name} has no .bson: its documents are missing`));
  return {
    dumped: {
      database: file.database,
      name,
      type,
      documents: String(bson?.documents ?? 0),
      sum: bson?.sum ?? "",
      method: SUM_METHOD,
      bytes: bson?.bytes ?? 0,
      options: parsed?.options ?? {},
      indexes: parsed?.indexes ?? [],
    },
    results,
  };
}

/** mongorestore with --gzip passes over plain files, without it over packed ones, and exits 0 both times. */
function packedAlike(files: readonly FolderFile[]): CheckResult[] {
  if (new Set(files.map(({ gzip }) => gzip)).size < 2) return [];
  const plain = files.filter(({ gzip }) => !gzip).map(({ collection }) => decoded(collection));
  const why = `some files are packed and those of ${[...new Set(plain)].slice(0, 5).join(", ")} are not: mongorestore would leave one sort out`;
  return [
    { name: "all files are packed alike", level, result: "fail", why, fix: "pack or unpack the others" },
  ];
}

const preludeSchema = z.object({
  ServerVersion: z.string().default(""),
  ToolVersion: z.string().default(""),
});

/** Tools since 100.9 write a prelude.json; before, a folder does not say what made it. */
function madeBy(
  names: readonly string[],
  read: ReadonlyMap<string, Record<string, unknown>>,
): { tool: string; server: string } {
  const prelude = names.find((name) => /(^|\/)prelude\.json(\.gz)?$/.test(name));
  const text = textFacts.safeParse(prelude === undefined ? undefined : read.get(prelude)).data?.metadata;
  try {
    const { ServerVersion, ToolVersion } = preludeSchema.parse(JSON.parse(text ?? ""));
    return { tool: ToolVersion, server: ServerVersion };
  } catch {
    return { tool: "", server: "" };
  }
}
