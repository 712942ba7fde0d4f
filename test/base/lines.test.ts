import { expect, test } from "vitest";
import { LineSplitter } from "../../src/base/lines.ts";

function split(...chunks: (string | Buffer)[]): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  splitter.end();
  return lines;
}

test.each([
  ["LF", "a\nb\n", ["a", "b"]],
  ["CR LF", "a\r\nb\r\n", ["a", "b"]],
  ["a progress meter's bare CR", "1 %\r2 %\r3 %\n", ["1 %", "2 %", "3 %"]],
  ["no newline at the end", "a\nb", ["a", "b"]],
  ["a CR at the very end", "a\nb\r", ["a", "b"]],
  ["empty lines", "\n\na\n", ["", "", "a"]],
  ["nothing", "", []],
])("ends a line at %s", (_what, text, wanted) => {
  expect(split(text)).toEqual(wanted);
});

test("a chunk's edge anywhere changes nothing: not in a character, not between CR and LF", () => {
  const text = Buffer.from("é1\r\n日本\n😀 ok\rlast");
  const whole = split(text);
  expect(whole).toEqual(["é1", "日本", "😀 ok", "last"]);
  for (let at = 0; at <= text.length; at += 1)
    expect(split(text.subarray(0, at), text.subarray(at)), `cut at ${at}`).toEqual(whole);
});

test("output without newlines comes in pieces, whole and in order", () => {
  const text = `x${"😀".repeat(30_000)}`;
  const pieces = split(
    ...Array.from({ length: 31 }, (_, at) => Buffer.from(text).subarray(at * 4000, (at + 1) * 4000)),
  );
  expect(pieces.join("")).toBe(text);
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(16_384);
  expect(pieces.every((piece) => piece.isWellFormed())).toBe(true);
});
