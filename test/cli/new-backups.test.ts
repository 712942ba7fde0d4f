import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startLifeboat } from "../helpers/lifeboat.ts";
import { RealTerminal } from "../tui/terminal.ts";

const PROGRAM = join(import.meta.dirname, "..", "..", "bin", "lifeboat.js");

let folder: string;
let env: Record<string, string>;
let terminal: RealTerminal | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lifeboat-new-test-"));
  env = { HOME: folder, PATH: process.env["PATH"] ?? "", LANG: "C.UTF-8", LIFEBOAT_HOME: folder };
});
afterEach(async () => {
  terminal?.end();
  terminal = undefined;
  await rm(folder, { recursive: true, force: true });
});

test("a folder of backups that is not there is asked for again", async () => {
  await mkdir(join(folder, "saved"));
  await writeFile(join(folder, "saved", "shop_20260115_030000.sql.gz"), "x");
  const where = { ...env, LIFEBOAT_RUNBOOKS: join(folder, "runbooks") };
  terminal = new RealTerminal(PROGRAM, ["new", "shop", "--in", folder], 80, 24, where);
  await terminal.until("In which folder do they lie?");
  await terminal.press(..."/nope", "enter");
  await terminal.until("there is no folder /nope");
  await terminal.press(...join(folder, "saved"), "enter");
  await terminal.until("saved/shop_{timestamp}.sql.gz");
});

test("a folder of backups that is named by a flag and is not there is an error", async () => {
  const ran = await startLifeboat(["new", "shop", "--backups", "/nope"], { env, cwd: folder }).ended;
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain("--backups /nope is no folder");
});
