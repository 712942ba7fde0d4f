import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { expectOutcome } from "../../faults/outcome.ts";
import { DOCKER_PROGRAMS, noDocker } from "../../helpers/docker.ts";
import { suiteFor } from "../../helpers/suite-for.ts";
import { openVolumeEstate, type VolumeEstate } from "../../helpers/volume-estate.ts";

// A container takes half a second to start on an idle machine, and several on a busy one.
vi.setConfig({ testTimeout: 240_000 });

let estate: VolumeEstate;

/** An archive of zeros, which packs a thousandfold: nobody can tell from its size what it becomes. */
const zeros = (name: string, bytes: number): string => {
  const folder = mkdtempSync("/tmp/lifeboat-zeros-");
  writeFileSync(join(folder, "zeros"), Buffer.alloc(bytes));
  const path = join(estate.folder, name);
  execFileSync("sh", ["-c", `tar -C ${folder} -cf - . | gzip > ${path}`]);
  rmSync(folder, { recursive: true });
  return path;
};

suiteFor(
  "a small disk under the volumes",
  DOCKER_PROGRAMS,
  () => {
    beforeAll(async () => {
      estate = await openVolumeEstate({ volumeDisk: "6m" });
      await estate.fill("shelf");
    });
    afterAll(() => estate?.stop());

    test("what the manifest says does not fit: exit 11, before anything is made", async () => {
      const before = await estate.volumes();
      const taken = await estate.backup("shelf", "tar");
      const manifest: { bytes: number } = JSON.parse(readFileSync(`${taken}.manifest.json`, "utf8"));
      writeFileSync(`${taken}.manifest.json`, JSON.stringify({ ...manifest, bytes: 50_000_000 }));
      const ran = await estate.restore("shelf", ["--backup", taken]);
      expectOutcome(ran, 11, "free disk for the copy", "would fill up");
      expect(await estate.volumes()).toEqual(before);
    });

    test("the disk fills up while the copy is made: the live volume is as it was, the copy can be taken back", async () => {
      const backup = zeros("shelf-20260102_000000.tar.gz", 20_000_000);
      const [before, volumes] = [estate.tree("shelf"), await estate.volumes()];
      const ran = await estate.restore("shelf", ["--backup", backup, "--on-failure", "undo"]);
      expectOutcome(ran, 21, "No space left on device", "a disk is full");
      expect(estate.tree("shelf")).toEqual(before);
      expect(await estate.volumes()).toEqual(volumes);
    });
  },
  noDocker(),
);
