import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { expectOutcome, runOf } from "../../faults/outcome.ts";
import { DOCKER_PROGRAMS, noDocker } from "../../helpers/docker.ts";
import { suiteFor } from "../../helpers/suite-for.ts";
import { openVolumeEstate, type VolumeEstate } from "../../helpers/volume-estate.ts";

// A container takes half a second to start on an idle machine, and several on a busy one.
vi.setConfig({ testTimeout: 240_000 });

let estate: VolumeEstate;

/** Lost and written since the backup: dotfiles that `rm -rf *` would leave among it. */
function damage(volume: string): void {
  const root = estate.engine.pathOf(volume);
  rmSync(join(root, "pages", "5"));
  writeFileSync(join(root, "pages", "1"), "overwritten");
  writeFileSync(join(root, ".late"), "written since");
}

suiteFor(
  "a volume from backup to undo",
  DOCKER_PROGRAMS,
  () => {
    beforeAll(async () => {
      estate = await openVolumeEstate();
    });
    afterAll(() => estate?.stop());

    test.each(["tar", "tar.gz", "tar.zst"] as const)(
      "backup as %s, damage, dry run, drill, live, undo: everything comes back, and then the old data",
      async (format) => {
        const volume = `shelf-${format.replaceAll(".", "-")}`;
        await estate.fill(volume);
        await estate.engine.consumer(`${volume}-web`, volume);
        await estate.engine.consumer(`${volume}-worker`, volume, "--restart", "always");
        const good = estate.tree(volume);
        const backup = await estate.backup(volume, format);
        damage(volume);
        const damaged = estate.tree(volume);
        const [volumes, running] = [await estate.volumes(), await estate.running()];

        const dry = await estate.restore(volume, ["--dry-run", "--backup", backup]);
        expectOutcome(dry, 0, "Swap");
        expect(estate.tree(volume)).toEqual(damaged);
        expect(await estate.volumes()).toEqual(volumes);

        const drill = await estate.restore(volume, ["--drill", "--backup", backup]);
        expectOutcome(drill, 0, "DRILL PASSED");
        expect(estate.tree(volume)).toEqual(damaged);
        expect(await estate.volumes()).toEqual(volumes);
        expect(await estate.running()).toEqual(running);

        const live = await estate.restore(volume, ["--backup", backup]);
        expectOutcome(live, 0, `${volume} holds the restored data`);
        expect(estate.tree(volume)).toEqual(good);
        expect(await estate.running()).toEqual(running);
        const [kept = "", ...more] = (await estate.volumes()).filter((name) => !volumes.includes(name));
        expect(more).toEqual([]);
        expect(kept).toMatch(/__before_/);
        expect(estate.tree(kept)).toEqual(damaged);
        // The containers see what was restored, not the folder they had before.
        expect(await estate.engine.docker("exec", `${volume}-web`, "cat", "/volume/pages/1")).toBe("page 1");

        const undo = await estate.lifeboat(["undo", runOf(live), "--confirm", volume], {
          SHELF_VOLUME: volume,
        });
        expectOutcome(undo, 0);
        expect(estate.tree(volume)).toEqual(damaged);
        expect(await estate.volumes()).toEqual(volumes);
        expect(await estate.running()).toEqual(running);
        expect(await estate.engine.docker("exec", `${volume}-web`, "cat", "/volume/pages/1")).toBe(
          "overwritten",
        );
      },
    );
  },
  noDocker(),
);
