import { createHash } from "node:crypto";

/** A name as an SQL identifier, whatever it holds. */
export function ident(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as an SQL literal, whatever it holds, under standard_conforming_strings on or off. */
export function literal(text: string): string {
  const quoted = text.replaceAll("'", "''");
  return text.includes("\\") ? ` E'${quoted.replaceAll("\\", "\\\\")}'` : `'${quoted}'`;
}

/** A block for DO, in dollar quotes that nothing inside can close: a name may hold any quote. */
export function doBlock(body: string): string {
  let tag = "$lifeboat$";
  while (body.includes(tag)) tag = tag.replace(/\$$/, "_$");
  return `DO ${tag}\n${body}\n${tag};`;
}

const LONGEST = 63;

/**
 * `base` + `suffix` within PostgreSQL's 63 bytes for names (NAMEDATALEN - 1), which the server would otherwise cut
 * without an error. A base that does not fit is cut and gets a sum of the whole: two long names must not become one.
 */
export function nameWith(base: string, suffix: string): string {
  if (Buffer.byteLength(base + suffix) <= LONGEST) return base + suffix;
  const end = `_${createHash("sha256").update(base).digest("hex").slice(0, 6)}${suffix}`;
  let kept = base;
  while (Buffer.byteLength(kept + end) > LONGEST) kept = [...kept].slice(0, -1).join("");
  return kept + end;
}

const SAFE_DBNAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;

/** A database name for `-d`: libpq takes a value with `=` or a URL scheme for a whole connection string. */
export function dbnameArgument(name: string): string {
  if (SAFE_DBNAME.test(name)) return name;
  return `dbname='${name.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
