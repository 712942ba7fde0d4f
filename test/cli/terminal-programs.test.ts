import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { editText, openShell } from "../../src/cli/terminal-programs.ts";
import { createRedactor } from "../../src/journal/redact.ts";

const SECRET = "canary-5Tz";
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lifeboat-programs-"));
  mkdirSync(join(folder, "output"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function program(name: string, script: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

function terminal(env: Record<string, string>) {
  const stdout = Object.assign(new PassThrough(), { isTTY: false });
  return { env: { PATH: process.env["PATH"] ?? "", ...env }, cwd: folder, stdout: stdout as never };
}

test("what a shell printed is kept in the run's folder, private, without secrets, and its sum is that of the file", async () => {
  const shell = program("shell", `echo "hello ${SECRET}"`);
  const redactor = createRedactor([SECRET]);
  const first = await openShell(terminal({ SHELL: shell }), folder, redactor);
  const second = await openShell(terminal({ SHELL: shell }), folder, redactor);
  expect([first?.file, second?.file]).toEqual(["output/shell-1.log", "output/shell-2.log"]);
  const text = readFileSync(join(folder, "output", "shell-1.log"), "utf8");
  expect(text).toContain("hello ‹secret›");
  expect(text).not.toContain(SECRET);
  expect(first?.sha256).toBe(createHash("sha256").update(text).digest("hex"));
  expect(statSync(join(folder, "output", "shell-1.log")).mode & 0o077).toBe(0);
});

test("where nothing can record there is no shell", async () => {
  const shell = program("shell", "touch was-here");
  const world = terminal({ SHELL: shell, PATH: folder });
  expect(await openShell(world, folder, createRedactor([]))).toBeUndefined();
  expect(() => statSync(join(folder, "was-here"))).toThrow();
});

test("the operator's editor gets the command, with options of its own, and what it saved is the answer", async () => {
  const editor = program("editor", '[ "$1" = --wait ] && sed -i s/wrong/right/ "$2"');
  expect(await editText(terminal({ EDITOR: `${editor} --wait` }), "it is wrong\nsecond line")).toBe(
    "it is right\nsecond line",
  );
});

test("an editor that fails, changes nothing or is not there gives no new command", async () => {
  const fails = program("fails", 'echo changed > "$1"; exit 1');
  for (const EDITOR of [fails, "true", join(folder, "nowhere")])
    expect(await editText(terminal({ EDITOR }), "text")).toBeUndefined();
});
