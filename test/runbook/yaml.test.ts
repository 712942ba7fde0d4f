import { expect, test } from "vitest";
import { linted, lintedSystem, SYSTEM } from "./files.ts";

const BEGINS = 'a system begins with "title:" and "stores:"';
const ANCHORS = "anchors (&) and aliases (*) are not supported: write the value out where it is used";

test.each([
  ["an empty file", "", [`system.yaml:1:1: the file is empty: ${BEGINS}`]],
  ["only a comment", "# soon\n", [`system.yaml:1:1: the file is empty: ${BEGINS}`]],
  ["a list", "- a\n", [`system.yaml:1:1: the file is a list: ${BEGINS}`]],
  ["a sentence", "hello\n", [`system.yaml:1:1: the file is only text: ${BEGINS}`]],
  [
    "a tab",
    "title: a\nstores:\n\tdatabase: {}\n",
    ["system.yaml:3:1: a tab is used to indent: YAML allows spaces only"],
  ],
  ["a key twice", `${SYSTEM}title: b\n`, ["system.yaml:6:1: the same key is written twice"]],
  [
    "an alias",
    `title: &t a\nenvironment: *t\n${SYSTEM.slice(11)}`,
    [`system.yaml:1:11: ${ANCHORS}`, `system.yaml:2:14: ${ANCHORS}`],
  ],
  ["a tag", SYSTEM.replace("App", "!x App"), ["system.yaml:1:8: tags (!name) are not supported"]],
  [
    "two documents",
    `${SYSTEM}---\ntitle: b\n`,
    ['system.yaml:6:1: a second document starts here ("---"): one file holds one system or one runbook'],
  ],
  [
    "a colon in a value",
    SYSTEM.replace("App", "App: shop"),
    ['system.yaml:1:8: a second ": " on the same line: put the value in quotes, or on a line of its own'],
  ],
  [
    "a variable in brackets",
    `${SYSTEM}env: [ \${HERE} ]\n`,
    ['system.yaml:6:9: a ${NAME} inside [ ] or { } must be in quotes: "${NAME}"'],
  ],
  [
    "an open quote",
    SYSTEM.replace("App", '"App'),
    ['system.yaml:6:1: a quote (") was opened before this and never closed'],
  ],
  ["brackets without end", "[".repeat(50_000), ["system.yaml:1:795: is nested too deeply"]],
  ["a key that is a list", `${SYSTEM}? [a]\n: 1\n`, ["system.yaml:6:3: a key must be a plain word"]],
  [
    "a huge file",
    `title: ${"x".repeat(1_000_001)}`,
    ["system.yaml:1:1: the file is larger than 1 MB, which no runbook is"],
  ],
  ["a file that is not text", new Uint8Array([0x74, 0xe9, 0x0a]), ["system.yaml:1:1: is not UTF-8 text"]],
])("%s gets a clear message and no crash", async (_what, text, expected) => {
  const lines = await lintedSystem(text);
  // The stack's depth differs from machine to machine, the message does not.
  expect(lines.map((line) => line.replace(/1:\d+: is nested/, "1:795: is nested"))).toEqual(expected);
});

test("aliases that would grow to gigabytes are refused before they are resolved", async () => {
  const bomb = Array.from({ length: 40 }, (_, i) =>
    i === 0 ? "k0: &a0 [x, x]" : `k${i}: &a${i} [*a${i - 1}, *a${i - 1}]`,
  );
  expect((await lintedSystem(bomb.join("\n")))[0]).toBe(`system.yaml:1:9: ${ANCHORS}`);
});

test("the key __proto__ is an unknown key like any other", async () => {
  expect((await lintedSystem(`${SYSTEM}__proto__: { a: 1 }\n`))[0]).toContain('6:1: unknown key "__proto__"');
});

test("Windows line ends do not move the places", async () => {
  const text = `${SYSTEM}enviroment: x\n`.replaceAll("\n", "\r\n");
  expect(await lintedSystem(text)).toEqual([
    'system.yaml:6:1: unknown key "enviroment", did you mean "environment"?',
  ]);
});

test("a folder where a file should be is said, not thrown", async () => {
  expect(await linted({ "system.yaml": SYSTEM, "lost.yaml/x": "" })).toEqual([
    "lost.yaml:1:1: is a folder, not a file",
  ]);
});
