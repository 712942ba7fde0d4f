/*
 * Lists of objects as text: "<key>\t<bytes>\t<md5>\t<sha256>", sorted by bytes (LC_ALL=C), so that sort, join and awk can
 * work on them. What is not known is "-". In keys "%" and control characters are written %25, %0A …, nothing else is.
 */

export interface KeyLine {
  key: string;
  bytes: number;
  /** "-" when it is not known. */
  md5: string;
  sha256: string;
}

// oxlint-disable-next-line no-control-regex
const SPECIAL = /[%\u0000-\u001f\u007f]/g;

export const encodeKey = (key: string): string =>
  key.replaceAll(SPECIAL, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);

export const decodeKey = (text: string): string =>
  text.replaceAll(/%([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

export const keyLine = ({ key, bytes, md5, sha256 }: KeyLine): string =>
  `${encodeKey(key)}\t${bytes}\t${md5}\t${sha256}`;

/** Further columns are passed over; missing ones are "-". */
export function parseKeyLine(line: string): KeyLine {
  const [key = "", bytes = "-", md5 = "-", sha256 = "-"] = line.split("\t");
  return { key: decodeKey(key), bytes: Number(bytes), md5, sha256 };
}

export const parseKeyLines = (text: string): KeyLine[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map(parseKeyLine);

/** As `LC_ALL=C sort` puts them: by bytes, which is not how JavaScript compares text. */
export function sortedLines(lines: readonly string[]): string[] {
  return lines
    .map((line) => Buffer.from(line))
    .sort((a, b) => a.compare(b))
    .map((line) => line.toString());
}

/** What the server calls an ETag is the md5 of the content only when it was sent in one piece. */
export const md5OfETag = (etag: string | undefined): string =>
  /^"?([0-9a-f]{32})"?$/.exec(etag ?? "")?.[1] ?? "-";
