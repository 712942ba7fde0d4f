import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { judgeBackup } from "../../../src/catalog/influxdb/backup-results.ts";
import { fileReader } from "../../../src/catalog/influxdb/readers.ts";
import { connectInfluxdb } from "../../../src/runbook/store-kinds/influxdb-connection.ts";
import { influxdb } from "../../../src/runbook/store-kinds/influxdb.ts";
import { define } from "../../../src/stores/influxdb/shell.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lifeboat-shards-"));
  await mkdir(join(folder, "w"));
});
afterEach(() => rm(folder, { recursive: true }));

/** Policies with names that sha256sum escapes or awk would split; file names whose order is not the one they are packed in. */
const FILES = [
  ["a policy/7", "000000002-000000001.tsm"],
  ["a policy/7", "000000001-000000003.tsm"],
  ["a policy/7", "000000001-000000003.tombstone"],
  [String.raw`b\c/71`, "000000001-000000001.tsm"],
  ["a policy/70", "000000010-000000001.tsm"],
] as const;
const sum = (text: string): string => createHash("sha256").update(text).digest("hex");

async function database(): Promise<string> {
  for (const [shard, name] of FILES) {
    await mkdir(join(folder, "db", shard), { recursive: true });
    await writeFile(join(folder, "db", shard, name), `${shard}/${name}`);
  }
  await mkdir(join(folder, "db", "_series", "00"), { recursive: true });
  await writeFile(join(folder, "db", "_series", "00", "0000"), "none of a shard");
  return join(folder, "db");
}

function shell(line: string): string[] {
  const connected = connectInfluxdb(
    "s",
    influxdb.schema.parse({ kind: "influxdb", database: "db", backups: [] }),
  );
  if ("fault" in connected) throw new Error(connected.fault);
  const lines = [`set -eu; w='${folder}/w'`, ...define(connected.connection, ["sums"]), line];
  return execFileSync("sh", ["-c", lines.join("\n")], { stdio: "pipe" })
    .toString()
    .trimEnd()
    .split("\n");
}

const wanted = [[FILES[2], FILES[1], FILES[0]], [FILES[3]], [FILES[4]]]
  .map((files) => files.map(([shard, name]) => sum(`${shard}/${name}`)).join(" "))
  .toSorted();

/** As influxd packs it, but for the order of its files. */
async function packed(shard: string, file: string): Promise<void> {
  const names = FILES.filter(([of]) => of === shard).map(([of, name]) => `db/${of}/${name}`);
  await mkdir(join(folder, "backup"), { recursive: true });
  execFileSync("tar", ["-C", folder, "-czf", join(folder, "backup", file), ...names]);
}

async function backup(): Promise<string> {
  await database();
  for (const [at, shard] of [...new Set(FILES.map(([of]) => of))].entries())
    await packed(shard, `x.s${at}.tar.gz`);
  return join(folder, "backup");
}

test("files on disk, of a shard a line, are summed in the order of their names", async () => {
  expect(shell(`tree '${await database()}'`)).toEqual(wanted);
});

test("the shards of a backup give the same lines, whatever order they were packed in", async () => {
  expect(shell(`sums '${await backup()}'`)).toEqual(wanted);
});

test("what reads the artifact gives the same lines", async () => {
  const path = await backup();
  const files = [0, 1, 2].map((at) => {
    const name = `x.s${at}.tar.gz`;
    const reader = fileReader(name);
    reader?.push(execFileSync("gunzip", ["-c", join(path, name)]));
    return { name, bytes: 1, ...reader?.end().facts };
  });
  const manifest = {
    name: "x.manifest",
    bytes: 1,
    text: JSON.stringify({ meta: { fileName: "m", size: 1 }, files: [] }),
  };
  expect(judgeBackup([manifest, ...files]).facts["shardSums"]).toEqual(wanted);
});

test("a shard that cannot be unpacked ends it: lists that were cut alike would be equal", async () => {
  const path = await backup();
  await writeFile(join(path, "x.s1.tar.gz"), "no archive");
  expect(() => shell(`if sums '${path}' > /dev/null; then echo equal; else exit 3; fi`)).toThrow(
    expect.objectContaining({ status: 3 }),
  );
});
