import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LifeboatError } from "../../src/base/errors.ts";
import { EXIT } from "../../src/base/exit-codes.ts";
import { homeTrouble } from "../../src/cli/home-trouble.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lifeboat-home-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function thrown(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

test("a LIFEBOAT_HOME that is a file is no bug of Lifeboat's, and has a way out", () => {
  const home = join(folder, "home");
  writeFileSync(home, "");
  const error = homeTrouble(
    thrown(() => mkdirSync(join(home, "runs"), { recursive: true })),
    home,
  );
  if (!(error instanceof LifeboatError)) throw new Error(`not translated: ${String(error)}`);
  expect(error.exit).toBe(EXIT.preflight);
  expect(error.facts.why).toMatch(/^something that is no folder is in the way/);
  expect(error.facts.next).toContain("export LIFEBOAT_HOME=");
});

test("a full disk, which does not say its path, is no bug of Lifeboat's", () => {
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), {
    code: "ENOSPC",
    syscall: "write",
  });
  const error = homeTrouble(full, folder);
  if (!(error instanceof LifeboatError)) throw new Error(`not translated: ${String(error)}`);
  expect(error.facts).toMatchObject({ where: folder, why: expect.stringMatching(/^the disk is full/) });
});

test("the same trouble elsewhere is not blamed on LIFEBOAT_HOME", () => {
  const error = thrown(() => mkdirSync(join(folder, "file\0")));
  expect(homeTrouble(error, join(folder, "home"))).toBe(error);
  writeFileSync(join(folder, "file"), "");
  const other = thrown(() => mkdirSync(join(folder, "file", "runs")));
  expect(homeTrouble(other, join(folder, "home"))).toBe(other);
});
