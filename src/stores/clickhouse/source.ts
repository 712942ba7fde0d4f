import { basename, join } from "node:path";
import type { ArtifactFormat } from "../../catalog/backup.ts";
import type { RestoreStep } from "../../runbook/runbook-schema.ts";
import type { ClickhouseConnection } from "../../runbook/store-kinds/clickhouse.ts";
import {
  chosenBackup,
  manifestBeside,
  otherOriginNotes,
  refuseBackup,
  refuseOtherFormat,
  refuseOtherOrigin,
} from "../origin.ts";
import type { StoreContext } from "../store-kind.ts";
import type { ChFacts } from "./facts.ts";
import { type Manifest, manifestSchema, type TableSchema } from "./manifest.ts";
import { SIMULATED_TABLE } from "./simulated-facts.ts";
import { nativeFile, schemaFileOf, tableOf } from "./table-files.ts";

/** One table of the backup. */
export interface SourceTable {
  table: string;
  /** The file with its rows; "" for a BACKUP of the server's own. */
  file: string;
  /** Where its CREATE comes from: the manifest, a file beside, or the live table of that name. */
  schema: TableSchema | { path: string } | "live";
}

/** The chosen backup, as far as its first bytes, its names and its manifest tell. */
export interface RestoreSource {
  path: string;
  bytes: number;
  modifiedMs: number;
  format: ArtifactFormat;
  manifest: Manifest | undefined;
  manifestPath: string | undefined;
  tables: SourceTable[];
  notes: string[];
}

const VOLUME =
  "it is a tar archive: a tar of the server's folder is restored by a store of kind volume, with the server stopped";

export function sourceOf(
  context: StoreContext,
  { only }: Pick<RestoreStep, "only">,
  connection: ClickhouseConnection,
  facts: ChFacts | undefined,
): RestoreSource {
  const input = chosenBackup(context);
  const { backup, format, head } = input;
  if (/tar archive/.test(format.why ?? "") || format.payload === "tar")
    throw refuseBackup("this is not a ClickHouse backup", backup.path, VOLUME);
  refuseOtherFormat(input, "a ClickHouse backup", ["native", "native-directory", "clickhouse-backup"]);
  const manifest = manifestBeside(manifestSchema, input);
  refuseOtherOrigin(manifest, context);
  const all = manifest
    ? fromManifest(manifest, backup.path, format)
    : head.length === 0
      ? simulated(only, backup.path)
      : fromNames(format, backup.path, head.toString("utf8"), { connection, facts });
  const chosen = only.length === 0 ? all : all.filter(({ table }) => only.includes(table));
  const missing = only.filter((name) => !all.some(({ table }) => table === name));
  if (missing.length > 0)
    throw refuseBackup(
      `the backup does not hold ${missing.join(", ")}`,
      backup.path,
      `it holds ${all.map(({ table }) => table).join(", ")}`,
    );
  const left = all.filter((one) => !chosen.includes(one)).map(({ table }) => table);
  return {
    path: backup.path,
    bytes: backup.bytes,
    modifiedMs: backup.modifiedMs,
    format,
    manifest,
    manifestPath: backup.manifest,
    tables: chosen,
    notes: [
      ...otherOriginNotes(manifest, context),
      ...(left.length > 0
        ? [`${left.join(", ")} of ${backup.id} is not restored: the runbook names others`]
        : []),
      ...besides(manifest),
    ],
  };
}

function besides(manifest: Manifest | undefined): string[] {
  const names = (manifest?.besides ?? []).map(({ name, engine }) => `${name} (${engine})`);
  return names.length === 0
    ? []
    : [`in the manifest as definitions only, and not restored: ${names.join(", ")}`];
}

function fromManifest(manifest: Manifest, path: string, { payload }: ArtifactFormat): SourceTable[] {
  return manifest.schemas.map((schema) => ({
    table: schema.table,
    file: payload === "native-directory" ? join(path, schema.file) : payload === "native" ? path : "",
    schema,
  }));
}

/** A folder without any name in it exists only in the world of `lifeboat certify`. */
function simulated(only: readonly string[], path: string): SourceTable[] {
  const tables = only.length > 0 ? only : [SIMULATED_TABLE];
  return tables.map((table) => ({ table, file: join(path, nativeFile(table)), schema: "live" }));
}

/** Without a manifest the names of the files say what is in them. */
function fromNames(
  { payload }: ArtifactFormat,
  path: string,
  listing: string,
  { connection, facts }: { connection: ClickhouseConnection; facts: ChFacts | undefined },
): SourceTable[] {
  if (payload === "clickhouse-backup")
    throw refuseBackup(
      "a BACKUP of the server's own needs its manifest to be restored",
      path,
      "without it nobody knows here which tables are in it",
    );
  const isLive = (table: string): boolean =>
    facts?.database?.tables.some(({ name }) => name === table) === true;
  if (payload === "native") {
    const table = tableOf(basename(path), connection.files);
    return [{ table, file: path, schema: isLive(table) ? "live" : { path: schemaFileOf(path) } }];
  }
  const files = listing.split("\n");
  return files.flatMap((name): SourceTable[] => {
    const table = tableOf(name, connection.files);
    if (schemaFileOf(name) === name) return [];
    const file = join(path, name);
    if (files.includes(schemaFileOf(name))) return [{ table, file, schema: { path: schemaFileOf(file) } }];
    if (isLive(table)) return [{ table, file, schema: "live" }];
    throw refuseBackup(
      `the backup has no schema for ${table}`,
      path,
      `there is neither ${schemaFileOf(name)} in it nor a table ${table} on the server`,
    );
  });
}
