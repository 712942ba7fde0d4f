import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { expectOutcome, runOf } from "../../faults/outcome.ts";
import { DOCKER_PROGRAMS, noDocker } from "../../helpers/docker.ts";
import { suiteFor } from "../../helpers/suite-for.ts";
import { openVolumeEstate, type VolumeEstate } from "../../helpers/volume-estate.ts";

// A container takes half a second to start on an idle machine, and several on a busy one.
vi.setConfig({ testTimeout: 240_000 });

const RUNBOOK = `title: Files lost
scenario: a drill that runs the team's own command
steps:
  - { id: restore, kind: restore, store: files }
  - id: thumbnails
    kind: command
    store: files
    drill: run
    effect: reversible
    env: { VOLUME: "\${SHELF_VOLUME}", MOUNT: "\${SHELF_VOLUME}:/data" }
    run: [sh, -c, 'docker run --rm --network none -v "$MOUNT" lifeboat-test/busybox touch /data/thumbnail && echo "made in $VOLUME"']
`;

let estate: VolumeEstate;

suiteFor(
  "a drill of a volume with a command of the team's",
  DOCKER_PROGRAMS,
  () => {
    beforeAll(async () => {
      estate = await openVolumeEstate();
      await estate.fill("shelf");
      await estate.writeRunbook("lost", RUNBOOK);
    });
    afterAll(() => estate?.stop());

    test("the command gets the scratch volume's name, and never the live one's", async () => {
      const backup = await estate.backup("shelf");
      const [before, volumes] = [estate.tree("shelf"), await estate.volumes()];
      const ran = await estate.restore("shelf", ["--drill", "--backup", backup]);
      expectOutcome(ran, 0, "DRILL PASSED");
      const log = join(estate.home, "runs", runOf(ran), "output", "thumbnails.log");
      expect(readFileSync(log, "utf8")).toMatch(/made in shelf__drill_\w+/);
      expect(estate.tree("shelf")).toEqual(before);
      expect(await estate.volumes()).toEqual(volumes);
    });
  },
  noDocker(),
);
