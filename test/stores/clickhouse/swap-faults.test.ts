import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { CLICKHOUSE_PROGRAMS } from "../../helpers/clickhouse.ts";
import { type ClickhouseEstate, openClickhouseEstate } from "../../helpers/clickhouse-estate.ts";
import { suiteFor } from "../../helpers/suite-for.ts";

suiteFor("clickhouse: faults of the swap", CLICKHOUSE_PROGRAMS, () => {
  vi.setConfig({ testTimeout: 300_000 });
  let estate: ClickhouseEstate;
  let path: string;
  beforeAll(async () => {
    estate = await openClickhouseEstate();
    path = await estate.backup();
  });
  afterAll(() => estate.stop());

  /** A client that, of the one RENAME, does only the first pair; then `more`, and fails. */
  const halfRename = (more: string): Promise<Record<string, string>> =>
    estate.standIns({
      "clickhouse-client": `#!/bin/bash
for word; do case $word in "RENAME TABLE "*) half=\${word%%,*} ;; esac; done
if [ -n "$half" ] && [ ! -e "${estate.folder}/half.done" ]; then
  words=(); for word; do case $word in "RENAME TABLE "*) words+=("$half") ;; *) words+=("$word") ;; esac; done
  config=$(cat <&3)
  real() { /usr/bin/clickhouse-client "$@" 3<<<"$config"; }
  touch "${estate.folder}/half.done"
  real "\${words[@]}"
  ${more}
  echo "the server went away" >&2
  exit 1
fi
exec /usr/bin/clickhouse-client "$@"
`,
    });

  test("a RENAME that came half way is taken back at once: no table is missing", async () => {
    const database = await estate.another("half");
    const before = await estate.snapshot(["half"]);
    const ran = await estate.restore(["--backup", path], { ...database, ...(await halfRename("true")) });
    expect(existsSync(join(estate.folder, "half.done"))).toBe(true);
    expect([20, 21]).toContain(ran.code);
    expect(await estate.snapshot(["half"])).toEqual(before);
    const undone = await estate.lifeboat(["undo", "latest", "--confirm", "half"], database);
    expect(undone).toMatchObject({ code: 0 });
    expect(
      (await estate.server.ask("SHOW DATABASES")).split("\n").filter((name) => name.startsWith("half__")),
    ).toEqual([]);
  });

  test("an older run is not undone under a later one: it would take away what that one restored", async () => {
    const database = await estate.another("twice");
    const older = await estate.restore(["--backup", path], database);
    const [first = ""] = await estate.runs();
    expect(await estate.restore(["--backup", path], database)).toMatchObject({ code: 0 });
    const [second = ""] = await estate.runs();
    await estate.server.ask("INSERT INTO twice.notes VALUES (now(), 'since')");
    const now = await estate.snapshot(["twice"]);
    const undo = (run: string) => estate.lifeboat(["undo", run, "--confirm", "twice"], database);
    expect(older).toMatchObject({ code: 0 });
    const refused = await undo(first);
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.stderr).toContain(`that one first: lifeboat undo ${second}`);
    expect(await estate.snapshot(["twice"])).toEqual(now);
    expect(await undo(second)).toMatchObject({ code: 0 });
    expect(await undo(first)).toMatchObject({ code: 0 });
  });

  test("a table that somebody has made again in the middle of the swap is neither overwritten nor lost", async () => {
    const database = await estate.another("again");
    const before = await estate.snapshot(["again"]);
    await rm(join(estate.folder, "half.done"));
    const again = `real --config-file=/dev/fd/3 --host 127.0.0.1 --port ${estate.server.port} --query "CREATE TABLE again.content_impressions (mine UInt8) ENGINE = Log"`;
    const ran = await estate.restore(["--backup", path], { ...database, ...(await halfRename(again)) });
    expect([20, 22]).toContain(ran.code);
    expect(ran.stdout + ran.stderr).toMatch(
      /again\.content_impressions: somebody has made it again meanwhile/,
    );
    expect(
      await estate.server.ask(
        "SELECT name FROM system.columns WHERE database = 'again' AND table = 'content_impressions'",
      ),
    ).toBe("mine");
    await estate.server.ask("DROP TABLE again.content_impressions");
    const undone = await estate.lifeboat(["undo", "latest", "--confirm", "again"], database);
    expect(undone).toMatchObject({ code: 0 });
    expect(await estate.snapshot(["again"])).toEqual(before);
  });

  test("a server that is gone in the middle of the swap is not waited for; once it is back, undo leaves all as it was", async () => {
    const database = await estate.another("gone");
    const before = await estate.snapshot(["gone"]);
    // The first RENAME finds no server any more.
    const client = `#!/bin/bash
for word; do case $word in "RENAME TABLE "*) touch "${estate.folder}/gone" ;; esac; done
[ ! -e "${estate.folder}/gone" ] || { echo "Code: 210. DB::NetException: Connection refused (127.0.0.1:1)" >&2; exit 210; }
exec /usr/bin/clickhouse-client "$@"
`;
    const began = Date.now();
    const env = { ...database, ...(await estate.standIns({ "clickhouse-client": client })) };
    const ran = await estate.restore(["--backup", path], env);
    expect(ran).toMatchObject({ code: 22 });
    expect(ran.stdout).toMatch(/no ClickHouse server listens/);
    expect(Date.now() - began).toBeLessThan(60_000);
    expect(await estate.lifeboat(["undo", "latest", "--confirm", "gone"], database)).toMatchObject({
      code: 0,
    });
    expect(await estate.snapshot(["gone"])).toEqual(before);
  });

  test("a flag that nothing heeds is refused: the report would say that it was done", async () => {
    const before = await estate.snapshot();
    const replace = await estate.restore(["--backup", path, "--strategy", "replace"]);
    expect(replace).toMatchObject({ code: 2 });
    expect(replace.stderr).toContain("--strategy replace: clickhouse cannot be restored that way");
    const skip = await estate.restore(["--backup", path, "--skip-safety-copy", "--because", "no room"]);
    expect(skip).toMatchObject({ code: 2 });
    expect(skip.stderr).toContain("this plan has no safety copy that could be skipped");
    expect(await estate.snapshot()).toEqual(before);
  });

  test("materialized views and tables newer than the backup are said, and left alone", async () => {
    const database = await estate.another("viewed");
    await estate.server
      .run(`CREATE MATERIALIZED VIEW viewed.daily ENGINE = MergeTree ORDER BY day AS SELECT day, content FROM viewed.content_impressions;
INSERT INTO viewed.content_impressions VALUES ('2026-03-01', '2026-03-01 00:00:00', 1, 2, 'x');`);
    const ran = await estate.restore(["--backup", path], database);
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout).toMatch(/viewed\.daily \(fed by content_impressions\): they keep what they have/);
    expect(await estate.server.ask("SELECT count() FROM viewed.daily")).toBe("1");
    await estate.server.ask(
      "INSERT INTO viewed.content_impressions VALUES ('2026-03-01', '2026-03-01 00:00:00', 1, 2, 'y')",
    );
    expect(await estate.server.ask("SELECT count() FROM viewed.daily")).toBe("2");
  });

  test("a query that runs for long is waited for, and what it reads is one of the two and never a mixture", async () => {
    const database = await estate.another("long");
    const before = await estate.snapshot(["long"]);
    const slow = estate.server.ask(
      "SELECT count(), sum(sleepEachRow(0.0004)) FROM long.content_impressions",
      "--max_block_size",
      "1000",
    );
    const ran = await estate.restore(["--backup", path], database);
    expect(ran).toMatchObject({ code: 0 });
    expect(await slow).toBe("10000\t0");
    expect(await estate.snapshot(["long"])).toEqual(before);
  });
});
