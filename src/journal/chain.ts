import { createHash } from "node:crypto";

/** sha256 of nothing: the `prev` of the first line. */
export const CHAIN_START = createHash("sha256").digest("hex");

/**
 * The link to a line: sha256 of its bytes with the newline, so that `sed -n 3p journal.jsonl | sha256sum`
 * gives what line 4 has as `prev`.
 */
export function link(line: string): string {
  return createHash("sha256").update(`${line}\n`).digest("hex");
}
