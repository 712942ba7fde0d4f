import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { expectOutcome } from "../../faults/outcome.ts";
import { DOCKER_PROGRAMS, noDocker } from "../../helpers/docker.ts";
import { suiteFor } from "../../helpers/suite-for.ts";
import { openVolumeEstate, type VolumeEstate } from "../../helpers/volume-estate.ts";

// A container takes half a second to start on an idle machine, and several on a busy one.
vi.setConfig({ testTimeout: 240_000 });

let estate: VolumeEstate;
let backup: string;

const locks = async (): Promise<string> =>
  estate.engine.docker("ps", "-a", "--filter", "name=lifeboat-lock", "--format", "{{.Names}}");

/** A live run that waits in its first step, as from another machine: with a home of its own. */
async function waiting(name: string) {
  const home = join(estate.folder, name);
  mkdirSync(home);
  await estate.writeRunbook(
    "slow",
    "title: Slow\nscenario: x\nsteps:\n  - { id: wait, kind: command, effect: reversible, run: [sleep, '600'] }\n  - { id: restore, kind: restore, store: files }\n",
  );
  const run = estate.start(["run", "shelf", "slow", "--live", "--confirm", "shelf", "--backup", backup], {
    LIFEBOAT_HOME: home,
  });
  await run.until(/running +1\//);
  return run;
}

suiteFor(
  "two machines at one volume",
  DOCKER_PROGRAMS,
  () => {
    beforeAll(async () => {
      estate = await openVolumeEstate();
      await estate.fill("shelf");
      backup = await estate.backup("shelf");
    });
    afterAll(() => estate?.stop());

    test("the second is refused with the first one's name; a killed one's lock goes by itself", async () => {
      const first = await waiting("one");
      expect(await locks()).toBe("lifeboat-lock-shelf");
      const refused = await estate.restore("shelf", ["--backup", backup]);
      expectOutcome(refused, 31, "another live run holds shelf", /shelf-slow/);
      first.kill("SIGKILL");
      await first.ended;
      writeFileSync(join(estate.engine.pathOf("shelf"), ".late"), "x");
      expectOutcome(await estate.restore("shelf", ["--backup", backup]), 0);
      expect(await locks()).toBe("");
    });

    test("it is taken over when a reason is given", async () => {
      const first = await waiting("two");
      const over = ["--take-over", "--because", "the other machine is gone"];
      expectOutcome(await estate.restore("shelf", ["--backup", backup, ...over]), 0);
      first.kill("SIGTERM");
      await first.ended;
      expect(await locks()).toBe("");
    });
  },
  noDocker(),
);
