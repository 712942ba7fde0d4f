import { readdirSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { DOCKER_PROGRAMS, noDocker } from "../../helpers/docker.ts";
import { type FarShop, farSystem, openFarShop } from "../../helpers/far-shop.ts";
import { RESTORE_RUNBOOK } from "../../helpers/estate.ts";
import { MACHINE_PROGRAMS } from "../../helpers/machine-image.ts";
import { suiteFor } from "../../helpers/suite-for.ts";

const SLOW = 240_000;

suiteFor(
  "faults of a container whose programs restore its PostgreSQL",
  [...DOCKER_PROGRAMS, ...MACHINE_PROGRAMS],
  () => {
    let shop: FarShop;
    let backup = "";
    let whole = "";
    let damaged = "";
    beforeAll(async () => {
      shop = await openFarShop();
      whole = await shop.rows("shop");
      backup = await shop.takeBackup({
        yaml: farSystem(shop.port).replace("shop-{timestamp}*", "shop-{timestamp}.sql.gz"),
      });
    }, SLOW);
    afterAll(() => shop?.stop());
    beforeEach(async () => {
      await shop.writeSystem(farSystem(shop.port));
      await shop.writeRunbook("lost", RESTORE_RUNBOOK);
      await shop.anew();
      await shop.psql("shop", "DELETE FROM items WHERE line = 2");
      damaged = await shop.rows("shop");
    }, SLOW);

    /** Refused before anything was touched, with these words, and nothing lies there. */
    async function expectRefused(words: RegExp, code = 11): Promise<void> {
      const ran = await shop.restore(["--backup", backup]);
      expect(ran.stdout + ran.stderr).toMatch(words);
      expect(ran.code, ran.stdout + ran.stderr).toBe(code);
    }
    async function expectUntouched(): Promise<void> {
      expect(await shop.rows("shop")).toBe(damaged);
      expect(await shop.databases()).toEqual(["shop"]);
      expect(await shop.leftThere()).toEqual([]);
    }
    /** The container made anew, with the same data. */
    const recreate = async (...more: string[]): Promise<void> => {
      await shop.engine.docker("rm", "-f", shop.name);
      await shop.serve(...more);
    };

    test(
      "a wrong name is said with the name, before anything is done",
      async () => {
        await shop.writeSystem(farSystem(shop.port).replace("vizora-postgres", "vizora-postgras"));
        await expectRefused(/container vizora-postgras cannot be reached.*next: look which .*docker ps -a/s);
        await expectUntouched();
      },
      SLOW,
    );

    test(
      "a container that does not run is said with what makes it run, not with the server's address",
      async () => {
        await shop.engine.docker("stop", shop.name);
        await expectRefused(/engine says: exited.*next: .*docker start vizora-postgres/s);
        await recreate();
        await expectUntouched();
      },
      SLOW,
    );

    test(
      "a folder that may not be written to, or has no room, is red before anything is sent",
      async () => {
        await shop.writeSystem(farSystem(shop.port, ", tmp: /usr/lib"));
        await expectRefused(/\/usr\/lib is not writable.*set "tmp" of host db/s);
        await expectUntouched();
        await recreate("--tmpfs", "/small:size=16k");
        await shop.writeSystem(farSystem(shop.port, ", tmp: /small"));
        await expectRefused(/about .* are needed/);
        await expectUntouched();
      },
      SLOW,
    );

    test(
      "a program that is not there is named, with what to do about it",
      async () => {
        const names = readdirSync("/usr/bin").filter(
          (name) => !/^(?:gunzip|gzip|zcat|zstd.*|unzstd)$/.test(name),
        );
        const links = names.map((name) => `ln -sf '/usr/bin/${name}' /volume/`).join("\n");
        await shop.engine.inside("lean", links);
        const versions = readdirSync("/usr/lib/postgresql").map((one) => `/usr/lib/postgresql/${one}/bin`);
        await recreate("-v", "lean:/opt/lean", "-e", `PATH=${[...versions, "/opt/lean"].join(":")}`);
        await expectRefused(/missing: gunzip.*install gunzip there/s);
        await expectUntouched();
        await recreate();
      },
      SLOW,
    );

    test(
      "a container that stands still is not taken for a slow one",
      async () => {
        await shop.engine.docker("stop", shop.name);
        await expectRefused(/is not running/);
        await shop.engine.docker("start", shop.name);
        await vi.waitFor(() => shop.rows("shop"), { timeout: 60_000 });
        await expectUntouched();
      },
      SLOW,
    );

    test(
      "a container made anew under the same name since the plan is not the one of the plan",
      async () => {
        const again = `docker rm -f ${shop.name} && docker run -d --name ${shop.name} $WORDS && sleep 0.1
until docker exec ${shop.name} psql -U postgres -p ${shop.port} -d postgres -c 'SELECT 1'; do sleep 0.1; done`;
        const inspected = await shop.engine.docker(
          "inspect",
          "--format",
          "{{range .HostConfig.Binds}}-v {{.}} {{end}}{{range .Config.Env}}-e {{.}} {{end}}",
          shop.name,
        );
        const env = inspected.split(" ").filter((word) => word !== "");
        const words = [
          ...env,
          "--network",
          "host",
          "--stop-signal",
          "SIGINT",
          "lifeboat-test/machine",
          "/serve/postgres",
        ];
        await shop.writeRunbook(
          "lost",
          RESTORE_RUNBOOK.replace(
            "steps:\n",
            `steps:\n  - id: again\n    kind: command\n    effect: reversible\n    run: [sh, -c, ${JSON.stringify(again)}]\n    env: { WORDS: ${JSON.stringify(words.join(" "))}, DOCKER_HOST: "${shop.engine.env["DOCKER_HOST"]}" }\n`,
          ),
        );
        await expectRefused(
          /this is not the shop the plan was made for.*host container was [0-9a-f]{12}, is [0-9a-f]{12}/s,
          // The step before it has changed something: made that container.
          20,
        );
        await expectUntouched();
      },
      SLOW,
    );

    test(
      "killed while it sends or restores, it goes on where it was, and nothing stays there",
      async () => {
        for (const step of ["Send the backup", "Restore beside"]) {
          const running = shop.start([
            "run",
            "shop",
            "lost",
            "--live",
            "--confirm",
            "shop",
            "--backup",
            backup,
          ]);
          await running.until(new RegExp(`running +\\d+/\\d+ ${step}`));
          running.kill("SIGKILL");
          await running.ended;
          const run = (await shop.runs())[0] ?? "";
          const resumed = await shop.lifeboat(["resume", run, "--confirm", "shop", "--accept-changes"]);
          expect(resumed, resumed.stdout + resumed.stderr).toMatchObject({ code: 0 });
          expect(await shop.rows("shop")).toBe(whole);
          expect(await shop.leftThere()).toEqual([]);
          await shop.anew();
        }
      },
      SLOW,
    );

    test(
      "killed and given up, its folder there goes with the undo",
      async () => {
        const running = shop.start([
          "run",
          "shop",
          "lost",
          "--live",
          "--confirm",
          "shop",
          "--backup",
          backup,
        ]);
        await running.until(/done +\d+\/\d+ Send the backup/);
        running.kill("SIGKILL");
        await running.ended;
        expect(await shop.leftThere()).toHaveLength(1);
        const run = (await shop.runs())[0] ?? "";
        const undone = await shop.lifeboat(["undo", run, "--confirm", "shop"]);
        expect(undone, undone.stdout + undone.stderr).toMatchObject({ code: 0 });
        await expectUntouched();
      },
      SLOW,
    );
  },
  noDocker(),
);
