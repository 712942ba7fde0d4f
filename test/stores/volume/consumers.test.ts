import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { expectOutcome, runOf } from "../../faults/outcome.ts";
import { DOCKER_PROGRAMS, noDocker } from "../../helpers/docker.ts";
import { suiteFor } from "../../helpers/suite-for.ts";
import { openVolumeEstate, type VolumeEstate } from "../../helpers/volume-estate.ts";

// A container takes half a second to start on an idle machine, and several on a busy one.
vi.setConfig({ testTimeout: 240_000 });

let estate: VolumeEstate;
let backup: string;
let made = 0;

/** A volume like the one that was backed up, with a file more. */
async function another(): Promise<string> {
  const volume = `shelf-${(made += 1)}`;
  await estate.engine.docker("volume", "create", volume);
  execFileSync("cp", ["-a", `${estate.engine.pathOf("origin")}/.`, estate.engine.pathOf(volume)]);
  writeFileSync(join(estate.engine.pathOf(volume), ".late"), "written since");
  return volume;
}
/** Volumes that a run made of it. */
const ofRun = async (volume: string): Promise<string[]> =>
  (await estate.volumes()).filter((name) => name.startsWith(`${volume}__`));

/** docker that does something of its own behind a command that holds these words, once. */
const docker = (words: string, then: string): Record<string, string> => ({
  docker: `#!/bin/sh
PATH=\${PATH#*:}; export PATH
case "$*" in ${words})
  docker "$@"; s=$?
  if mkdir ${estate.folder}/once-${(made += 1)} 2> /dev/null; then ${then}; fi > /dev/null 2>&1
  exit $s ;;
esac
exec docker "$@"
`,
});

suiteFor(
  "containers that use a volume",
  DOCKER_PROGRAMS,
  () => {
    beforeAll(async () => {
      estate = await openVolumeEstate();
      await estate.fill("origin");
      backup = await estate.backup("origin");
    });
    afterAll(() => estate?.stop());

    test("exactly those that ran are started again, the last stopped first; a stopped one stays stopped", async () => {
      const volume = await another();
      await estate.engine.consumer("asleep", volume);
      await estate.engine.docker("stop", "asleep");
      for (const name of ["first", "second", "third"]) await estate.engine.consumer(name, volume);
      const before = await estate.running();
      expectOutcome(await estate.restore(volume, ["--backup", backup]), 0, "first", "second", "third");
      expect(await estate.running()).toEqual(before);
      const started = await estate.engine.docker(
        "inspect",
        "--format",
        "{{.State.StartedAt}} {{.Name}}",
        "first",
        "second",
        "third",
      );
      const order = started
        .split("\n")
        .toSorted()
        .map((line) => line.split(" ")[1]);
      expect(order).toEqual(["/first", "/second", "/third"]);
    });

    test("one that is started in between is noticed: everything is taken back, nobody writes into two places", async () => {
      const volume = await another();
      await estate.engine.consumer("usual", volume);
      const before = estate.tree(volume);
      const more = `run -d --network none --name intruder -v ${volume}:/volume ${estate.engine.image} sleep 1000`;
      const env = await estate.standIns(docker('"stop "*', `docker ${more}`));
      const ran = await estate.restore(volume, ["--backup", backup, "--on-failure", "undo"], env);
      expectOutcome(ran, 21, "still used", "intruder");
      expect(estate.tree(volume)).toEqual(before);
      expect(await estate.running()).toEqual(expect.arrayContaining(["intruder", "usual"]));
      expect(await ofRun(volume)).toEqual([]);
    });

    test("one that is started between the check and the swap holds the old folder: the swap is taken back", async () => {
      const volume = await another();
      const before = estate.tree(volume);
      const more = `run -d --network none --name late -v ${volume}:/volume ${estate.engine.image} sleep 1000`;
      const env = await estate.standIns(docker('*"dst=/volumes "*rmdir*', `docker ${more}`));
      const ran = await estate.restore(volume, ["--backup", backup], env);
      // Whoever has the old folder open must not be left with it, and nobody may end what a person started.
      expectOutcome(ran, 22, "still used", "late");
      await estate.engine.docker("rm", "-f", "late");
      expectOutcome(
        await estate.lifeboat(["undo", runOf(ran), "--confirm", volume], { SHELF_VOLUME: volume }),
        0,
      );
      expect(estate.tree(volume)).toEqual(before);
      expect(await ofRun(volume)).toEqual([]);
    });

    test("one that does not come up again on the restored data: the old data and everybody else are put back", async () => {
      const volume = await another();
      const script = "[ -e /volume/.late ] || exit 3; trap exit TERM; sleep 1000000 & wait";
      const run = ["run", "-d", "--network", "none", "--name", "picky", "-v", `${volume}:/volume`];
      await estate.engine.docker(...run, estate.engine.image, "sh", "-c", script);
      const before = estate.tree(volume);
      const ran = await estate.restore(volume, ["--backup", backup]);
      expectOutcome(ran, 20, "picky runs again", "exited", "docker logs picky");
      expect(estate.tree(volume)).toEqual(before);
      expect(await estate.running()).toContain("picky");
    });

    test("one that would be gone when stopped (--rm), or is paused: exit 11, nothing touched", async () => {
      const volume = await another();
      await estate.engine.consumer("fleeting", volume, "--rm");
      expectOutcome(
        await estate.restore(volume, ["--backup", backup]),
        11,
        "fleeting",
        "--rm",
        "docker stop fleeting",
      );
      await estate.engine.docker("stop", "fleeting");
      await estate.engine.consumer("frozen", volume);
      await estate.engine.docker("pause", "frozen");
      expectOutcome(
        await estate.restore(volume, ["--backup", backup]),
        11,
        "frozen is paused",
        "docker unpause frozen",
      );
      await estate.engine.docker("rm", "-f", "frozen");
      expect(await ofRun(volume)).toEqual([]);
    });

    test("one that reaches the volume by its folder, which docker does not count: exit 11 and its name", async () => {
      const volume = await another();
      const path = estate.engine.pathOf(volume);
      await estate.engine.consumer("sideways", "origin", "-v", `${path}:/elsewhere`);
      expectOutcome(await estate.restore(volume, ["--backup", backup]), 11, "sideways", path);
      await estate.engine.docker("rm", "-f", "sideways");
    });

    test("one that was removed meanwhile does not keep the old data from coming back", async () => {
      const volume = await another();
      await estate.engine.consumer("gone", volume);
      const before = estate.tree(volume);
      const ran = await estate.restore(volume, ["--backup", backup]);
      expectOutcome(ran, 0);
      await estate.engine.docker("rm", "-f", "gone");
      const undo = await estate.lifeboat(["undo", runOf(ran), "--confirm", volume], { SHELF_VOLUME: volume });
      expectOutcome(undo, 22, "No such container");
      expect(estate.tree(volume)).toEqual(before);
    });

    test("undo after the kept volume was removed says so and changes nothing", async () => {
      const volume = await another();
      const ran = await estate.restore(volume, ["--backup", backup]);
      expectOutcome(ran, 0);
      const [kept = ""] = await ofRun(volume);
      await estate.engine.docker("volume", "rm", kept);
      const before = estate.tree(volume);
      const undo = await estate.lifeboat(["undo", runOf(ran), "--confirm", volume], { SHELF_VOLUME: volume });
      expectOutcome(undo, 22, "the old data is not there any more", kept);
      expect(estate.tree(volume)).toEqual(before);
    });

    test("cleanup removes the kept volume and nothing else", async () => {
      const volume = await another();
      const ran = await estate.restore(volume, ["--backup", backup]);
      const before = (await estate.volumes()).filter((name) => !name.startsWith(`${volume}__`));
      const [kept = ""] = await ofRun(volume);
      const cleaned = await estate.lifeboat(["cleanup", runOf(ran), "--confirm", kept], {
        SHELF_VOLUME: volume,
      });
      expectOutcome(cleaned, 0);
      expect(await estate.volumes()).toEqual(before);
    });
  },
  noDocker(),
);
