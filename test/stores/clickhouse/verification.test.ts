import { copyFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { CLICKHOUSE_PROGRAMS } from "../../helpers/clickhouse.ts";
import { changeRows, resign } from "../../helpers/clickhouse-artifact.ts";
import {
  type ClickhouseEstate,
  METRICS_LOST,
  openClickhouseEstate,
} from "../../helpers/clickhouse-estate.ts";
import { suiteFor } from "../../helpers/suite-for.ts";

suiteFor("clickhouse: what makes verification red", CLICKHOUSE_PROGRAMS, () => {
  vi.setConfig({ testTimeout: 300_000 });
  let estate: ClickhouseEstate;
  let before: object;
  beforeAll(async () => {
    estate = await openClickhouseEstate();
    before = await estate.snapshot(["vizora"]);
  });
  afterAll(() => estate.stop());

  const red = async (path: string): Promise<string> => {
    const ran = await estate.restore(["--backup", path]);
    expect(ran).toMatchObject({ code: 24 });
    expect(await estate.snapshot(["vizora"])).toEqual(before);
    expect(await estate.lifeboat(["undo", "latest", "--confirm", "vizora"])).toMatchObject({ code: 0 });
    return ran.stdout + ran.stderr;
  };

  test("one changed byte in the rows of a backup whose digest agrees", async () => {
    const path = await estate.backup();
    await changeRows(path, "content_impressions", (rows) => {
      const at = rows.indexOf("title 4711");
      rows.write("X", at);
      return rows;
    });
    await resign(path);
    expect(await red(path)).toMatch(
      /content_impressions: the number of rows is right, but at least one value/,
    );
  });

  test("one row is missing", async () => {
    const path = await estate.backup();
    await changeRows(path, "notes", () => Buffer.alloc(0));
    await resign(path);
    expect(await red(path)).toMatch(/notes: 1 row missing/);
  });

  test("a NULL has become an empty text: a sum that leaves out rows with a NULL would not see it", async () => {
    const path = await estate.backup();
    await changeRows(path, "device_heartbeats", (rows) => {
      // The null map of `note` is a byte for each row, behind its name and type.
      const at = rows.indexOf("Nullable(String)") + "Nullable(String)".length;
      rows[at] = rows[at] === 1 ? 0 : 1;
      return rows;
    });
    await resign(path);
    expect(await red(path)).toMatch(/device_heartbeats: the number of rows is right, but at least one value/);
  });

  test("the manifest has other columns than the schema that was restored", async () => {
    const path = await estate.backup();
    await estate.changeManifest(path, (text) => text.replace('"type": "UInt16"', '"type": "UInt32"'));
    expect(await red(path)).toMatch(/different: content_impressions\.seconds/);
  });

  test("a question of the runbook has another answer", async () => {
    const path = await estate.backup();
    await estate.writeRunbook("lost", METRICS_LOST.replace("at-least: 1", "equals: 51"));
    expect(await red(path)).toMatch(/every device has said something/);
    await estate.writeRunbook("lost", METRICS_LOST);
  });

  test("without a manifest: the file of another table, which the server takes without a word", async () => {
    const path = await estate.backup();
    await rm(`${path}.manifest.json`);
    await copyFile(join(path, "content_impressions.native.gz"), join(path, "notes.native.gz"));
    expect(await red(path)).toMatch(/day is not in the table.*this is the file of another table/s);
  });

  test("without a manifest: a file that was cut between two blocks is not noticed, and that is said", async () => {
    const path = await estate.backup();
    await rm(`${path}.manifest.json`);
    await writeFile(join(path, "notes.native.gz"), gzipSync(Buffer.alloc(0)));
    const ran = await estate.restore(["--backup", path]);
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout).toMatch(/not checked.*content; why: there is no manifest/);
    expect(await estate.lifeboat(["undo", "latest", "--confirm", "vizora"])).toMatchObject({ code: 0 });
    expect(await estate.snapshot(["vizora"])).toEqual(before);
  });
});
