import { expect, test } from "vitest";
import { MarkReader } from "../../src/hosts/mark-reader.ts";

const NONCE = "0123456789abcdef0123456789abcdef";

/** Reads a stream in pieces of so many bytes. */
function read(stream: string, size: number) {
  const marks = new MarkReader(NONCE);
  const bytes = Buffer.from(stream);
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size)
    parts.push(Buffer.from(marks.take(bytes.subarray(at, at + size))));
  parts.push(marks.rest());
  return { output: Buffer.concat(parts).toString(), marks };
}

const SIZES = [1, 2, 3, 7, 16, 33, 64, 1000];

test.each(SIZES)("output comes through as it is, however the stream is cut (pieces of %i bytes)", (size) => {
  const body = `one\n\n${NONCE} en\n${NONCE}\nlast line without a newline ü`;
  const { output, marks } = read(
    `Welcome!\r\nbanner\n\n${NONCE} begin\n${body}\n${NONCE} end 3\nbye\n`,
    size,
  );
  expect(output).toBe(body);
  expect(marks).toMatchObject({ begun: true, exit: 3, altered: false, noise: "Welcome!\r\nbanner" });
});

test.each(SIZES)("a lost tail is never an end (pieces of %i bytes)", (size) => {
  const whole = `\n${NONCE} begin\nrows\n\n${NONCE} end 0\n`;
  for (let kept = 1; kept < whole.length; kept += 1) {
    const { marks, output } = read(whole.slice(0, kept), size);
    expect(marks.exit, `after ${kept} bytes`).toBeUndefined();
    if (kept > whole.length - 5) expect(output).toContain("rows");
  }
});

test("carriage returns that were added on the way are noticed", () => {
  expect(read(`\r\n${NONCE} begin\r\nrows\r\n\r\n${NONCE} end 0\r\n`, 5).marks).toMatchObject({
    altered: true,
    exit: 0,
  });
});

test("what somebody says before it begins is kept, but not all of a flood", () => {
  const { marks } = read("noise ".repeat(10_000), 1000);
  expect(marks.begun).toBe(false);
  expect(marks.noise.length).toBeLessThan(5_000);
});
