import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, cp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Ran } from "../../helpers/lifeboat.ts";
import { type Artifacts, openArtifacts } from "./artifacts.ts";

let made: Artifacts;
beforeAll(async () => {
  made = await openArtifacts();
});
afterAll(() => made.estate.stop());

/** Holds CREATE DATABASE back until released: a moment between judging a backup and loading it, as long as it takes. */
async function holdCreate(): Promise<() => Promise<void>> {
  const { env, programs } = made.estate.server;
  const holder = spawn(programs.psql, ["-XAtq"], {
    env: { ...env, PGDATABASE: "postgres" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const closed = once(holder, "close");
  holder.stdin.write("BEGIN; LOCK TABLE pg_catalog.pg_database IN SHARE MODE; SELECT 'held';\n");
  await once(holder.stdout, "data");
  return async () => {
    holder.stdin.end();
    await closed;
  };
}

/** A live run whose backup is changed right after it was judged good. */
async function changedBehind(backup: string, change: () => Promise<void>): Promise<Ran> {
  const release = await holdCreate();
  const going = made.start(backup);
  await going.until(/running +\d\/\d Create the copy/);
  await change();
  await release();
  return going.ended;
}

/** It stopped with exit 20, the shop is whole, what is left is named, and undo takes exactly that away. */
async function stoppedAndUndone(
  backup: string,
  change: () => Promise<void>,
  ...words: RegExp[]
): Promise<void> {
  const before = await made.estate.snapshot();
  const ran = await changedBehind(backup, change);
  expect(ran.code, ran.stdout).toBe(20);
  for (const word of words) expect(ran.stdout).toMatch(word);
  expect(ran.stdout).toMatch(/shop is as it was: this run did not touch it/);
  const left = Object.keys(await made.estate.snapshot()).filter((name) => !(name in before));
  expect(left).toHaveLength(1);
  expect(ran.stdout).toContain(left[0]);
  const undo = /lifeboat (undo \S+)/.exec(ran.stdout)?.[1] ?? "";
  const undone = await made.lifeboat([...undo.split(" "), "--confirm", "shop"]);
  expect(undone.code, undone.stdout + undone.stderr).toBe(0);
  expect(await made.estate.snapshot()).toEqual(before);
  await made.noSecret(ran);
}

describe("a backup that is changed after it was found good", () => {
  test("removed", async () => {
    const path = await made.write("gone.sql", made.plain);
    await stoppedAndUndone(path, () => rm(path), /gone\.sql/, /No such file|cannot open/);
  });

  test("removed, packed", async () => {
    const path = await made.write("gone.sql.gz", gzipSync(made.plain));
    await stoppedAndUndone(path, () => rm(path), /gone\.sql\.gz/, /No such file|cannot open/);
  });

  test("cut, as by a copy that began again", async () => {
    const path = await made.write("cut.sql", made.plain);
    await stoppedAndUndone(
      path,
      () => truncate(path, 30_000),
      /never said that it was done|invalid input syntax|missing data/,
    );
    const packed = await made.write("cut.sql.gz", gzipSync(made.plain));
    await stoppedAndUndone(packed, () => truncate(packed, 5000), /unexpected end of file/);
  });

  test("something written to its end", async () => {
    const path = await made.write("grown.sql", made.plain);
    await stoppedAndUndone(
      path,
      () => appendFile(path, "DELETE FROM public.items;\n"),
      /grown\.sql: something writes to it/,
    );
  });

  test("an archive removed", async () => {
    const path = await made.dump("gone.dump", ["-Fc"]);
    await stoppedAndUndone(path, () => rm(path), /gone\.dump/);
  });
});

/** psql that changes the file when it is asked for its version the second time: the first is for the plan. */
async function standIn(change: string): Promise<Record<string, string>> {
  const { programs } = made.estate.server;
  const seen = made.at("seen");
  await rm(seen, { force: true });
  return made.estate.standIns({
    psql: `#!/bin/sh
if [ "$1" = --version ]; then if [ -e '${seen}' ]; then ${change}; else touch '${seen}'; fi; fi
exec '${programs.psql}' "$@"
`,
  });
}

describe("a backup that is changed between the plan and the first look", () => {
  test("another good dump under its name is not what was chosen", async () => {
    const path = await made.write("chosen.sql", made.plain);
    await writeFile(made.at("other.sql"), made.plain.toString().replace("Customer 77\t", "Customer 78\t"));
    const env = await standIn(`cp '${made.at("other.sql")}' '${path}'`);
    await made.refusedWith(env, path, /unchanged since it was chosen.*chosen\.sql: something writes to it/);
  });

  test("removed", async () => {
    const path = await made.write("removed.sql", made.plain);
    await made.refusedWith(
      await standIn(`rm -f '${path}'`),
      path,
      /removed\.sql/,
      /does not exist|not there/,
    );
  });

  test("a member of a directory backup replaced by one of the same size", async () => {
    const path = await made.dump("members", ["-Fd"]);
    const toc = join(path, "toc.dat");
    await cp(toc, made.at("toc.dat"));
    expect((await readFile(toc)).length).toBeGreaterThan(0);
    await made.refusedWith(
      await standIn(`cp '${made.at("toc.dat")}' '${toc}'`),
      path,
      /members: something writes to it/,
    );
  });
});
