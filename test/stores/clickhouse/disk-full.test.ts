import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { CLICKHOUSE_PROGRAMS } from "../../helpers/clickhouse.ts";
import { type ClickhouseEstate, openClickhouseEstate } from "../../helpers/clickhouse-estate.ts";
import { maySmallDisk, withSmallDisk } from "../../helpers/small-disk.ts";
import { suiteFor } from "../../helpers/suite-for.ts";

const otherwise = maySmallDisk() ? undefined : "this machine lets nobody make a small disk";

suiteFor(
  "clickhouse: a full disk",
  CLICKHOUSE_PROGRAMS,
  () => {
    vi.setConfig({ testTimeout: 300_000 });
    let estate: ClickhouseEstate;
    beforeAll(async () => {
      estate = await openClickhouseEstate({ wrap: (dataDir) => withSmallDisk(dataDir, "48m") });
    });
    afterAll(() => estate.stop());

    test("the server's disk fills up during the load: the live tables are whole, and with room again it goes on", async () => {
      const { server } = estate;
      // Text that does not compress: 16 MB, so that a copy fits beside it and two do not.
      await server.run(`CREATE TABLE vizora.noise (x FixedString(16)) ENGINE = MergeTree ORDER BY tuple();
INSERT INTO vizora.noise SELECT sipHash128(toString(number)) FROM numbers(1000000);`);
      const path = await estate.backup();
      await server.run(`CREATE TABLE vizora.filler (x FixedString(16)) ENGINE = MergeTree ORDER BY tuple();
INSERT INTO vizora.filler SELECT sipHash128(toString(number)) FROM numbers(1000000);`);
      const before = await estate.snapshot(["vizora"]);
      const ran = await estate.restore(["--backup", path]);
      expect(ran).toMatchObject({ code: 20 });
      expect(ran.stdout + ran.stderr).toMatch(/disk (of the server )?is full/);
      expect(await estate.snapshot(["vizora"])).toEqual(before);
      await server.ask("DROP TABLE vizora.filler");
      const resumed = await estate.lifeboat(["resume", "latest", "--plain", "--confirm", "vizora"]);
      expect(resumed).toMatchObject({ code: 0 });
      const { "vizora.filler": _filler, ...rest } = before;
      expect(await estate.snapshot(["vizora"])).toEqual(rest);
    });
  },
  otherwise,
);
