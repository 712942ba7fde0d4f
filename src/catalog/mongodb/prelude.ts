import { type Field, flatFields } from "./bson-fields.ts";
import { DocumentSplitter } from "./documents.ts";

/** The first four bytes of what `mongodump --archive` writes. */
export const ARCHIVE_MAGIC = "6de29981";

/** What the prelude of an archive says of one collection. */
export interface Announced {
  database: string;
  name: string;
  /** Text of its metadata. */
  metadata: string;
  type: string;
}

const text = (field: Field | undefined): string => (typeof field === "string" ? field : "");

/** A document of the prelude behind its header; undefined when it names no collection. */
export function announced(document: Buffer): Announced | undefined {
  const fields = flatFields(document);
  const [database, name] = [text(fields?.get("db")), text(fields?.get("collection"))];
  if (fields === undefined || database === "" || name === "") return undefined;
  return { database, name, metadata: text(fields.get("metadata")), type: text(fields.get("type")) };
}

/** The only version of the format there has been. */
export const ARCHIVE_VERSION = "0.1";

/** Which tool and server the header of an archive names, and the version of the format. */
export function madeBy(document: Buffer): { tool: string; server: string; version: string } {
  const fields = flatFields(document);
  return {
    tool: text(fields?.get("tool_version")),
    server: text(fields?.get("server_version")),
    version: text(fields?.get("version")),
  };
}

/** Collections an archive names in its first bytes; `whole` when the list ends within them. */
export function preludeOf(head: Buffer): { collections: Announced[]; whole: boolean } {
  const collections: Announced[] = [];
  let [seen, whole] = [0, false];
  const splitter = new DocumentSplitter({
    document: (bytes) => {
      seen += 1;
      const one = whole || seen === 1 ? undefined : announced(bytes);
      if (one) collections.push(one);
    },
    end: () => {
      whole = true;
    },
  });
  splitter.push(head.subarray(ARCHIVE_MAGIC.length / 2));
  return { collections, whole };
}
