import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { SourceDocument } from "./source-document.ts";
import { parseYaml } from "./yaml.ts";

/** A file a plan was made from: a plan whose source changed since is told apart by the sha256. */
export interface Source {
  path: string;
  sha256: string;
}

/** Reads one YAML file. Throws what the file system throws; faults inside the file are the document's problems. */
export async function readSource(path: string): Promise<{ document: SourceDocument; source: Source }> {
  const bytes = await readFile(path);
  const source = { path, sha256: createHash("sha256").update(bytes).digest("hex") };
  try {
    return { document: parseYaml(path, new TextDecoder("utf-8", { fatal: true }).decode(bytes)), source };
  } catch {
    return { document: notText(path), source };
  }
}

function notText(path: string): SourceDocument {
  return new SourceDocument({
    path,
    text: "",
    value: undefined,
    problems: [{ path, line: 1, column: 1, message: "is not UTF-8 text", severity: "error" }],
    spots: new Map(),
    placeOf: () => ({ line: 1, column: 1 }),
  });
}
