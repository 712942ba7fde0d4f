import type { ArtifactFormat } from "./backup.ts";

type Seen = Omit<ArtifactFormat, "wrapper">;

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const SQL_START =
  /^(?:--|\/\*|\\|(?:set|create|copy|insert|begin|start|drop|alter|select|do|grant|revoke|comment|delete|truncate|update|with|lock|analyze|vacuum|reset)\b)/i;
/** Control characters that no SQL text holds: all but tab, line feed, form feed, carriage return. */
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b\u000e-\u001f]/;

/** Whether text begins with a UTF-8 byte order mark: psql drops it only at the very start of what it reads. */
export const hasBom = (head: Buffer): boolean => head.subarray(0, 3).equals(BOM);

/** What kind of text the first bytes are; anything that is no text is unknown. */
export function textFormat(head: Buffer): Seen {
  const utf16 = wideText(head);
  if (utf16) return utf16;
  // One byte a character: a dump may be in any server encoding, and only its ASCII part matters here.
  const text = head.toString("latin1", hasBom(head) ? 3 : 0);
  if (CONTROL.test(text)) return { payload: "unknown", why: "binary data of no known kind" };
  const start = text.trimStart();
  if (start === "") return { payload: "empty", why: "nothing but white space" };
  if (/^<(?:!doctype\s+html|html|head|body)\b/i.test(start))
    return {
      payload: "html",
      why: "an HTML page, perhaps a login or error page saved under the name of a dump",
    };
  if (/^<\?xml|^<Error>/i.test(start))
    return {
      payload: "html",
      why: "an XML answer, perhaps an error of an S3 server saved under the name of a dump",
    };
  if (SQL_START.test(start)) return { payload: "plain" };
  return { payload: "unknown", why: `text, but not SQL: it begins with "${firstLine(start)}"` };
}

function wideText(head: Buffer): Seen | undefined {
  const [first, second] = [head[0], head[1]];
  const marked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  const unmarked = head.length >= 4 && (isWide(head, 1) || isWide(head, 0));
  if (!marked && !unmarked) return undefined;
  return {
    payload: "unknown",
    why: "UTF-16 text (Windows PowerShell writes this when a dump is redirected with >): convert it with iconv -f UTF-16 -t UTF-8",
  };
}

/** Plain letters in UTF-16 have a zero in every second byte and never in the others. */
function isWide(head: Buffer, zeroAt: 0 | 1): boolean {
  const some = head.subarray(0, Math.min(64, head.length & ~1));
  return some.every((byte, at) => (byte === 0) === (at % 2 === zeroAt));
}

const firstLine = (text: string): string => (text.split("\n", 1)[0] ?? "").slice(0, 60).trimEnd();
