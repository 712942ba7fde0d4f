import { copyFile, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { CLICKHOUSE_PROGRAMS } from "../../helpers/clickhouse.ts";
import { type ClickhouseEstate, openClickhouseEstate } from "../../helpers/clickhouse-estate.ts";
import { suiteFor } from "../../helpers/suite-for.ts";

/** A store of system.yaml for the files of one table. */
const store = (name: string, file: string, table: string): string => `  ${name}:
    kind: clickhouse
    server: 127.0.0.1
    port: \${METRICS_PORT}
    database: \${METRICS_DATABASE}
    files: { ${file}: ${table} }
    backups:
      - path: \${METRICS_BACKUPS}/${file}_{timestamp}.native.gz
`;

suiteFor("clickhouse: one file for each table, as users have them", CLICKHOUSE_PROGRAMS, () => {
  vi.setConfig({ testTimeout: 300_000 });
  let estate: ClickhouseEstate;
  beforeAll(async () => {
    estate = await openClickhouseEstate();
  });
  afterAll(() => estate.stop());

  test("a file without manifest and schema: the table it is mapped to is restored like the live one, no other is touched", async () => {
    const good = await estate.snapshot(["vizora"]);
    const taken = await estate.backup();
    const folder = join(estate.folder, "backups");
    await mkdir(folder);
    const file = join(folder, "heartbeats_20260115.native.gz");
    await copyFile(join(taken, "device_heartbeats.native.gz"), file);
    await estate.server.run(
      "INSERT INTO vizora.device_heartbeats (day, device_id) VALUES ('2026-03-01', 7); INSERT INTO vizora.notes VALUES (now(), 'newer');",
    );
    const damaged = await estate.snapshot(["vizora"]);
    const ran = await estate.restore([]);
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout).toMatch(/not checked .*content; why: there is no manifest/);
    const after = await estate.snapshot(["vizora"]);
    expect(after["vizora.device_heartbeats"]).toBe(good["vizora.device_heartbeats"]);
    expect(after["vizora.notes"]).toBe(damaged["vizora.notes"]);
    expect(await estate.lifeboat(["undo", "latest", "--confirm", "vizora"])).toMatchObject({ code: 0 });
    expect(await estate.snapshot(["vizora"])).toEqual(damaged);
  });

  test("such a file whose table is gone needs its schema beside it, and says so", async () => {
    const database = await estate.another("gone");
    const file = join(estate.folder, "backups", "heartbeats_20260115.native.gz");
    await estate.server.ask("DROP TABLE gone.device_heartbeats");
    const refused = await estate.restore(["--backup", file], database);
    expect(refused).toMatchObject({ code: 11 });
    expect(refused.stdout).toContain("heartbeats_20260115.sql");
    const taken = await estate.backup();
    await copyFile(
      join(taken, "device_heartbeats.sql"),
      join(estate.folder, "backups", "heartbeats_20260115.sql"),
    );
    const ran = await estate.restore(["--backup", file], database);
    expect(ran).toMatchObject({ code: 0 });
    expect(await estate.server.ask("SELECT count() FROM gone.device_heartbeats")).toBe("20000");
    await rm(join(estate.folder, "backups", "heartbeats_20260115.sql"));
  });

  test("Lifeboat writes such a file too, with the schema in its manifest", async () => {
    const database = await estate.another("single");
    const good = await estate.snapshot(["single"]);
    const path = await estate.backup("impressions_{timestamp}.native.gz", database);
    await estate.server.ask("DROP TABLE single.content_impressions");
    const runbook =
      "title: Lost\nscenario: x\nsteps:\n  - { id: restore, kind: restore, store: metrics, only: [content_impressions] }\n";
    await estate.writeRunbook("impressions", runbook);
    const args = ["run", "signage", "impressions", "--live", "--confirm", "single", "--backup", path];
    expect(await estate.lifeboat(args, database)).toMatchObject({ code: 0 });
    expect(await estate.snapshot(["single"])).toEqual(good);
  });

  test("only some tables of a folder", async () => {
    const database = await estate.another("some");
    const path = await estate.backup("metrics-{timestamp}", database);
    await estate.server.run(
      "INSERT INTO some.notes VALUES (now(), 'a'); INSERT INTO some.content_impressions (day) VALUES ('2026-03-01');",
    );
    const damaged = await estate.snapshot(["some"]);
    const args = ["run", "signage", "impressions", "--live", "--confirm", "some", "--backup", path];
    const ran = await estate.lifeboat(args, database);
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout).toMatch(/device_heartbeats, device_state, notes of metrics-\S+ is not restored/);
    const after = await estate.snapshot(["some"]);
    expect(after["some.notes"]).toBe(damaged["some.notes"]);
    expect(await estate.server.ask("SELECT count() FROM some.content_impressions")).toBe("10000");
  });

  test("each table is a store of its own: both in one run, and one undo takes both back", async () => {
    const database = await estate.another("pair");
    const stores = [
      store("heartbeats", "heartbeats", "device_heartbeats"),
      store("impressions", "impressions", "content_impressions"),
    ];
    await estate.writeSystem(`title: Pair\nenvironment: test\nstores:\n${stores.join("")}`, "pair");
    const runbook = `title: Lost
scenario: x
steps:
  - { id: restore-heartbeats, kind: restore, store: heartbeats }
  - { id: restore-impressions, kind: restore, store: impressions }
`;
    await estate.writeRunbook("lost", runbook, "pair");
    const more = { ...database, METRICS_BACKUPS: join(estate.folder, "pair") };
    const good = await estate.snapshot(["pair"]);
    expect(await estate.lifeboat(["backup", "pair"], more)).toMatchObject({ code: 0 });
    await estate.server.run(
      "DROP TABLE pair.device_heartbeats; INSERT INTO pair.content_impressions (day) VALUES ('2026-03-01');",
    );
    const damaged = await estate.snapshot(["pair"]);
    const args = ["run", "pair", "lost"];
    expect(await estate.lifeboat([...args, "--drill"], more)).toMatchObject({ code: 0 });
    const ran = await estate.lifeboat([...args, "--live", "--confirm", "pair"], more);
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    expect(await estate.snapshot(["pair"])).toEqual(good);
    expect(await estate.lifeboat(["undo", "latest", "--confirm", "pair"], more)).toMatchObject({ code: 0 });
    expect(await estate.snapshot(["pair"])).toEqual(damaged);
  });

  test("verify, query and a safety copy stand alone", async () => {
    const database = await estate.another("alone");
    const path = await estate.backup("metrics-{timestamp}", database);
    await estate.writeRunbook(
      "looking",
      `title: Looking
scenario: x
steps:
  - { id: verify, kind: verify, store: metrics }
  - { id: asked, kind: query, store: metrics, sql: "SELECT count(), 'x' FROM device_state", expect: { equals: 200 } }
  - { id: copy, kind: safety-copy, store: metrics }
`,
    );
    const args = ["run", "signage", "looking", "--live", "--confirm", "alone", "--backup", path];
    expect(await estate.lifeboat(args, database)).toMatchObject({ code: 0 });
    await estate.server.run("INSERT INTO alone.notes VALUES (now(), 'since')");
    const red = await estate.lifeboat(args, database);
    expect(red).toMatchObject({ code: 24 });
    expect(red.stdout).toMatch(/notes: 1 row too many/);
  });

  test("lifeboat certify is green without any server", async () => {
    const ran = await estate.lifeboat(["certify", "signage", "lost"], { METRICS_PORT: "1" });
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout).toContain("PASSED");
  });
});
