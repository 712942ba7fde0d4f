import { expect, test } from "vitest";
import { createRedactor } from "../../src/journal/redact.ts";

const MASK = "‹secret›";

/** The stream's output when the text comes in the given pieces. */
function streamed(secrets: string[], pieces: Buffer[]): string {
  const stream = createRedactor(secrets).stream();
  return Buffer.concat([...pieces.map((piece) => stream.push(piece)), stream.end()]).toString();
}

const cut = (text: Buffer, ...at: number[]): Buffer[] =>
  [0, ...at].map((from, index) => text.subarray(from, at[index] ?? text.length));

test.each([
  ["in the middle", "password=hunter2-é! and more", ["hunter2-é!"], `password=${MASK} and more`],
  ["at both edges", "abc hunter2 abc", ["abc"], `${MASK} hunter2 ${MASK}`],
  ["as the whole text", "hunter2", ["hunter2"], MASK],
  ["twice in a row", "hunter2hunter2", ["hunter2"], `${MASK}${MASK}`],
  ["url-encoded", "postgres://app:p%40ss%2Fw@db1/shop", ["p@ss/w"], `postgres://app:${MASK}@db1/shop`],
  ["url-encoded in lower case", "p%40ss%2fw", ["p@ss/w"], MASK],
  ["when it contains another secret", "hunter2-long", ["hunter2", "hunter2-long"], MASK],
  ["when a shorter one lies inside it", "xhunter2y", ["unter", "xhunter2y"], MASK],
  ["when it is overlapped by another one", "<abcdef>", ["abcd", "cdef"], `<${MASK}>`],
  ["but not words too short to be one", "a to z", ["to", ""], "a to z"],
])("hidden %s", (_where, text, secrets, wanted) => {
  const redactor = createRedactor(secrets);
  expect(redactor.text(text)).toBe(wanted);
  expect(streamed(secrets, [Buffer.from(text)])).toBe(wanted);
});

test("a cut at any two places of a stream shows nothing the whole text would not", () => {
  const cases: [string, string[]][] = [
    ["x hunter2-é! y hunter2", ["hunter2-é!", "hunter2"]],
    ["<abcdef> abcdabcd", ["abcd", "cdef", "dab"]],
    ["aaaaaaa b aa", ["aaa"]],
    ["abababx", ["abab", "babx"]],
    ["p%40ss p@ss p%4", ["p@ss"]],
  ];
  for (const [text, secrets] of cases) {
    const bytes = Buffer.from(text);
    const whole = createRedactor(secrets).text(text);
    for (let one = 0; one <= bytes.length; one += 1)
      for (let two = one; two <= bytes.length; two += 1)
        expect(streamed(secrets, cut(bytes, one, two)), `${text} cut at ${one} and ${two}`).toBe(whole);
  }
});

test("a stream fed byte by byte hides the secret too", () => {
  const bytes = [...Buffer.from("x hunter2 y abab abx")].map((byte) => Buffer.from([byte]));
  expect(streamed(["hunter2", "abab", "bab"], bytes)).toBe(`x ${MASK} y ${MASK} abx`);
});

test("what cannot be part of a secret is not held back", () => {
  const stream = createRedactor(["hunter2"]).stream();
  expect(stream.push(Buffer.from("a finished line\n")).toString()).toBe("a finished line\n");
  expect(stream.push(Buffer.from("prompt hun")).toString()).toBe("prompt ");
  expect(stream.push(Buffer.from("dred")).toString()).toBe("hundred");
});

test("a beginning of a secret at the very end is no secret, and not lost", () => {
  expect(streamed(["hunter2"], [Buffer.from("I hunt"), Buffer.from("er")])).toBe("I hunter");
});
