import { isUtf8 } from "node:buffer";

/*
 * File names are bytes, and not always UTF-8. Inside, a text of bytes has a character each (latin1); for people and for JSON
 * it is what the bytes mean, and bytes that mean nothing are lone surrogates U+DC80…U+DCFF (as Python does it).
 */

/** What is beyond ASCII: names mostly are not, and then nothing has to be looked at. */
const BEYOND = /[\x80-\u{10ffff}]/u;

/** A text of bytes as people read it. */
export function readable(text: string): string {
  if (!BEYOND.test(text)) return text;
  const bytes = Buffer.from(text, "latin1");
  if (isUtf8(bytes)) return bytes.toString("utf8");
  return text.replaceAll(/[\x80-\xff]/g, (byte) => String.fromCharCode(0xdc00 + byte.charCodeAt(0)));
}

/** The bytes of what `readable` made. */
export function bytesOf(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text, "utf8");
  const bytes = text.replaceAll(/[\udc80-\udcff]/g, (one) => String.fromCharCode(one.charCodeAt(0) - 0xdc00));
  return Buffer.from(bytes, "latin1");
}

/** The lines as one piece of bytes, each with a newline; a list of 100,000 is better written in pieces. */
export function bytesOfLines(lines: readonly string[]): Buffer {
  const text = lines.map((line) => `${line}\n`).join("");
  // Only lines that hold bytes without a meaning have to be taken one by one.
  return text.isWellFormed() ? Buffer.from(text) : Buffer.concat(lines.map((line) => bytesOf(`${line}\n`)));
}
