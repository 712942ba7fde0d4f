import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { CLICKHOUSE_PROGRAMS } from "../../helpers/clickhouse.ts";
import { type ClickhouseEstate, openClickhouseEstate } from "../../helpers/clickhouse-estate.ts";
import { suiteFor } from "../../helpers/suite-for.ts";

const PASSWORD = `a&b<c> 'q" $x \\n`;

suiteFor("clickhouse: backup, damage, restore, undo", CLICKHOUSE_PROGRAMS, () => {
  vi.setConfig({ testTimeout: 300_000 });
  let estate: ClickhouseEstate;
  beforeAll(async () => {
    estate = await openClickhouseEstate({ password: PASSWORD });
  });
  afterAll(() => estate.stop());

  test("backup → damage → dry run → drill → live → verified → undo → old data back", async () => {
    const { server } = estate;
    const good = await estate.snapshot();
    const path = await estate.backup();
    expect(await estate.snapshot()).toEqual(good);
    await server.run(`INSERT INTO vizora.content_impressions VALUES ('2026-03-01', '2026-03-01 00:00:00', 1, 2, 'after the backup');
DROP TABLE vizora.device_heartbeats; CREATE TABLE vizora.newer (x UInt8) ENGINE = Log; INSERT INTO vizora.newer VALUES (1);`);
    const damaged = await estate.snapshot();

    const dry = await estate.restore(["--backup", path, "--dry-run"]);
    expect(dry).toMatchObject({ code: 0 });
    expect(dry.stdout).toContain("newer: not in the backup");
    expect(await estate.snapshot()).toEqual(damaged);

    const drill = await estate.restore(["--backup", path, "--drill"]);
    expect(drill).toMatchObject({ code: 0 });
    expect(await estate.snapshot()).toEqual(damaged);

    const live = await estate.restore(["--backup", path]);
    expect(live).toMatchObject({ code: 0 });
    const after = await estate.snapshot();
    for (const table of ["device_heartbeats", "content_impressions", "device_state", "notes"])
      expect(after[`vizora.${table}`]).toBe(good[`vizora.${table}`]);
    expect(after["vizora.newer"]).toBe(damaged["vizora.newer"]);
    const kept = Object.keys(after).find((name) => /__before_\w+$/.test(name)) ?? "none";
    expect(after[`${kept}.content_impressions`]).toBe(damaged["vizora.content_impressions"]);

    const undo = await estate.lifeboat(["undo", "latest", "--confirm", "vizora"]);
    expect(undo).toMatchObject({ code: 0 });
    expect(await estate.snapshot()).toEqual(damaged);
  });

  test("the database is gone, another run's kept data is removed on request, and a second restore finds nothing in its way", async () => {
    const { server } = estate;
    const database = await estate.another("lost");
    const good = await estate.snapshot(["lost"]);
    const path = await estate.backup("metrics-{timestamp}", database);
    await server.ask("DROP DATABASE lost");
    const first = await estate.restore(["--backup", path], database);
    expect(first).toMatchObject({ code: 0 });
    expect(await estate.snapshot(["lost"])).toEqual(good);
    const again = await estate.restore(["--backup", path], database);
    expect(again).toMatchObject({ code: 0 });
    const kept = Object.keys(await estate.snapshot()).find((name) => /^lost__before_\w+$/.test(name)) ?? "";
    const cleaned = await estate.lifeboat(["cleanup", "latest", "--confirm", kept], database);
    expect(cleaned).toMatchObject({ code: 0 });
    const names = Object.keys(await estate.snapshot());
    expect(names.filter((name) => name.startsWith("lost__"))).toEqual([]);
    expect(await estate.snapshot(["lost"])).toEqual(good);
    const tooLate = await estate.lifeboat(["undo", "latest", "--confirm", "lost"], database);
    expect(tooLate.code).not.toBe(0);
    expect(await estate.snapshot(["lost"])).toEqual(good);
  });

  test("merges that remove rows do not make a good copy red, and go on afterwards", async () => {
    const { server } = estate;
    const database = await estate.another("merging");
    const path = await estate.backup("metrics-{timestamp}", database);
    expect(await estate.restore(["--backup", path], database)).toMatchObject({ code: 0 });
    expect(await server.ask("SELECT count() FROM merging.device_state")).toBe("200");
    await server.ask("OPTIMIZE TABLE merging.device_state FINAL");
    expect(await server.ask("SELECT count() FROM merging.device_state")).toBe("100");
  });
});
