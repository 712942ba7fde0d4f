import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { messageOf } from "../base/errors.ts";
import { SourceDocument } from "./source-document.ts";
import { parseYaml } from "./yaml.ts";

/** A file a plan was made from: a plan whose source changed since is told apart by the sha256. */
export interface Source {
  path: string;
  sha256: string;
}

/**
 * Reads one YAML file. Whatever is wrong with it is a problem of the document; only a file that does not exist throws
 * (ENOENT, ENOTDIR), since that is a matter of what was asked for.
 */
export async function readSource(path: string): Promise<{ document: SourceDocument; source: Source }> {
  const bytes = await read(path);
  if (typeof bytes === "string")
    return { document: unreadable(path, bytes), source: { path, sha256: sha256("") } };
  const source = { path, sha256: sha256(bytes) };
  try {
    return { document: parseYaml(path, new TextDecoder("utf-8", { fatal: true }).decode(bytes)), source };
  } catch {
    return { document: unreadable(path, "is not UTF-8 text"), source };
  }
}

const sha256 = (data: Uint8Array | string): string => createHash("sha256").update(data).digest("hex");

/** The content, or in words why there is none. */
async function read(path: string): Promise<Uint8Array | string> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "ENOENT" || code === "ENOTDIR") throw error;
    if (code === "EISDIR") return "is a folder, not a file";
    return code === "EACCES" ? "may not be read by this user" : `cannot be read: ${messageOf(error)}`;
  }
}

function unreadable(path: string, message: string): SourceDocument {
  return new SourceDocument({
    path,
    text: "",
    value: undefined,
    problems: [{ path, line: 1, column: 1, message, severity: "error" }],
    spots: new Map(),
    placeOf: () => ({ line: 1, column: 1 }),
  });
}
