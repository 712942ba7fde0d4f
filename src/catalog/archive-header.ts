/** What a pg_dump archive (custom, directory, tar) says of itself in its first bytes. */
export interface ArchiveHeader {
  /** Version of the archive format, "1.14": a pg_restore older than it refuses the archive. */
  version: string;
  database: string;
  dumpedFrom: string;
  dumpedBy: string;
}

/**
 * Reads the header that begins with PGDMP; undefined when there is none. Source: ReadHead in PostgreSQL's
 * pg_backup_archiver.c. Integers are a sign byte and bytes from the lowest up; texts carry their length.
 */
export function archiveHeader(bytes: Buffer): ArchiveHeader | undefined {
  // The header of a tar archive lies behind the tar header of toc.dat.
  const start = bytes.toString("latin1", 0, 7) === "toc.dat" ? 512 : 0;
  if (bytes.toString("latin1", start, start + 5) !== "PGDMP" || bytes.length < start + 64) return undefined;
  const [major, minor] = [bytes[start + 5] ?? 0, bytes[start + 6] ?? 0];
  const width = (bytes[start + 8] ?? 4) + 1;
  // Since 1.15 one byte names the compression, before it was an integer. Then the seven parts of the time.
  let at = start + 11 + (minor >= 15 || major > 1 ? 1 : width) + 7 * width;
  const text = (): string => {
    if (at + width > bytes.length) return "";
    const length = bytes[at] === 0 ? bytes.readUIntLE(at + 1, Math.min(width - 1, 6)) : 0;
    at += width + length;
    return bytes.toString("utf8", at - length, at);
  };
  return { version: `${major}.${minor}`, database: text(), dumpedFrom: text(), dumpedBy: text() };
}
