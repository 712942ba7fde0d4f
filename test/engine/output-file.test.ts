import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { OutputFile } from "../../src/engine/output-file.ts";
import { sumOfStart } from "../../src/journal/file-sum.ts";
import { createRedactor } from "../../src/journal/redact.ts";

const CANARY = "canary/Zx9#7q";
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lifeboat-output-"));
  path = join(folder, "step.log");
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (): OutputFile => new OutputFile(path, "output/step.log", createRedactor([CANARY]));
const written = (): string => readFileSync(path, "utf8");
const sha256sum = (): string => execFileSync("sha256sum", [path], { encoding: "utf8" }).slice(0, 64);

test("a canary cut at every place, in two interleaved streams, is never in the file", () => {
  const texts = [CANARY, encodeURIComponent(CANARY)];
  const output = open();
  for (const text of texts)
    for (let at = 0; at <= text.length; at += 1) {
      output.write(Buffer.from(`out ${text.slice(0, at)}`), "stdout");
      output.write(Buffer.from(`err ${text.slice(0, at)}`), "stderr");
      output.write(Buffer.from(`${text.slice(at)}\n`), "stdout");
      output.write(Buffer.from(`${text.slice(at)}\n`), "stderr");
    }
  output.line(`$ psql ${CANARY}`);
  output.close();
  expect(written()).not.toContain(CANARY);
  expect(written()).not.toContain(encodeURIComponent(CANARY));
  expect(written().match(/‹secret›/g)).toHaveLength(
    2 * (2 * CANARY.length + 2 + (encodeURIComponent(CANARY).length - CANARY.length)) + 1,
  );
});

test("what only began like a secret is not lost when the program ends", () => {
  const output = open();
  output.write(Buffer.from(`the ${CANARY.slice(0, 6)}`), "stdout");
  output.close();
  expect(written()).toBe("the canary\n");
});

test("a finished line comes before what the other stream says next", () => {
  const output = open();
  output.write(Buffer.from("first line\n"), "stdout");
  output.write(Buffer.from("ERROR\n"), "stderr");
  expect(output.takeLines()).toEqual(["first line", "ERROR"]);
  output.close();
});

test("the summary is that of the file, as stock sha256sum sees it", () => {
  const output = open();
  output.line("$ echo");
  output.write(Buffer.from("no newline at the end"), "stdout");
  const summary = output.close();
  expect(summary).toEqual({
    file: "output/step.log",
    lines: 2,
    bytes: written().length,
    sha256: sha256sum(),
  });
});

test("a second attempt writes on, and both sums can be checked", () => {
  const first = open();
  first.line("attempt one");
  const one = first.close();
  const second = open();
  second.line("attempt two");
  const two = second.close();
  expect(written()).toBe("attempt one\nattempt two\n");
  expect(two).toMatchObject({ lines: 2, sha256: sha256sum() });
  expect(sumOfStart(path, one?.bytes)).toBe(one?.sha256);
  expect(second.takeLines()).toEqual(["attempt two"]);
});

test("output of a killed attempt does not run into the next one's first line", () => {
  writeFileSync(path, "killed in the mid");
  const output = open();
  output.line("again");
  expect(output.close()?.sha256).toBe(sha256sum());
  expect(written()).toBe("killed in the mid\nagain\n");
});

test("only the newest 16 kB become lines, and no half line among them", () => {
  const output = open();
  output.write(Buffer.from(Array.from({ length: 5000 }, (_, at) => `line ${at}\n`).join("")), "stdout");
  const lines = output.takeLines();
  expect(lines.at(-1)).toBe("line 4999");
  expect(lines.length).toBeLessThan(2000);
  expect(lines.every((line) => /^line \d{4}$/.test(line))).toBe(true);
  expect(output.takeLines()).toEqual([]);
  expect(output.close()?.lines).toBe(5000);
});

test("many small chunks lose no line", () => {
  const output = open();
  const seen: string[] = [];
  for (let at = 0; at < 3000; at += 1) {
    output.write(Buffer.from(`é ${at}\n`), at % 2 ? "stdout" : "stderr");
    if (at % 100 === 0) seen.push(...output.takeLines());
  }
  seen.push(...output.takeLines());
  expect(seen).toEqual(Array.from({ length: 3000 }, (_, at) => `é ${at}`));
  output.close();
});

test("the file is readable by its owner only", () => {
  const output = open();
  output.line("something");
  output.close();
  expect(execFileSync("stat", ["-c", "%a", path], { encoding: "utf8" }).trim()).toBe("600");
});

test("a command that says nothing leaves no file, one that does has its line in front", () => {
  const silent = open();
  silent.announce("$ true");
  expect(silent.close()).toBeUndefined();
  expect(existsSync(path)).toBe(false);
  const output = open();
  output.announce("$ echo hello");
  output.write(Buffer.from("hello\n"), "stdout");
  expect(output.close()).toMatchObject({ lines: 2 });
  expect(written()).toBe("$ echo hello\nhello\n");
});
