import { readdirSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Estate, openEstate, SHOP_SYSTEM } from "../../helpers/estate.ts";
import { SSHD_PROGRAMS, startSshd, type TestSshd } from "../../helpers/sshd.ts";
import { suiteFor } from "../../helpers/suite-for.ts";

const SLOW = 180_000;

/** The far machine is this one. */
const leftThere = (): string[] =>
  readdirSync("/var/tmp").filter((name) => name.startsWith("lifeboat-") && name.includes("-shop-lost-"));

suiteFor("PostgreSQL on a machine that is reached by ssh", SSHD_PROGRAMS, () => {
  let estate: Estate;
  let sshd: TestSshd;
  beforeAll(async () => {
    [estate, sshd] = [await openEstate(), await startSshd()];
    const host = `{ kind: ssh, destination: ${sshd.alias}, config: ${sshd.config}, path: [${estate.server.programs.bin}] }`;
    await estate.writeSystem(
      SHOP_SYSTEM.replace("stores:", `hosts:\n  far: ${host}\nstores:`).replace(
        "url:",
        "host: far\n    url:",
      ),
    );
  }, SLOW);
  afterAll(async () => {
    await estate?.stop();
    await sshd?.stop();
  });

  test(
    "backup, damage, live; a connection that is cut while the backup is sent makes the step red, and it is sent again",
    async () => {
      const taken = await estate.lifeboat(["backup", "shop", "--format", "plain.gz"], {
        SHOP_BACKUPS: estate.backups,
      });
      expect(taken, taken.stdout + taken.stderr).toMatchObject({ code: 0 });
      const before = await estate.snapshot(["shop"]);
      await estate.server.psql("shop", "DELETE FROM items");
      const live = await estate.restore("shop", []);
      expect(live, live.stdout + live.stderr).toMatchObject({ code: 0 });
      expect((await estate.snapshot(["shop"]))["shop"]?.tables).toEqual(before["shop"]?.tables);
      expect(leftThere()).toEqual([]);

      const running = estate.start(["run", "shop", "lost", "--live", "--confirm", "shop"]);
      await running.until(/running +\d+\/\d+ Send the backup/);
      sshd.killConnections();
      const cut = await running.ended;
      const run = (await estate.runs())[0] ?? "";
      if (cut.code !== 0) {
        const resumed = await estate.lifeboat(["resume", run, "--confirm", "shop", "--accept-changes"]);
        expect(resumed, cut.stdout + cut.stderr + resumed.stdout + resumed.stderr).toMatchObject({ code: 0 });
      }
      expect((await estate.snapshot(["shop"]))["shop"]?.tables).toEqual(before["shop"]?.tables);
      expect(leftThere()).toEqual([]);
    },
    SLOW,
  );
});
