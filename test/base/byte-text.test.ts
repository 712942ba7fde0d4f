import { expect, test } from "vitest";
import { bytesOf, bytesOfLines, readable } from "../../src/base/byte-text.ts";

const NAMES = [
  Buffer.from("plain"),
  Buffer.from("käse 日本 🧀"),
  Buffer.from([0xff, 0xfe, 0x41]),
  Buffer.concat([Buffer.from("käse"), Buffer.from([0x80])]),
  Buffer.from([]),
];

test.each(NAMES.map((name) => [name.toString("hex"), name] as const))(
  "the bytes %s survive being read, and being written as JSON",
  (_hex, bytes) => {
    const text = readable(bytes.toString("latin1"));
    const kept: unknown = JSON.parse(JSON.stringify(text));
    expect(bytesOf(String(kept)).equals(bytes)).toBe(true);
  },
);

test("what is UTF-8 reads as people wrote it", () => {
  expect(readable(Buffer.from("käse").toString("latin1"))).toBe("käse");
});

test("lines of every kind are one after the other, byte by byte", () => {
  const lines = NAMES.map((name) => readable(name.toString("latin1")));
  const wanted = Buffer.concat(NAMES.flatMap((name) => [name, Buffer.from("\n")]));
  expect(bytesOfLines(lines).equals(wanted)).toBe(true);
  expect(bytesOfLines(["a", "ä"]).equals(Buffer.from("a\nä\n"))).toBe(true);
});
