const NATIVE = /\.native(\.gz|\.zst)?$/;
/** A day or a time at the end of a name, with what stands before it. */
const STAMP = /[-_.]?\d{4}-?\d{2}-?\d{2}([-_T]?\d{2}[-:]?\d{2}([-:]?\d{2})?Z?)?$/;

/** Names of tables may hold what names of files may not; a leading dot would hide it. */
export const fileOf = (table: string): string => encodeURIComponent(table).replace(/^\./, "%2E");

export const nativeFile = (table: string): string => `${fileOf(table)}.native.gz`;

/** heartbeats_20260115.native.gz → heartbeats.sql's place: the schema beside a file of rows; the name itself for another file. */
export const schemaFileOf = (path: string): string => path.replace(NATIVE, ".sql");

/** The table a file holds: by the setting `files` of the store, or by its own name without a date. */
export function tableOf(file: string, files: Readonly<Record<string, string>>): string {
  const stem = file.replace(/^.*\//, "").replace(NATIVE, "");
  const bare = stem.replace(STAMP, "");
  return files[stem] ?? files[bare] ?? decoded(bare === "" ? stem : bare);
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
