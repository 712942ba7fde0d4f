import { basename, dirname } from "node:path";
import type { ArtifactFormat } from "../../catalog/backup.ts";
import { decoded, folderFiles, isDatabaseFolder } from "../../catalog/mongodb/folder.ts";
import { parseMetadata } from "../../catalog/mongodb/metadata.ts";
import { preludeOf } from "../../catalog/mongodb/prelude.ts";
import type { MongodbConnection } from "../../runbook/store-kinds/mongodb.ts";
import {
  chosenBackup,
  manifestBeside,
  otherOriginNotes,
  refuseBackup,
  refuseOtherFormat,
  refuseOtherOrigin,
} from "../origin.ts";
import type { BackupInput, StoreContext } from "../store-kind.ts";
import { type Manifest, manifestSchema } from "./manifest.ts";
import { isOurs } from "./names.ts";

/** A collection or view of the artifact, as far as the first look at it tells. */
export interface Listed {
  database: string;
  name: string;
  type: string;
}

/** The artifact as far as its first bytes, its list of files and its manifest tell. */
export interface RestoreSource {
  path: string;
  /** Where the manifest lies. */
  manifestPath: string | undefined;
  bytes: number;
  modifiedMs: number;
  format: ArtifactFormat;
  manifest: Manifest | undefined;
  /** The database it is a dump of. */
  database: string;
  /** Of that database; without the server's own and what Lifeboat kept aside. */
  listed: Listed[];
  /** mongorestore's arguments that say where it lies and how it is packed. */
  where: string[];
  /** What the operator has to know of it before it is restored. */
  notes: string[];
}

const PAYLOADS = ["mongo-archive", "mongo-directory"];

/** The chosen backup as the steps need it. Throws exit 11 when it is nothing that can be restored. */
export function sourceOf(context: StoreContext, connection: MongodbConnection): RestoreSource {
  const input = chosenBackup(context);
  const { backup, format } = input;
  refuseOtherFormat(input, "a dump of mongodump", PAYLOADS);
  if (format.wrapper === "zstd")
    throw refuseBackup(
      "mongorestore cannot read zstd",
      backup.path,
      `unpack it first: zstd -d ${basename(backup.path)}`,
    );
  const manifest = manifestBeside(manifestSchema, input);
  refuseOtherOrigin(manifest, context);
  const all = manifest?.collections ?? listedIn(input);
  const database = manifest?.database ?? databaseIn(all, connection.database, backup.path);
  const listed = all.filter((one) => one.database === database && !isOurs(one.name));
  return {
    path: backup.path,
    manifestPath: backup.manifest,
    bytes: backup.bytes,
    modifiedMs: backup.modifiedMs,
    format,
    manifest,
    database,
    listed,
    where: whereOf(input),
    notes: [...otherOriginNotes(manifest, context), ...notesOn(input, manifest, database, connection)],
  };
}

const filesOf = ({ head }: BackupInput): string[] => head.toString("utf8").split("\n");

function listedIn(input: BackupInput): Listed[] {
  if (input.format.payload === "mongo-archive")
    return preludeOf(input.head).collections.map((one) => ({
      ...one,
      type: parseMetadata(one.metadata)?.type ?? "collection",
    }));
  const files = folderFiles(input.backup.path, filesOf(input));
  const withDocuments = new Set(files.filter(({ kind }) => kind === "bson").map(keyOf));
  const names = new Map(files.map((file) => [keyOf(file), file]));
  return [...names].map(([key, { database, collection }]) => ({
    database,
    name: decoded(collection),
    // Of a view only the definition is dumped; the full reading says it for certain.
    type: withDocuments.has(key) ? "collection" : "view",
  }));
}

const keyOf = (file: { database: string; collection: string }): string =>
  `${file.database}/${file.collection}`;

function databaseIn(all: readonly Listed[], own: string, path: string): string {
  const found = [...new Set(all.map(({ database }) => database))];
  const [only] = found;
  // One that names none cannot be read: the full reading says so.
  if (only === undefined || found.includes(own)) return own;
  if (found.length === 1) return only;
  const why = `it holds ${found.join(", ")}, and none of them is ${own}`;
  throw refuseBackup("the backup holds several databases", path, why);
}

function whereOf(input: BackupInput): string[] {
  const { backup, format } = input;
  if (format.payload === "mongo-archive")
    // With a space instead of "=" the tool would read standard input.
    return [...(format.wrapper === "gzip" ? ["--gzip"] : []), `--archive=${backup.path}`];
  const files = filesOf(input);
  const path = backup.path.replace(/\/+$/, "");
  const packed = files.some((file) => file.endsWith(".bson.gz"));
  return [...(packed ? ["--gzip"] : []), `--dir=${isDatabaseFolder(files) ? dirname(path) : path}`];
}

function notesOn(
  { backup, format }: BackupInput,
  manifest: Manifest | undefined,
  database: string,
  connection: MongodbConnection,
): string[] {
  const other =
    database === connection.database ? [] : [`${backup.id} is a dump of the database ${database}`];
  const blind =
    manifest === undefined && format.payload === "mongo-directory"
      ? [
          `${backup.id} has no manifest: a folder of mongodump does not say how many documents there were, so whole documents missing at the end of a file cannot be noticed`,
        ]
      : [];
  return [...other, ...blind, "users and roles are not in the backup: those of the server stay as they are"];
}
