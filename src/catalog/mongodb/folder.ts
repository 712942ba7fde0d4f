import { basename } from "node:path";

export interface FolderFile {
  database: string;
  /** As the file is named; `decoded` says what that stands for. */
  collection: string;
  kind: "bson" | "metadata";
  gzip: boolean;
}

const FILE = /^(?:(?<database>[^/]+)\/)?(?<collection>[^/]+?)\.(?<kind>bson|metadata\.json)(?<gz>\.gz)?$/;

/** What the files of a folder that mongodump wrote are, by their names; others are left out. */
export function folderFiles(path: string, files: readonly string[]): FolderFile[] {
  const own = basename(path.replace(/\/+$/, ""));
  return files.flatMap((file) => {
    const groups = FILE.exec(file)?.groups;
    const { database = own, collection, kind, gz } = groups ?? {};
    if (collection === undefined) return [];
    return [
      { database, collection, kind: kind === "bson" ? "bson" : "metadata", gzip: gz !== undefined } as const,
    ];
  });
}

/** Whether the folder is that of one database (its files lie in it), or one of databases. */
export const isDatabaseFolder = (files: readonly string[]): boolean =>
  files.some((file) => !file.includes("/") && /\.bson(\.gz)?$/.test(file));

/** mongodump escapes names of collections like the query of a URL. */
export function decoded(collection: string): string {
  try {
    return decodeURIComponent(collection.replaceAll("+", " "));
  } catch {
    return collection;
  }
}
