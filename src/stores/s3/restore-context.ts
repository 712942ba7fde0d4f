import { join } from "node:path";
import { shellWord } from "../../base/quote.ts";
import type { S3Connection, S3Store } from "../../runbook/store-kinds/s3.ts";
import type { Step } from "../../step/step.ts";
import type { PartContext } from "../part.ts";
import type { S3Facts } from "./facts.ts";
import { listing, type Tooling } from "./script.ts";
import type { S3Source } from "./source.ts";
import type { Place } from "./tool.ts";
import type { ToolChoice } from "./tools.ts";

/** All that the steps of one restore of a bucket are made from. */
export interface S3Restore extends PartContext {
  step: { id: string; "on-failure": Step["onFailure"] };
  run: { id: string; nonce: string; dir: string };
  settings: S3Store;
  connection: S3Connection;
  choice: ToolChoice;
  tooling: Tooling;
  source: S3Source;
  facts: S3Facts | undefined;
  /** Where the objects are wanted. */
  live: Place;
  /** Where they are restored to first. */
  copy: Place;
  /** Where everything is kept that the swap overwrites or deletes. */
  kept: Place;
}

/** Lists of a restore, one folder for each in the run's own. */
export const listsOf = (run: { dir: string }, step: { id: string }): string => join(run.dir, "s3", step.id);

/** A list's file as a word of a shell script. */
export const file = (name: string): string => `"$L/${name}"`;

/** Where an archive is unpacked. */
export const unpacked = ({ run, step }: S3Restore): string => join(listsOf(run, step), "unpacked");

const UNWRAP = { none: "cat", gzip: "gunzip -c", zstd: "zstd -dcq" } as const;

/** The folder of objects: the tree itself, or what came out of the archive. */
export function treeOf(restore: S3Restore): string {
  const { source, settings } = restore;
  if (source.form !== "tar") return source.path;
  // Lifeboat's own archives begin with the objects themselves.
  return source.manifest === undefined
    ? join(unpacked(restore), settings["archive-root"])
    : unpacked(restore);
}

/** Unpacks an archive of a tree; as nobody in particular, and over nothing. */
export function unpackLines(restore: S3Restore): string[] {
  const { source } = restore;
  if (source.form !== "tar") return [];
  const folder = file("unpacked");
  return [
    `rm -rf ${folder}; mkdir -p ${folder}`,
    // Without pipefail: what the unpacking says is looked at by itself.
    `{ ${UNWRAP[source.wrapper]} ${shellWord(source.path)} || : > "$T/cut"; } | tar -x -f - -C ${folder} --no-same-owner --no-same-permissions`,
    `[ ! -e "$T/cut" ]`,
  ];
}

/** Writes the key lines of what is to be restored into `out`: of the manifest, or of the backup itself. */
export function wantedLines(restore: S3Restore, out: string, tree = treeOf(restore)): string[] {
  const { source, tooling } = restore;
  if (source.keys !== undefined) return [`gunzip -c ${shellWord(source.keys)} > ${out}`];
  if (source.from !== undefined) return listing(tooling, source.from, out);
  return [`lifeboat s3 tree ${shellWord(tree)} > "$T/tree"`, `sort "$T/tree" > ${out}`];
}

/** Writes the key lines of a place into `out`; of a bucket that is not there none, and $absent says so. */
export const presentLines = ({ tooling }: S3Restore, at: Place, out: string): string[] => [
  `if ( ${listing(tooling, at, out).join(" && ")} ) 2> "$T/why"; then absent=`,
  `elif grep -q 'NoSuchBucket\\|directory not found\\|does not exist' "$T/why"; then absent=yes; : > ${out}`,
  'else cat "$T/why" >&2; exit 1; fi',
];
